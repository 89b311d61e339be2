"""What the bot answers is closed by default, and the README says who may use what."""

import re
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts

from app.application import build_application
from app.feature import BotFeature, Handler, handlers_of
from app.features import FEATURES, Settings
from shared.errors import CompositionError

README = (Path(__file__).parents[1] / "README.md").read_text()
ROUTES = {
    *("GET /health", "GET /ready", "GET /metrics", "GET /docs", "GET /openapi.json"),
    "POST /telegram/webhook",
}
_OF_DOCS = "/docs/oauth2-redirect"


def routes_of(**fields: object) -> set[str]:
    settings = Settings.model_construct(None, service_name="walked", **fields)
    found = iter_route_contexts(build_application(settings).routes)
    pairs = {(method, str(each.path)) for each in found for method in each.methods or ()}
    return {f"{method} {path}" for method, path in pairs if method != "HEAD" and path != _OF_DOCS}


def test_in_production_there_is_no_route_but_those_of_operations() -> None:
    assert routes_of() == {"GET /health", "GET /ready"}


def test_every_route_that_there_may_be_is_in_the_readme_with_who_may_use_it() -> None:
    found = routes_of(environment="development", port=8000, metrics_port=8000, bot_mode="webhook")
    rows = re.findall(r"^\| `((?:GET|POST) \S+)` \| (.+) \|$", README, re.MULTILINE)
    assert found == ROUTES == {route for route, who in rows if who.strip()}


def test_every_handler_is_in_the_readme_with_who_may_use_it() -> None:
    rows = re.findall(r"^\| (?:`(/\w+)`|([a-z][^|`]+)) \| (\w+) \|$", README, re.MULTILINE)
    named = {command or title: who for command, title, who in rows}
    assert named == {handler.name: handler.allow for handler in handlers_of(FEATURES)}


async def nothing() -> None:
    """Answer nothing."""


def test_a_handler_that_does_not_say_for_whom_is_for_administrators() -> None:
    assert Handler(handle=nothing, command="secret").allow == "administrators"


def test_handlers_without_a_name_of_their_own_are_refused() -> None:
    handler = Handler(handle=nothing, command="twice")
    feature = BotFeature(name="one", handlers=(handler, handler))
    with pytest.raises(CompositionError, match="two handlers are called /twice"):
        handlers_of([feature])
    with pytest.raises(CompositionError, match="needs a title"):
        handlers_of([BotFeature(name="one", handlers=(Handler(handle=nothing),))])
