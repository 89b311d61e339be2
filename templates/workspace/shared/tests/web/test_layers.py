"""A layer sees every answer of the application that it is put around."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shared.settings import ServiceSettings
from shared.testing import client
from shared.web import create_app
from tests.support.greeting import GREETING, PATH

if TYPE_CHECKING:
    from shared.asgi import App, Message, Receive, Scope, Send
    from shared.lifecycle import Resources


class Signed:
    """Adds a header that names the service, whoever answers."""

    def __init__(self, app: App, resources: Resources) -> None:
        self._app = app
        self._header = (b"x-signed", resources.get(GreetingSettings).service_name.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self._header]
            await send(message)

        await self._app(scope, receive, signed)


class GreetingSettings(ServiceSettings):
    """What a feature of its own needs."""


class AllSettings(GreetingSettings):
    """What the whole service needs."""


async def test_a_layer_sees_every_answer_and_gets_the_settings_by_what_they_are_made_of(
    settings: ServiceSettings,
) -> None:
    feature = replace(GREETING, layers=(Signed,))
    given = AllSettings.model_validate(settings.model_dump())
    app = create_app(settings=given, features=[feature], title="T", version="1")

    async with client(app) as http:
        answers = [
            await http.get(PATH),
            await http.get("/nothing"),
            await http.post("/nothing", content=b"x" * 2000),
        ]

    assert [answer.headers.get_list("x-signed") for answer in answers] == [["tested"]] * 3
