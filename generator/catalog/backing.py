"""The backing services that services may need, as compose and the wiring see them."""

from collections.abc import Collection
from dataclasses import dataclass


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


# RabbitMQ makes a virtual host and a user of this name when its volume is new.
_BROKER = "services"

BACKING_SERVICES: tuple[BackingSpec, ...] = (
    BackingSpec(
        name="postgres",
        server="postgres",
        url="DATABASE_URL",
        compose_services=("postgres", "postgres-setup"),
        secrets=(("POSTGRES_PASSWORD", "the PostgreSQL superuser, for set-up only"),),
    ),
    BackingSpec(
        # State that must not be lost: sessions, claims, the status of tasks.
        name="redis",
        server="redis",
        url="REDIS_URL",
        compose_services=("redis",),
        secrets=(("REDIS_PASSWORD", "Redis, for every service that keeps state in it"),),
        variables=(
            ("REDIS_URL", "redis://:${REDIS_PASSWORD}@redis:6379/0"),
            # One server for all: a service's own keys have its name in front.
            ("REDIS_PREFIX", "{service}:"),
        ),
    ),
    BackingSpec(
        # What may be forgotten at any time, so that it never takes the room of what may not.
        name="redis-cache",
        server="redis",
        url="CACHE_REDIS_URL",
        compose_services=("redis-cache",),
        secrets=(("CACHE_REDIS_PASSWORD", "the Redis of caches, for every service with one"),),
        variables=(
            ("CACHE_REDIS_URL", "redis://:${CACHE_REDIS_PASSWORD}@redis-cache:6379/0"),
            ("REDIS_PREFIX", "{service}:"),
        ),
    ),
    BackingSpec(
        name="rabbitmq",
        server="rabbitmq",
        url="AMQP_URL",
        compose_services=("rabbitmq",),
        secrets=(("RABBITMQ_PASSWORD", "RabbitMQ, for every service that uses it"),),
        variables=(
            ("AMQP_URL", f"amqp://{_BROKER}:${{RABBITMQ_PASSWORD}}@rabbitmq:5672/{_BROKER}"),
            # The same for all, because they talk to each other. A dot is in no service's name, so
            # in Redis no REDIS_PREFIX is the same.
            ("MESSAGING_PREFIX", "messaging."),
        ),
    ),
)


def backing_specs(names: Collection[str]) -> tuple[BackingSpec, ...]:
    """The backing services of these names, in the catalog's order."""
    return tuple(spec for spec in BACKING_SERVICES if spec.name in names)
