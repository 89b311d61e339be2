"""The settings of a service that sends or takes messages."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from shared.messaging.topology import DEAD_LETTER_DAYS, DEAD_LETTER_LIMIT, Names
from shared.settings import ServiceSettings, url_form

_PREFIX = re.compile(r"[A-Za-z0-9._:-]{0,128}")


def _prefix(value: str) -> str:
    if not _PREFIX.fullmatch(value):
        raise ValueError("has more than 128 letters, digits and .:_-")
    return value


class BrokerSettings(ServiceSettings):
    """Where RabbitMQ is; the prefix stands in front of every name, in Redis too."""

    amqp_url: Annotated[
        SecretStr, url_form("amqp://user:password@host:5672/vhost", "amqp", "amqps")
    ] = Field(examples=["amqp://user:password@rabbitmq:5672/vhost"])
    messaging_prefix: Annotated[str, AfterValidator(_prefix)] = ""

    @property
    def names(self) -> Names:
        """The names on the broker, and what its queues are like."""
        return Names(self.messaging_prefix)


class TaskSettings(BrokerSettings):
    """Where the state of tasks is kept, for how long, and how long a claim lasts by itself."""

    redis_url: Annotated[
        SecretStr, url_form("redis://:password@host:6379/0", "redis", "rediss")
    ] = Field(examples=["redis://:password@redis:6379/0"])
    # Whoever asks for a status does so soon; a failed one is among the dead letters for longer.
    task_status_seconds: int = Field(default=3600 * 48, ge=1)
    # An event comes a second time within minutes, if at all; each costs a record in each queue.
    event_claim_seconds: int = Field(default=3600 * 6, ge=1)
    # For a message of a newer version: until each replica has been updated.
    unknown_message_seconds: int = Field(default=900, ge=0)
    task_claim_seconds: float = Field(default=30, ge=1, le=3600)


class ConsumerSettings(TaskSettings):
    """How many dead letters each queue keeps, and for how long, from when it is first declared."""

    dead_letter_limit: int = Field(default=DEAD_LETTER_LIMIT, ge=1)
    # The broker's timers end at 49 days.
    dead_letter_days: int = Field(default=DEAD_LETTER_DAYS, ge=1, le=49)

    @property
    def names(self) -> Names:
        """The names on the broker, and what its queues are like."""
        return Names(self.messaging_prefix, self.dead_letter_limit, self.dead_letter_days)
