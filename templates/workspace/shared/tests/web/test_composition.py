"""An application is composed of its features and opens what they need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from prometheus_client import Counter

from shared.errors import CompositionError
from shared.testing import client
from shared.web import Feature, create_app
from tests.support.greeting import GREETING, PATH, Greeter, greeter_resource, greeting_app

if TYPE_CHECKING:
    from shared.settings import ServiceSettings


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


@pytest.mark.parametrize("offered", ["mine", "not mine"])
async def test_a_request_id_is_taken_if_harmless_and_always_sent_back(
    settings: ServiceSettings, offered: str
) -> None:
    async with client(greeting_app(settings)) as http:
        answer = await http.get(PATH, headers={"X-Request-ID": offered})

    assert (answer.headers["x-request-id"] == offered) == (offered == "mine")
    assert len(answer.headers.get_list("x-request-id")) == 1
