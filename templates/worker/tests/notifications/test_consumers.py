"""Events become notifications, at a real webhook or in the log."""

from uuid import uuid4

import pytest
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from app.application import build_application
from app.features import Settings
from app.notifications.gateway import LogNotifier, RedisNotificationState
from app.notifications.texts import Notification
from app.redis import REDIS, ServiceRedis
from app.settings import WorkerSettings
from shared.contracts.accounts import SEND_ACCOUNT_MESSAGE, AccountMessage
from shared.contracts.users import UserCreated, UserUpdated
from shared.lifecycle import Lifecycle
from shared.messaging.publishing import Messaging
from shared.messaging.status import State
from shared.testing import client, wait_until
from shared.testing.provider import serving
from tests.support.sender import outcome


class Hook:
    """A webhook that answers with these statuses, one after the other, and then with 204."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[str, str, str]] = []
        self.urls: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.app = FastAPI()
        self.app.add_api_route("/{path:path}", self.post, methods=["POST"])

    async def post(self, request: Request) -> Response:
        """Take a notification."""
        body, headers = await request.json(), request.headers
        self.urls.append(str(request.url))
        self.headers.append(dict(headers))
        self.got.append((body["kind"], headers["Idempotency-Key"], headers["Authorization"]))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 204)

    async def reach(self, count: int) -> None:
        """Return once there were so many calls."""

        async def reached() -> bool:
            return len(self.got) >= count

        await wait_until(reached, what=f"notification {count}")


def hooked(settings: Settings, url: str) -> Settings:
    """Return settings with this webhook."""
    changed = {"notification_url": SecretStr(url), "notification_token": SecretStr("t")}
    return settings.model_copy(update=changed)


def facts(**fields: object) -> dict[str, object]:
    return {
        "user_id": uuid4(),
        "user_version": 1,
        "name": "Ada",
        "email": "ada@example.org",
        "role": "user",
        "is_active": True,
        **fields,
    }


async def test_the_webhook_gets_each_event_once(settings: Settings, sender: Messaging) -> None:
    hook = Hook()
    async with serving(hook.app) as url, client(build_application(hooked(settings, f"{url}/hook"))):
        created, event_id = UserCreated.model_validate(facts()), uuid4()
        for _ in range(2):
            await sender.events.publish(created, event_id)
        changed = UserUpdated.model_validate(facts(changed=("name",)))
        last = await sender.events.publish(changed)
        await hook.reach(2)
    assert sorted(hook.got) == sorted(
        [("changed", str(last), "Bearer t"), ("welcome", str(event_id), "Bearer t")]
    )


async def test_a_message_about_an_account_is_sent(settings: Settings, sender: Messaging) -> None:
    hook = Hook()
    async with serving(hook.app) as url, client(build_application(hooked(settings, url))):
        message = AccountMessage(kind="password-changed", email="ada@example.org", name="Ada")
        task_id = await sender.tasks.enqueue(SEND_ACCOUNT_MESSAGE, message)
        assert (await outcome(sender, task_id)).state is State.DONE
    assert hook.got == [("password-changed", task_id, "Bearer t")]


@pytest.mark.parametrize(
    "written", ["", "/", "/hook", "/hook/", "/a/b/?key=s3cret&x=%20&x={y}", "?key=a+b"]
)
async def test_the_webhook_is_called_exactly_as_it_is_written(
    settings: Settings, sender: Messaging, written: str
) -> None:
    hook = Hook()
    async with serving(hook.app) as url, client(build_application(hooked(settings, url + written))):
        await sender.events.publish(UserCreated.model_validate(facts()))
        await hook.reach(1)
    root = "/" if written.startswith("?") or not written else ""
    assert hook.urls == [url + root + written]


async def test_a_stranger_is_told_nothing_of_what_a_request_may_cost(
    settings: Settings, sender: Messaging
) -> None:
    hook = Hook()
    async with serving(hook.app) as url, client(build_application(hooked(settings, url))):
        await sender.events.publish(UserCreated.model_validate(facts()))
        await hook.reach(1)
    [headers] = hook.headers
    assert not [
        name for name in headers if name.startswith("x-request-") and name != "x-request-id"
    ]


async def test_a_stranger_is_called_through_the_proxy_if_there_is_one(
    settings: Settings, sender: Messaging
) -> None:
    proxy = Hook()
    async with serving(proxy.app) as url:
        through = hooked(settings, "http://stranger.invalid/hook/?a=b")
        changed = through.model_copy(update={"outbound_proxy": SecretStr(url)})
        async with client(build_application(changed)):
            await sender.events.publish(UserCreated.model_validate(facts()))
            await proxy.reach(1)
    assert proxy.headers[0]["host"] == "stranger.invalid"


async def test_what_a_webhook_finds_invalid_is_not_sent_again(
    settings: Settings, sender: Messaging
) -> None:
    hook = Hook(422, 400)
    async with serving(hook.app) as url, client(build_application(hooked(settings, f"{url}/hook"))):
        sent = [
            await sender.events.publish(event)
            for event in (
                UserCreated.model_validate(facts()),
                UserUpdated.model_validate(facts(changed=("name",))),
            )
        ]
        await hook.reach(2)
        last = await sender.events.publish(UserCreated.model_validate(facts()))
        await hook.reach(3)
    assert sorted(key for _, key, _ in hook.got) == sorted(str(each) for each in [*sent, last])


async def test_without_a_webhook_it_is_a_line_in_the_log_without_the_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    notification = Notification(
        id="1", kind="welcome", user_id=uuid4(), email="ada@example.org", subject="", text=""
    )
    await LogNotifier().send(notification)
    written = capsys.readouterr().out
    assert "welcome" in written
    assert "ada@example.org" not in written


async def test_what_users_were_told_is_known_for_hours(settings: Settings) -> None:
    given: dict[type, object] = {WorkerSettings: settings}
    async with Lifecycle((REDIS,), given) as resources:
        redis = resources.get(ServiceRedis)
        state, user_id = RedisNotificationState(redis), uuid4()
        assert [await state.advance(user_id, each) for each in (3, 2, 3, 10)] == [
            True, False, True, True,
        ]  # fmt: skip
        assert [await state.deactivate(user_id, each) for each in "aba"] == [True, False, True]
        keys = [key async for key in redis.client.scan_iter(f"{settings.own_prefix}*")]
        assert len(keys) == 2
        assert all([0 < await redis.client.ttl(key) <= 48 * 3600 for key in keys])
        await state.reactivate(user_id)
        assert await state.deactivate(user_id, "b")
