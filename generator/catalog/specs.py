"""What must be known of templates, their features and backing services beyond their files."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureSpec:
    """What the generator must know of a feature that a service may or may not have.

    Attributes:
        name: a value of the template's `features` answer.
        summary: one line for people.
        backing: the backing services that it needs on top, by name.
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
        backing: the backing services it always needs, by name: `postgres`, `redis-cache`.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class BackingSpec:
    """What the generator must know of a backing service beyond its compose fragment.

    Attributes:
        name: what services need by; the fragment is `infra/<name>.compose.yaml`.
        server: the kind of server that it is. Several may be of one kind; a verification gives
            them one server.
        url: the variable by which a service finds it.
        compose_services: the names that the fragment takes in compose.
        secrets: pairs of an environment variable of the fragment and what it is for.
        variables: pairs of an environment variable and its value, for every service that needs
            it; a secret stands in a value as `${NAME}`, the service's name as `{service}`.
    """

    name: str
    server: str
    url: str
    compose_services: tuple[str, ...]
    secrets: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def fragment(self) -> str:
        """Its compose file, from the workspace's root."""
        return f"infra/{self.name}.compose.yaml"
