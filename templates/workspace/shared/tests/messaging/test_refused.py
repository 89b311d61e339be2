"""A broker that lets a service not in is no broker that is still starting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from anyio import fail_after
from pydantic import SecretStr
from yarl import URL

from shared.errors import ConfigurationError, UnavailableError
from shared.messaging.broker import open_broker

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings


def moved(settings: TaskSettings, part: str) -> TaskSettings:
    url = URL(settings.amqp_url.get_secret_value())
    url = url.with_password("wrong") if part == "password" else url.with_path("/nowhere")
    return settings.model_copy(update={"amqp_url": SecretStr(str(url))})


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("password", "the message broker refuses user or password of AMQP_URL"),
        ("virtual host", "the message broker refuses the virtual host of AMQP_URL"),
    ],
)
async def test_what_is_wrong_is_said_at_once(tasks: TaskSettings, part: str, why: str) -> None:
    with fail_after(60), pytest.raises(ConfigurationError, match=f"^{why}$"):
        async with open_broker(moved(tasks, part), start_seconds=60):
            pass


async def test_a_service_that_can_do_without_serves_on(tasks: TaskSettings) -> None:
    async with open_broker(moved(tasks, "password"), optional=True) as broker:
        with pytest.raises(UnavailableError):
            await broker.ping()
