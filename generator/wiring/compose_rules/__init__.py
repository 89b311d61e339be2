"""Our own rules for compose files: what Compose accepts and people regret."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from generator.wiring.compose_rules.environment import find_nested_env
from generator.wiring.compose_rules.hardening import (
    find_floating,
    find_root,
    find_unlimited,
    find_writable,
)
from generator.wiring.compose_rules.health import find_no_health, find_vain_waiting
from generator.wiring.compose_rules.model import ComposeEntry, Place, Problem, Scene
from generator.wiring.compose_rules.ports import find_open_data, find_twin_ports
from generator.wiring.compose_rules.reading import Read, env_files_of, read_composition
from generator.wiring.compose_rules.secrets import find_inline_secrets

__all__ = ["IGNORED", "RULES", "ComposeRule", "judge_compose"]

# Where a service says which rules do not hold for it, each with the reason.
IGNORED = "x-ignored-rules"
_SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposeRule:
    """One rule.

    Attributes:
        name: as in findings and in `x-ignored-rules`.
        promise: what holds where it finds nothing.
    """

    name: str
    promise: str
    find: Callable[[ComposeEntry, Scene], Iterator[Problem]]


RULES = (
    ComposeRule(
        name="port",
        promise="no two services publish one port of the machine",
        find=find_twin_ports,
    ),
    ComposeRule(
        name="healthcheck",
        promise="what keeps running has a check of its health",
        find=find_no_health,
    ),
    ComposeRule(
        name="condition",
        promise="who depends on another one waits for something that comes true",
        find=find_vain_waiting,
    ),
    ComposeRule(name="non-root", promise="nobody runs as root", find=find_root),
    ComposeRule(
        name="read-only",
        promise="nobody writes into the file system of the container",
        find=find_writable,
    ),
    ComposeRule(name="limits", promise="processors and memory have a limit", find=find_unlimited),
    ComposeRule(
        name="secret",
        promise="no secret is in a file that git keeps, or in an argument",
        find=find_inline_secrets,
    ),
    ComposeRule(
        name="loopback",
        promise="ports of data are published on loopback alone",
        find=find_open_data,
    ),
    ComposeRule(
        name="pinned",
        promise="an image that is not built here has a whole version or a digest",
        find=find_floating,
    ),
    ComposeRule(
        name="one-env",
        promise="the root's .env is the only one, for all services alike",
        find=find_nested_env,
    ),
)
_RULES = {rule.name: rule for rule in RULES}


def judge_compose(
    read: Read, values: Mapping[str, str], is_ignored: Callable[[str], bool]
) -> tuple[str, ...]:
    """What the rules find in the compose files of a workspace, a line each.

    Args:
        read: reads a file by its path below the root; None where it is not to be had.
        values: what may be filled in: the root's `.env`, and what else is set.
        is_ignored: whether git ignores a file.
    """
    composition = read_composition(read, values)
    services = composition.services
    scene = Scene(
        services=services,
        env_files={name: tuple(env_files_of(entry, read)) for name, entry in services.items()},
        is_ignored=is_ignored,
    )
    found = [_line(twin, _twin(twin, services[twin.name]), "name") for twin in composition.twins]
    for entry in services.values():
        found += _judged(entry, scene)
    return tuple(found)


def _judged(entry: ComposeEntry, scene: Scene) -> Iterator[str]:
    ignored = entry.mapping(IGNORED)
    for name, located in ignored.items():
        if name not in _RULES:
            problem = Problem(
                place=located.place,
                cause=f"sets aside a rule {name} that there is not",
                cure=f"rules: {', '.join(_RULES)}",
            )
            yield _line(entry, problem, IGNORED)
        elif len(entry.filled(located.node).strip()) < _SHORTEST_REASON:
            problem = Problem(
                place=located.place,
                cause=f"sets the rule {name} aside without a reason",
                cure="say why in its value",
            )
            yield _line(entry, problem, IGNORED)
    for rule in RULES:
        problems = list(rule.find(entry, scene))
        if rule.name not in ignored:
            yield from (_line(entry, problem, rule.name) for problem in problems)
        elif not problems:
            problem = Problem(
                place=ignored[rule.name].place,
                cause=f"sets the rule {rule.name} aside, which finds nothing here",
                cure="take the line away",
            )
            yield _line(entry, problem, IGNORED)


def _twin(entry: ComposeEntry, first: ComposeEntry) -> Problem:
    place = first.place
    return Problem(
        place=entry.place,
        cause=f"is defined in {place.file}:{place.line} as well, and Compose makes one of the two",
        cure="rename one; what is to change the other belongs into compose.override.yaml",
    )


def _line(entry: ComposeEntry, problem: Problem, rule: str) -> str:
    place: Place = problem.place
    return f"{place.file}:{place.line}: {entry.name} {problem.cause}: {problem.cure} [{rule}]"
