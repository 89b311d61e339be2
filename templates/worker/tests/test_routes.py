"""What the service answers by HTTP is for whoever runs it, and the README says who that is."""

import re
from pathlib import Path

from fastapi.routing import iter_route_contexts

from app.application import build_application
from app.features import Settings

README = Path(__file__).parents[1] / "README.md"
ROUTES = {"/health", "/ready", "/metrics", "/docs", "/openapi.json"}
_OF_DOCS = "/docs/oauth2-redirect"


def paths_of(**fields: object) -> set[str]:
    settings = Settings.model_construct(None, service_name="walked", **fields)
    routes = build_application(settings).routes
    return {str(context.path) for context in iter_route_contexts(routes)} - {_OF_DOCS}


def test_in_production_there_is_no_route_but_those_of_operations() -> None:
    assert paths_of() == {"/health", "/ready"}


def test_every_route_that_there_may_be_is_in_the_readme_with_who_may_use_it() -> None:
    found = paths_of(environment="development", port=8000, metrics_port=8000)
    rows = re.findall(r"^\| `GET (\S+)` \| (.+) \|$", README.read_text(), re.MULTILINE)
    assert found == ROUTES == {path for path, who in rows if who.strip()}
