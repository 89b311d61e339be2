"""An application is composed of its features, if they fit together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from shared.errors import CompositionError
from shared.testing import client
from shared.web import Feature, create_app
from tests.support.greeter import greeter_resource
from tests.support.greeting import GREETING, PATH, greeting_app

if TYPE_CHECKING:
    from shared.settings import ServiceSettings


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
