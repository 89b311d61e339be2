"""The service says whether it can work: all it needs is there, and it consumes."""

from urllib.parse import urlsplit

from httpx2 import AsyncClient
from pydantic import SecretStr

from app.application import build_application
from app.features import Settings
from shared.testing import client, proxy, wait_until


async def test_it_is_ready_once_it_consumes(worker: AsyncClient) -> None:
    checks = (await worker.get("/ready")).json()["checks"]
    assert checks["Consuming"] == checks["DataServiceClient"] == "ok"


async def test_without_the_broker_it_is_not_ready_and_comes_back_by_itself(
    settings: Settings,
) -> None:
    url = urlsplit(settings.amqp_url.get_secret_value())
    async with proxy(url.hostname or "", url.port or 5672) as between:
        login, _, _ = url.netloc.rpartition("@")
        moved = url._replace(netloc=f"{login}@127.0.0.1:{between.port}").geturl()
        flaky = settings.model_copy(update={"amqp_url": SecretStr(moved)})
        async with client(build_application(flaky)) as connected:
            assert (await connected.get("/ready")).status_code == 200
            await between.cut()
            answer = await connected.get("/ready")
            assert answer.status_code == 503
            assert answer.json()["checks"]["Consuming"] != "ok"
            assert (await connected.get("/health")).status_code == 200
            await between.join()

            async def back() -> bool:
                return (await connected.get("/ready")).status_code == 200

            await wait_until(back, timeout_seconds=30, what="readiness")


async def test_without_the_data_service_it_is_not_ready(settings: Settings) -> None:
    gone = settings.model_copy(update={"data_service_url": "http://127.0.0.1:9"})
    async with client(build_application(gone)) as connected:
        answer = await connected.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["Consuming"] == "ok"
