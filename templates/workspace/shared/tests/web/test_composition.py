"""An application is composed of its features and opens what they need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from prometheus_client import Counter

from shared.errors import CompositionError
from shared.settings import ServiceSettings
from shared.testing import client
from shared.web import Feature, create_app
from tests.support.greeting import GREETING, PATH, Greeter, greeter_resource, greeting_app

if TYPE_CHECKING:
    from shared.asgi import App, Message, Receive, Scope, Send
    from shared.lifecycle import Resources


async def test_a_route_gets_the_opened_resource(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        assert (await http.get(PATH)).json() == "en: hello from tested"


async def test_a_test_replaces_a_resource_by_type(settings: ServiceSettings) -> None:
    fake = Greeter("a fake", Counter("fake", "Not registered.", registry=None))

    async with client(greeting_app(settings, {Greeter: fake})) as http:
        assert (await http.get(PATH)).json() == "en: hello from a fake"


def test_resources_that_do_not_fit_are_refused_before_anything_runs(
    settings: ServiceSettings,
) -> None:
    twin = Feature(name="twin", resources=(replace(greeter_resource, ping=None),))

    with pytest.raises(CompositionError, match="two resources provide Greeter"):
        create_app(settings=settings, features=[GREETING, twin], title="T", version="1")


async def test_the_layers_can_be_built_again(settings: ServiceSettings) -> None:
    app = greeting_app(settings)
    app.middleware_stack = app.build_middleware_stack()
    app.middleware_stack = app.build_middleware_stack()

    async with client(app) as http:
        assert (await http.get(PATH)).status_code == 200


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


@pytest.mark.parametrize("offered", ["mine", "not mine"])
async def test_a_request_id_is_taken_if_harmless_and_always_sent_back(
    settings: ServiceSettings, offered: str
) -> None:
    async with client(greeting_app(settings)) as http:
        answer = await http.get(PATH, headers={"X-Request-ID": offered})

    assert (answer.headers["x-request-id"] == offered) == (offered == "mine")
    assert len(answer.headers.get_list("x-request-id")) == 1
