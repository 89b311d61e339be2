"""Events become notifications, at a real webhook or in the log."""

from uuid import uuid4

from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from app.application import build_application
from app.features import Settings
from shared.contracts.users import UserCreated, UserUpdated
from shared.messaging.publishing import Messaging
from shared.testing import client, wait_until
from shared.testing.provider import serving


class Hook:
    """A webhook that answers with these statuses, one after the other, and then with 204."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[str, str, str]] = []
        self.app = FastAPI()
        self.app.add_api_route("/hook", self.post, methods=["POST"])

    async def post(self, request: Request) -> Response:
        """Take a notification."""
        body = await request.json()
        headers = request.headers
        self.got.append((body["kind"], headers["Idempotency-Key"], headers["Authorization"]))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 204)


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
    async with serving(hook.app) as url:
        changed = {"notification_url": f"{url}/hook", "notification_token": SecretStr("t")}
        async with client(build_application(settings.model_copy(update=changed))):
            created = UserCreated.model_validate(facts())
            event_id = uuid4()
            for _ in range(2):
                await sender.events.publish(created, event_id)
            last = await sender.events.publish(UserUpdated.model_validate(facts()))

            async def both() -> bool:
                return len(hook.got) >= 2

            await wait_until(both, what="notifications")
    assert sorted(hook.got) == sorted(
        [("changed", str(last), "Bearer t"), ("welcome", str(event_id), "Bearer t")]
    )


async def test_what_a_webhook_finds_invalid_is_not_sent_again(
    settings: Settings, sender: Messaging
) -> None:
    hook = Hook(422, 400)
    async with serving(hook.app) as url:
        changed = {"notification_url": f"{url}/hook", "notification_token": SecretStr("t")}
        async with client(build_application(settings.model_copy(update=changed))):
            told = [
                await sender.events.publish(kind.model_validate(facts()))
                for kind in (UserCreated, UserUpdated)
            ]

            async def both() -> bool:
                return len(hook.got) >= 2

            await wait_until(both, what="notifications")
            last = await sender.events.publish(UserCreated.model_validate(facts()))

            async def there() -> bool:
                return str(last) in [key for _, key, _ in hook.got]

            await wait_until(there, what="the last notification")
    keys = [key for _, key, _ in hook.got]
    assert sorted(keys) == sorted(str(each) for each in [*told, last])
