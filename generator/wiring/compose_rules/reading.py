"""Reads the compose files of a workspace as Compose would: includes, overrides and `extends`."""

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import yaml

from generator.wiring.compose_rules.model import ComposeEntry, EnvFile, Part, Place, Unit, filled
from generator.wiring.compose_text import compose_document, entries
from generator.wiring.dotenv import env_values
from generator.wiring.interpolation import UnsetVariableError

# The text of a file by its path below the workspace's root; None where it is not to be had.
Read = Callable[[str], str | None]

ROOT_FILE = "compose.yaml"
OVERRIDE_FILE = "compose.override.yaml"
_MOST_EXTENDED = 20


@dataclass(kw_only=True, slots=True)
class Composition:
    """All that the compose files of a workspace define.

    Attributes:
        services: each by its name; of two with one name, the first.
        twins: those whose name another file has already.
    """

    services: dict[str, ComposeEntry] = field(default_factory=dict)
    twins: list[ComposeEntry] = field(default_factory=list)

    def add(self, entry: ComposeEntry) -> None:
        """Take one more service."""
        if entry.name in self.services:
            self.twins.append(entry)
        else:
            self.services[entry.name] = entry


@dataclass(frozen=True, kw_only=True, slots=True)
class _Include:
    """One entry of `include`."""

    files: tuple[str, ...]
    folder: str
    env_files: tuple[str, ...] | None


def read_composition(read: Read, values: Mapping[str, str]) -> Composition:
    """Every service of the root's compose files and of all that they include.

    What is no YAML and what cannot be read is passed over: Compose itself reports it far better.

    Args:
        read: reads a file of the workspace.
        values: what may be filled in: the root's `.env`, and what else is set.
    """
    return _Reader(read).unit((ROOT_FILE, OVERRIDE_FILE), Unit(values=values), ())


def env_files_of(entry: ComposeEntry, read: Read) -> Iterator[EnvFile]:
    """The files of variables that a service names."""
    for item in entry.items("env_file"):
        path = entry.filled(entries(item.node).get("path", item.node))
        file = _beside(item.file, path)
        yield EnvFile(file=file, named_at=item.place, text=read(file) if path else None)


@dataclass(frozen=True, slots=True)
class _Reader:
    read: Read

    def unit(self, files: Sequence[str], unit: Unit, around: tuple[str, ...]) -> Composition:
        """All services of files that are merged, and of what they include."""
        found = Composition()
        for number, file in enumerate(files):
            document = entries(compose_document(self.read(file) or ""))
            if file in around:
                continue
            for include in _includes(document.get("include"), file, unit):
                inner = self._unit_of(include, unit)
                below = self.unit(include.files, inner, (*around, *files))
                for entry in (*below.services.values(), *below.twins):
                    found.add(entry)
            for name, place in _names(document.get("services"), file):
                entry = ComposeEntry(
                    name=name, place=place, parts=tuple(self._parts(file, name)), unit=unit
                )
                # A later file of the same unit changes what the ones before it define.
                if number and name in found.services:
                    known = found.services[name]
                    found.services[name] = replace(known, parts=(*known.parts, *entry.parts))
                else:
                    found.add(entry)
        return found

    def _unit_of(self, include: _Include, parent: Unit) -> Unit:
        """The files of an include, with the variables that only they are given."""
        nested = posixpath.join(include.folder, ".env") if include.folder not in {"", "."} else ""
        files = include.env_files if include.env_files is not None else (nested,)
        own: dict[str, str] = {}
        for file in filter(None, files):
            own |= self._values(file, parent.values)
        names = frozenset(own) - frozenset(parent.values)
        is_nested = include.env_files is None and bool(names)
        return Unit(
            # What is set for the whole counts more.
            values=own | dict(parent.values),
            nested_env=nested if is_nested else "",
            nested_names=names if is_nested else frozenset(),
        )

    def _values(self, file: str, known: Mapping[str, str]) -> dict[str, str]:
        try:
            return env_values(self.read(file) or "", known)
        except UnsetVariableError:
            return {}

    def _parts(self, file: str, name: str, seen: tuple[str, ...] = ()) -> Iterator[Part]:
        """What a file says of a service; first what that extends."""
        document = entries(compose_document(self.read(file) or ""))
        own = entries(entries(document.get("services")).get(name))
        extended = own.get("extends")
        key = f"{file}:{name}"
        if extended is not None and key not in seen and len(seen) < _MOST_EXTENDED:
            of = entries(extended)
            base = str(getattr(of.get("service", extended), "value", ""))
            other = of.get("file")
            place = _beside(file, str(other.value)) if other is not None else file
            yield from self._parts(place, base, (*seen, key))
        yield Part(file=file, entries=own)


def _includes(node: yaml.Node | None, file: str, unit: Unit) -> Iterator[_Include]:
    for item in node.value if isinstance(node, yaml.SequenceNode) else []:
        given = entries(item)
        paths = _texts(given.get("path", item), file, unit)
        if not paths:
            continue
        folder = _texts(given.get("project_directory"), file, unit)
        yield _Include(
            files=paths,
            folder=folder[0] if folder else posixpath.dirname(paths[0]),
            env_files=_texts(given["env_file"], file, unit) if "env_file" in given else None,
        )


def _texts(node: yaml.Node | None, file: str, unit: Unit) -> tuple[str, ...]:
    """Paths as they are below the root; those elsewhere are left out."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    texts = [filled(n.value, unit.values) for n in nodes if isinstance(n, yaml.ScalarNode)]
    return tuple(_beside(file, text) for text in texts if text and "://" not in text)


def _names(node: yaml.Node | None, file: str) -> Iterator[tuple[str, Place]]:
    """The names of services, each with its line; also of those that a mapping merges."""
    lines = {
        key.value: key.start_mark.line + 1
        for key, _ in (node.value if isinstance(node, yaml.MappingNode) else ())
        if isinstance(key, yaml.ScalarNode)
    }
    for name, value in entries(node).items():
        line = lines.get(name, value.start_mark.line + 1)
        yield name, Place(file=file, line=line)


def _beside(file: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
