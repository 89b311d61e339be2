"""Every route names who may use it, the README says the same, and what names nobody is closed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends
from fastapi.routing import APIRoute, iter_route_contexts

from app.access import Administrator, named_rules, signed_in
from app.application import build_application
from app.features import FEATURES, Settings
from app.routing import api_router
from shared.errors import CompositionError

README = Path(__file__).parents[1] / "README.md"
# What every service has, for whoever runs it.
OPERATIONS = {"/health", "/ready", "/metrics", "/docs", "/docs/oauth2-redirect", "/openapi.json"}
Access = dict[str, list[str]]


@pytest.fixture
def access() -> Access:
    settings = Settings.model_construct(service_name="walked")
    return dict(walked(build_application(settings, FEATURES).routes))


def walked(routes: Sequence[Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield each route with the rules that it names."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        if context.path not in OPERATIONS:
            rules = named_rules(route.dependant) if isinstance(route, APIRoute) else []
            for method in sorted(context.methods or {"?"}):
                yield f"{method} {context.path}", rules


def test_every_route_names_exactly_one_rule(access: Access) -> None:
    unclear = {route: rules for route, rules in access.items() if len(rules) != 1}
    assert unclear == {}
    assert not [route for route, rules in access.items() if rules == ["unnamed"]]


def test_the_readme_says_who_may_use_which_route(access: Access) -> None:
    rows = [line.split("|") for line in README.read_text().splitlines() if "| `" in line]
    said = {row[1].strip(" `"): row[2].strip() for row in rows if "/api/" in row[1]}
    assert said == {route.replace(":uuid", ""): rule for route, [rule] in access.items()}, (
        "README.md"
    )


def test_a_route_that_names_nobody_is_for_administrators_and_does_not_go_unnoticed() -> None:
    router = api_router("things")

    @router.get("")
    async def list_things() -> list[str]:
        return []

    assert dict(walked(router.routes)) == {"GET /api/v1/things": ["unnamed"]}


def test_a_route_that_names_two_rules_is_refused() -> None:
    router = api_router("things")
    with pytest.raises(CompositionError, match="several rules"):

        @router.get("", dependencies=[Depends(signed_in)])
        async def list_things(_: Administrator) -> list[str]:
            return []
