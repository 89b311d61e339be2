"""The backing services that services may need, as compose and the wiring see them."""

from collections.abc import Collection

from generator.catalog.specs import BackingSpec

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
