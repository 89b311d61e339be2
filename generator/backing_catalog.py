"""The closed list of backing services: what each one takes and what services are told of it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class BackingSpec:
    """What the generator must know of a backing service beyond its compose fragment.

    Attributes:
        name: its kind; the fragment is `infra/<name>.compose.yaml`.
        compose_services: the names that the fragment takes in compose.
        secrets: pairs of an environment variable of the fragment and what it is for.
        variables: pairs of an environment variable and its value, for every service that needs
            it; a secret stands in a value as `${NAME}`, the service's name as `{service}`.
    """

    name: str
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
        compose_services=("postgres", "postgres-setup"),
        secrets=(("POSTGRES_PASSWORD", "the PostgreSQL superuser, for set-up only"),),
    ),
    BackingSpec(
        name="redis",
        compose_services=("redis",),
        secrets=(("REDIS_PASSWORD", "Redis, for every service that uses it"),),
        variables=(
            ("REDIS_URL", "redis://:${REDIS_PASSWORD}@redis:6379/0"),
            # One server for all: no key may be without its service's name in front.
            ("REDIS_PREFIX", "{service}:"),
        ),
    ),
    BackingSpec(
        name="rabbitmq",
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
