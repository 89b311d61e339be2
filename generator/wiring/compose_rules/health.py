"""Whether the others can tell that a service works, and wait for that."""

from collections.abc import Iterator, Mapping

import yaml

from generator.wiring.compose_rules.model import ComposeEntry, Located, Problem, Scene
from generator.wiring.compose_text import entries

_HEALTHY, _COMPLETED = "service_healthy", "service_completed_successfully"
_ENDLESS = frozenset({"always", "unless-stopped"})
_MENDED = "give it a healthcheck that asks whether it can do its work"


def find_no_health(entry: ComposeEntry, scene: Scene) -> Iterator[Problem]:
    """Whoever keeps running and has no check of its health."""
    if not _has_health(entry) and not _is_job(entry, scene.services):
        yield Problem(
            place=entry.place_of("healthcheck"),
            cause="has no healthcheck, so nobody can wait until it works",
            cure=f'{_MENDED}; if it is to end by itself, say restart: "no"',
        )


def find_vain_waiting(entry: ComposeEntry, scene: Scene) -> Iterator[Problem]:
    """A condition that never comes true, or that says nothing."""
    for name, (condition, found) in _dependencies(entry).items():
        other = scene.services.get(name)
        if other is None:
            # Compose says so.
            continue
        if condition == _HEALTHY and not _has_health(other):
            yield Problem(
                place=found.place,
                cause=f"waits until {name} is healthy, and {name} has no healthcheck",
                cure=_MENDED.replace("it a", f"{name} a"),
            )
        elif condition == _COMPLETED and other.text("restart") in _ENDLESS:
            yield Problem(
                place=found.place,
                cause=f"waits until {name} has ended, and {name} is started again whenever it ends",
                cure=f'set restart: "no" or on-failure for {name}',
            )
        elif not condition and _has_health(other):
            yield Problem(
                place=found.place,
                cause=f"starts when {name} has started, whether that works or not",
                cure=f"{name}: {{condition: service_healthy}}, or service_started if that will do",
            )


def _has_health(entry: ComposeEntry) -> bool:
    check = entry.mapping("healthcheck")
    if "disable" in check and entry.filled(check["disable"].node).lower() == "true":
        return False
    test = check["test"].node if "test" in check else None
    words = test.value if isinstance(test, yaml.SequenceNode) else [test]
    return test is not None and entry.filled(words[0] if words else None) != "NONE"


def _is_job(entry: ComposeEntry, services: Mapping[str, ComposeEntry]) -> bool:
    """Whether it is to end by itself."""
    restart = entry.text("restart")
    if restart == "no" or restart.startswith("on-failure"):
        return True
    return any(
        _dependencies(other).get(entry.name, ("",))[0] == _COMPLETED for other in services.values()
    )


def _dependencies(entry: ComposeEntry) -> dict[str, tuple[str, Located]]:
    """The condition of each dependency; empty in the short form."""
    found = {item.node.value: ("", item) for item in entry.items("depends_on")}
    for name, located in entry.mapping("depends_on").items():
        condition = entry.filled(entries(located.node).get("condition"))
        found[name] = (condition, located)
    return found
