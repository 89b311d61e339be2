"""Services and templates to wire, and the wiring's texts."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from generator.answers import Answers
from generator.catalog import (
    BackingNeeds,
    Catalog,
    FeatureSpec,
    LinkSpec,
    TemplateSpec,
    read_catalog,
)
from generator.rendering.text import TextRenderer
from generator.wiring import System, Wiring, plan_wiring, with_checksums
from generator.workspace import Inventory, Service
from tests.support.checkout import PROJECT

CATALOG: Catalog = read_catalog(PROJECT)
DATA_POSTGRES = CATALOG.template("data-postgres")
LINKS = (LinkSpec(name="data_service", summary="The data service that it calls", optional=True),)

# Templates that call a data service; the catalog's own need no change for them.
API = TemplateSpec(
    name="api",
    schema=1,
    summary="calls a data service",
    first_port=8000,
    features=(
        FeatureSpec(name="store", summary="keeps things", needs=frozenset({"postgres"})),
        FeatureSpec(
            name="auth",
            summary="login",
            needs=frozenset({"redis"}),
            secrets={"JWT_SECRET": "signs the tokens that it gives out"},
            reads_credentials=True,
        ),
        FeatureSpec(name="cache", summary="forgets", needs=frozenset({"redis", "redis-cache"})),
        FeatureSpec(name="messages", summary="sends them", needs=frozenset({"rabbitmq", "redis"})),
    ),
    links=LINKS,
)
BOT = TemplateSpec(
    name="bot",
    schema=1,
    summary="calls a data service and must not see credentials",
    first_port=8100,
    links=LINKS,
    component_type="bot",
)
# Nothing real is both; only so can services call each other in a circle.
RELAY = TemplateSpec(
    name="relay",
    schema=1,
    summary="holds data and calls another data service",
    first_port=8300,
    backing=BackingNeeds(needed=frozenset({"postgres"})),
    owns_database=True,
    links=LINKS,
)


def wire(
    services: Iterable[Service],
    *,
    owner: str = "",
    description: str = "",
    hand_set_ports: Mapping[int, str] | None = None,
) -> Wiring:
    """The wiring of a workspace `shop`."""
    system = System(name="shop", owner=owner, description=description)
    return plan_wiring(system, Inventory(services=tuple(services)), hand_set_ports=hand_set_ports)


def data(
    name: str = "users-data", port: int = 8200, *, description: str = "", owner: str = ""
) -> Service:
    """A data service."""
    answers = Answers(
        template="data-postgres",
        service_name=name,
        port=port,
        description=description,
        owner=owner,
    )
    return Service(answers=answers, template=DATA_POSTGRES)


def consumer(
    template: TemplateSpec, name: str, calls: str, port: int = 8000, *, features: str = ""
) -> Service:
    """A service that calls a data service; features as in `a,b`."""
    answers = Answers(
        template=template.name,
        service_name=name,
        port=port,
        data_service=calls,
        features=tuple(filter(None, features.split(","))),
    )
    return Service(answers=answers, template=template)


@cache
def _renderer() -> TextRenderer:
    return TextRenderer(PROJECT)


def texts(wiring: Wiring) -> dict[str, str]:
    """Every wiring file as `generator sync` writes it, by path."""
    return {
        file.path: with_checksums(_renderer().render(file.template, file.context))
        for file in wiring.files
    }


def write_wiring(folder: Path, wiring: Wiring) -> None:
    """Write every wiring file below a workspace's root."""
    for path, text in texts(wiring).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
