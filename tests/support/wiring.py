"""Services and templates to wire, and the wiring's texts."""

from functools import cache
from pathlib import Path

import pytest

from generator.answers import Answers
from generator.catalog import FeatureSpec, TemplateSpec
from generator.catalog import services as catalog
from generator.rendering.text import TextRenderer
from generator.wiring import Wiring, sealed
from tests.support.checkout import PROJECT

# Templates that call a data service; the catalog's own need no change for them.
API = TemplateSpec(
    name="api",
    summary="calls a data service",
    first_port=8000,
    backing=frozenset(),
    features=(
        FeatureSpec(name="store", summary="keeps things", backing=frozenset({"postgres"})),
        FeatureSpec(
            name="auth",
            summary="login",
            backing=frozenset({"redis"}),
            secrets=(("JWT_SECRET", "signs the tokens that it gives out"),),
            reads_credentials=True,
        ),
        FeatureSpec(name="cache", summary="forgets", backing=frozenset({"redis", "redis-cache"})),
        FeatureSpec(
            name="messages", summary="sends them", backing=frozenset({"rabbitmq", "redis"})
        ),
    ),
    calls_data_service=True,
)
BOT = TemplateSpec(
    name="bot",
    summary="calls a data service and must not see credentials",
    first_port=8100,
    backing=frozenset(),
    calls_data_service=True,
    component_type="bot",
)
# Nothing real is both; only so can services call each other in a circle.
RELAY = TemplateSpec(
    name="relay",
    summary="holds data and calls another data service",
    first_port=8300,
    backing=frozenset({"postgres"}),
    owns_database=True,
    calls_data_service=True,
)


def offer_more_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the templates of this module into the catalog."""
    monkeypatch.setattr(catalog, "SERVICE_TEMPLATES", (*catalog.SERVICE_TEMPLATES, API, BOT, RELAY))


def data(
    name: str = "users-data", port: int = 8200, *, description: str = "", owner: str = ""
) -> Answers:
    """A data service's answers."""
    return Answers(
        template="data-postgres",
        service_name=name,
        port=port,
        description=description,
        owner=owner,
    )


def consumer(
    template: TemplateSpec, name: str, calls: str, port: int = 8000, *, features: str = ""
) -> Answers:
    """The answers of a service that calls a data service; features as in `a,b`."""
    return Answers(
        template=template.name,
        service_name=name,
        port=port,
        data_service=calls,
        features=tuple(filter(None, features.split(","))),
    )


@cache
def _renderer() -> TextRenderer:
    return TextRenderer(PROJECT)


def texts(wiring: Wiring) -> dict[str, str]:
    """Every wiring file as `generator sync` writes it, by path."""
    return {
        file.path: sealed(_renderer().render(file.template, file.context)) for file in wiring.files
    }


def write_wiring(folder: Path, wiring: Wiring) -> None:
    """Write every wiring file below a workspace's root."""
    for path, text in texts(wiring).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
