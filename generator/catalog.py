"""The closed list of templates: what each one is, needs and offers."""

from collections.abc import Iterable
from dataclasses import dataclass

from generator.backing_catalog import BACKING_SERVICES, BackingSpec
from generator.errors import UsageError

__all__ = [
    "BACKING_SERVICES",
    "SERVICE_TEMPLATES",
    "WORKSPACE_TEMPLATE",
    "BackingSpec",
    "FeatureSpec",
    "TemplateSpec",
    "template_spec",
]

WORKSPACE_TEMPLATE = "workspace"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureSpec:
    """What the generator must know of a feature that a service may or may not have.

    Attributes:
        name: a value of the template's `features` answer.
        summary: one line for people.
        backing: the backing services that it needs on top, by kind.
        secrets: pairs of an environment variable that must be secret and what it is for.
        reads_credentials: whether the data service that is called shows it password hashes.
        example: whether it is example code, which a service without the example has none of.
    """

    name: str
    summary: str
    backing: frozenset[str] = frozenset()
    secrets: tuple[tuple[str, str], ...] = ()
    reads_credentials: bool = False
    example: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateSpec:
    """What the generator must know of a template beyond its files.

    Attributes:
        name: the folder in `templates/`.
        summary: one line for people.
        first_port: where the search for a free host port begins.
        backing: the backing services it always needs, by kind: postgres, redis, rabbitmq.
        optional_backing: those that it keeps serving without: `/ready` stays 200.
        features: what it can have on top.
        owns_database: whether it gets a database and a role of its own.
        calls_data_service: whether it asks for a data service to call.
        provides_api: whether its `openapi.json` describes what others may call.
        prepare: the arguments of `python -m app` to run once before it starts.
        component_type: its type in the service catalog.
    """

    name: str
    summary: str
    first_port: int
    backing: frozenset[str]
    optional_backing: frozenset[str] = frozenset()
    features: tuple[FeatureSpec, ...] = ()
    owns_database: bool = False
    calls_data_service: bool = False
    provides_api: bool = False
    prepare: tuple[str, ...] = ()
    component_type: str = "service"

    def chosen(self, features: Iterable[str]) -> tuple[FeatureSpec, ...]:
        """The features of these names, in the catalog's order."""
        names = frozenset(features)
        return tuple(feature for feature in self.features if feature.name in names)

    def backing_for(self, features: Iterable[str]) -> frozenset[str]:
        """The backing services that it needs with these features."""
        return self.backing.union(*(feature.backing for feature in self.chosen(features)))


SERVICE_TEMPLATES: tuple[TemplateSpec, ...] = (
    TemplateSpec(
        name="data-postgres",
        summary="A data API that owns tables in PostgreSQL: users and files over HTTP",
        first_port=8200,
        backing=frozenset({"postgres"}),
        optional_backing=frozenset({"rabbitmq"}),
        features=(
            FeatureSpec(
                name="outbox",
                summary="an event of every change, written with it and sent after it",
                backing=frozenset({"rabbitmq"}),
            ),
        ),
        owns_database=True,
        provides_api=True,
        prepare=("migrate",),
    ),
    TemplateSpec(
        name="fastapi",
        summary="A business API that reaches its data over HTTP, without a database driver",
        first_port=8000,
        backing=frozenset(),
        optional_backing=frozenset({"redis", "rabbitmq"}),
        features=(
            FeatureSpec(
                name="auth",
                summary="login, tokens and their revocation",
                backing=frozenset({"redis"}),
                secrets=(("JWT_SECRET", "signs the tokens that it gives out"),),
                reads_credentials=True,
            ),
            FeatureSpec(
                name="cache",
                summary="what the data service answered, kept in Redis for a while",
                backing=frozenset({"redis"}),
            ),
            FeatureSpec(
                name="events",
                summary="others are told of new and changed users",
                backing=frozenset({"redis", "rabbitmq"}),
            ),
            FeatureSpec(
                name="tasks",
                summary="work that is done later by a worker, and what has become of it",
                backing=frozenset({"redis", "rabbitmq"}),
            ),
        ),
        calls_data_service=True,
        provides_api=True,
    ),
    TemplateSpec(
        name="worker",
        summary="A worker that does tasks and reacts to events, with retries and dead letters",
        first_port=8400,
        backing=frozenset({"rabbitmq", "redis"}),
        features=(
            FeatureSpec(
                name="media", summary="pictures get a thumbnail and a compressed form", example=True
            ),
            FeatureSpec(
                name="notifications",
                summary="users are told of what happens to their account",
                example=True,
            ),
            FeatureSpec(
                name="analytics", summary="events are counted by day and reported", example=True
            ),
            FeatureSpec(name="schedule", summary="tasks that are given by the clock"),
        ),
        calls_data_service=True,
    ),
)


def template_spec(name: str) -> TemplateSpec:
    """The catalog entry of a service template.

    Raises:
        UsageError: when there is no such template; the hint lists those there are.
    """
    for spec in SERVICE_TEMPLATES:
        if spec.name == name:
            return spec
    known = ", ".join(spec.name for spec in SERVICE_TEMPLATES)
    raise UsageError(f"There is no service template {name!r}.", hint=f"Choose one of: {known}.")
