"""The words of the rules for compose files: what files say of a service, and what is found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from generator.wiring.compose_text import entries
from generator.wiring.interpolation import UnsetVariableError, interpolate

_YES = frozenset({"true", "yes", "on"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A line of a file of the workspace."""

    file: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """A node of YAML, and the file that it is in."""

    file: str
    node: yaml.Node

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(file=self.file, line=self.node.start_mark.line + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """Files that Compose merges before anything else: the root's, or those of one include.

    Attributes:
        values: what may be filled into them.
        nested_env: the `.env` beside them that Compose would read for them alone; empty if none.
        nested_names: the variables that have their value from there.
    """

    values: Mapping[str, str] = field(repr=False)
    nested_env: str = ""
    nested_names: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one file says of a service."""

    file: str
    entries: Mapping[str, yaml.Node]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvFile:
    """A file of variables that a service names, and its text; None where it cannot be read."""

    file: str
    named_at: Place
    text: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposeEntry:
    """A service as the files define it, and where.

    Attributes:
        place: where its name stands.
        parts: what each file says of it; the later one counts more.
    """

    name: str
    place: Place
    parts: tuple[Part, ...]
    unit: Unit

    def located(self, key: str) -> tuple[Located, ...]:
        """All that is said under a key, in the order in which Compose merges it."""
        found: list[Located] = []
        for part in self.parts:
            node = part.entries.get(key)
            if node is None:
                continue
            if node.tag in {"!reset", "!override"}:
                found.clear()
            if node.tag != "!reset":
                found.append(Located(file=part.file, node=node))
        return tuple(found)

    def place_of(self, key: str) -> Place:
        """Where a key's value begins; where the service's name is when it has none."""
        found = self.located(key)
        return found[-1].place if found else self.place

    def text(self, key: str) -> str:
        """The value of a key as Compose fills it in; empty where there is none."""
        found = self.located(key)
        return self.filled(found[-1].node) if found else ""

    def is_set(self, key: str) -> bool:
        """Whether a switch is on."""
        return self.text(key).lower() in _YES

    def mapping(self, key: str, *inner: str) -> dict[str, Located]:
        """The entries of a mapping, those of all files together."""
        merged: dict[str, Located] = {}
        for found in self.located(key):
            node: yaml.Node | None = found.node
            for name in inner:
                node = entries(node).get(name)
            merged |= {
                name: Located(file=found.file, node=value) for name, value in entries(node).items()
            }
        return merged

    def items(self, key: str) -> Iterator[Located]:
        """The items of a list, those of all files; a single value is a list of one."""
        for found in self.located(key):
            node = found.node
            if isinstance(node, yaml.SequenceNode):
                yield from (Located(file=found.file, node=item) for item in node.value)
            elif isinstance(node, yaml.ScalarNode):
                yield found

    def filled(self, node: yaml.Node | None) -> str:
        """A scalar with its variables filled in; empty for anything else."""
        if not isinstance(node, yaml.ScalarNode):
            return ""
        return filled(node.value, self.unit.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What stands around a service when it is judged.

    Attributes:
        services: all of them by name, in the order in which the files define them.
        env_files: the files of variables that each one names.
        is_ignored: whether git ignores a file.
    """

    services: Mapping[str, ComposeEntry]
    env_files: Mapping[str, tuple[EnvFile, ...]]
    is_ignored: Callable[[str], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What a rule finds of one service.

    Attributes:
        place: the line that causes it.
        cause: what is wrong; the service's name is said before it.
        cure: what mends it.
    """

    place: Place
    cause: str
    cure: str


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text filled in; what it demands and nobody has set counts as set to something."""
    known = dict(values)
    while True:
        try:
            return interpolate(text, known)
        except UnsetVariableError as error:
            known[error.name] = "unset"
