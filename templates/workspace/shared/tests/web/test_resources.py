"""A route gets the resources that its application opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter

from shared.testing import client
from tests.support.greeter import Greeter
from tests.support.greeting import PATH, greeting_app

if TYPE_CHECKING:
    from shared.settings import ServiceSettings


async def test_a_route_gets_the_opened_resource(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        assert (await http.get(PATH)).json() == "en: hello from tested"


async def test_a_test_replaces_a_resource_by_type(settings: ServiceSettings) -> None:
    fake = Greeter("a fake", Counter("fake", "Not registered.", registry=None))

    async with client(greeting_app(settings, {Greeter: fake})) as http:
        assert (await http.get(PATH)).json() == "en: hello from a fake"
