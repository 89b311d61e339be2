"""Turns a person's words into checked names once, and derives every other spelling from them."""

import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.errors import NameRefusedError

PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MIN_LENGTH = 3
MAX_LENGTH = 40

# What stands beside the services in a workspace, in compose or in the network, by the same name.
RESERVED = frozenset(
    {"shared", "wiring", "infra", "services", "app", "all", "workspace", "operator", "localhost"}
    | {"postgres", "postgresql", "redis", "redis-cache", "valkey", "rabbitmq", "nats"}
    | {"database", "broker"}
    # What Windows keeps for devices, whatever the ending.
    | {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceName:
    """A checked name; `given` is what the person typed."""

    value: str
    given: str

    @property
    def changed(self) -> bool:
        """Whether the name differs from what was typed, so that the person can be told."""
        return self.value != self.given

    def __str__(self) -> str:
        return self.value


def snake(name: str) -> str:
    """The spelling for PostgreSQL and Python: `users-data` → `users_data`."""
    return name.replace("-", "_")


def env_prefix(name: str) -> str:
    """The spelling for environment variables: `users-data` → `USERS_DATA`."""
    return snake(name).upper()


def distribution(name: str) -> str:
    """The one spelling of a distribution's name under PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_name(given: str) -> ServiceName:
    """Check a name by itself; `_` becomes `-`.

    Raises:
        NameRefusedError: with the reason and what would be accepted.
    """
    value = given.replace("_", "-")
    if not PATTERN.fullmatch(value):
        raise NameRefusedError(
            f"The name {_shown(given)} {_fault(value)}.", hint=_suggestion(value)
        )
    if not MIN_LENGTH <= len(value) <= MAX_LENGTH:
        raise NameRefusedError(
            f"The name {_shown(given)} has {len(value)} characters.",
            hint=f"Take {MIN_LENGTH} to {MAX_LENGTH} characters, for example users-api.",
        )
    if value in RESERVED or keyword.iskeyword(value) or keyword.issoftkeyword(value):
        raise NameRefusedError(
            f"The name {_shown(given)} is reserved.",
            hint=f"Say what it does: {value}-api, for example.",
        )
    return ServiceName(value=value, given=given)


def refuse_taken(
    name: ServiceName, *, services: Iterable[str], distributions: Iterable[str]
) -> None:
    """Refuse a name that another service or a distribution of the lock already has.

    Raises:
        NameRefusedError: naming the twin; names that differ by case or separator only are twins.
    """
    wanted = distribution(name.value)
    for service in services:
        if distribution(service) == wanted:
            raise NameRefusedError(
                f"The workspace already has a service {service}.", hint="Choose another name."
            )
    if wanted in {distribution(other) for other in distributions}:
        raise distribution_refusal(name.value)


def distribution_refusal(name: str) -> NameRefusedError:
    """The refusal of a name under which a workspace's lock has, or will have, something else."""
    return NameRefusedError(
        f"The name {name} is that of a Python distribution, and uv could not lock both.",
        hint=f"Say what it does: {name}-service, for example.",
    )


def _shown(given: str) -> str:
    shortened = given if len(given) <= MAX_LENGTH else given[:MAX_LENGTH] + "…"
    return ascii(shortened)


def _fault(value: str) -> str:
    if not value:
        return "is empty"
    if value[0] == "-":
        return "begins with a dash"
    strange = sorted(set(re.sub(r"[a-z0-9-]", "", value)))
    if strange:
        listed = " ".join(ascii(character) for character in strange[:5])
        return f"has characters other than a-z, 0-9 and -: {listed}"
    if not value[0].isalpha():
        return "does not begin with a letter"
    return "has a dash too many"


def _suggestion(value: str) -> str:
    cleaned = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-0123456789")[:MAX_LENGTH].strip("-")
    example = cleaned if PATTERN.fullmatch(cleaned) and len(cleaned) >= MIN_LENGTH else "users-api"
    return f"Use small letters, digits and single dashes, for example {example}."
