"""The backing services that services may need, as compose and the wiring see them."""

from generator.catalog.specs import BackingSpec

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
