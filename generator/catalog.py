"""The closed list of templates: what each one is, needs and offers."""

from collections.abc import Iterable
from dataclasses import dataclass

from generator.errors import UsageError

WORKSPACE_TEMPLATE = "workspace"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateSpec:
    """What the generator must know of a template beyond its files.

    Attributes:
        name: the folder in `templates/`.
        summary: one line for people.
        first_port: where the search for a free host port begins.
        backing: the backing services it always needs, by kind: postgres, redis, rabbitmq.
        feature_backing: pairs of a feature and a backing service that it needs on top.
        owns_database: whether it gets a database and a role of its own.
        calls_data_service: whether it asks for a data service to call.
        reads_credentials: whether the data service that it calls shows it password hashes.
        secrets: pairs of an environment variable that must be secret and what it is for.
        features: the values that its `features` answer may hold.
        prepare: the arguments of `python -m app` to run once before it starts.
        component_type: its type in the service catalog.
    """

    name: str
    summary: str
    first_port: int
    backing: frozenset[str]
    feature_backing: tuple[tuple[str, str], ...] = ()
    owns_database: bool = False
    calls_data_service: bool = False
    reads_credentials: bool = False
    secrets: tuple[tuple[str, str], ...] = ()
    features: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    component_type: str = "service"

    def backing_for(self, features: Iterable[str]) -> frozenset[str]:
        """The backing services that it needs with these features."""
        chosen = frozenset(features)
        return self.backing | {kind for feature, kind in self.feature_backing if feature in chosen}


@dataclass(frozen=True, kw_only=True, slots=True)
class BackingSpec:
    """What the generator must know of a backing service beyond its compose fragment.

    Attributes:
        name: its kind; the fragment is `infra/<name>.compose.yaml`.
        compose_services: the names that the fragment takes in compose.
        secrets: pairs of an environment variable of the fragment and what it is for.
    """

    name: str
    compose_services: tuple[str, ...]
    secrets: tuple[tuple[str, str], ...] = ()

    @property
    def fragment(self) -> str:
        """Its compose file, from the workspace's root."""
        return f"infra/{self.name}.compose.yaml"


BACKING_SERVICES: tuple[BackingSpec, ...] = (
    BackingSpec(
        name="postgres",
        compose_services=("postgres", "postgres-setup"),
        secrets=(("POSTGRES_PASSWORD", "the PostgreSQL superuser, for set-up only"),),
    ),
)

SERVICE_TEMPLATES: tuple[TemplateSpec, ...] = (
    TemplateSpec(
        name="data-postgres",
        summary="A data API that owns tables in PostgreSQL: users and files over HTTP",
        first_port=8200,
        backing=frozenset({"postgres"}),
        owns_database=True,
        prepare=("migrate",),
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
