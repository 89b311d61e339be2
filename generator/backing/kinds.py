"""The servers that there are, and all that the rest of the generator has to know about each."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.backing.model import BackingKind


@dataclass(frozen=True, kw_only=True, slots=True)
class KindSpec:
    """One kind of server; where it may come from stands in `PROVIDERS` of its module.

    Attributes:
        title: its name for people.
        module: where its providers are; imported by its supervisor alone.
        variable: the environment variable whose URL names a server to be used.
        schemes: those of its URLs.
        example: such a URL, without its scheme.
        slow: whether it takes so long to start that it is begun before it is sure to be needed.
        rare: whether only a few services need it.
    """

    title: str
    module: str
    variable: str
    schemes: tuple[str, ...]
    example: str
    slow: bool = False
    rare: bool = False


KINDS: Mapping[BackingKind, KindSpec] = {
    BackingKind.POSTGRES: KindSpec(
        title="PostgreSQL",
        module="generator.backing.postgres",
        variable="GENERATOR_POSTGRES_URL",
        schemes=("postgresql",),
        example="user:password@host:5432/database",
    ),
    BackingKind.RABBITMQ: KindSpec(
        title="RabbitMQ",
        module="generator.backing.rabbitmq",
        variable="GENERATOR_RABBITMQ_URL",
        schemes=("amqp", "amqps"),
        example="user:password@host:5672/",
        slow=True,
        rare=True,
    ),
    BackingKind.REDIS: KindSpec(
        title="Redis",
        module="generator.backing.redis",
        variable="GENERATOR_REDIS_URL",
        schemes=("redis", "rediss"),
        example=":password@host:6379/0",
    ),
}
