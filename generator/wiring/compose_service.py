"""What Compose would give one service: its variables, with everything filled in, and its volumes.

This is the one place that knows it; a test compares it with what the real Compose says.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from generator.wiring.compose_text import compose_document, entries
from generator.wiring.dotenv import env_values
from generator.wiring.interpolation import interpolate

_VOLUME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposeService:
    """A service as its container would find itself.

    Attributes:
        environment: its variables.
        volumes: the names of the volumes that it is given, by the folder where it finds each.
    """

    environment: Mapping[str, str]
    volumes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposeFile:
    """A compose file.

    Attributes:
        text: what it holds.
        read: the text of a file that it names, as it is written in it.
    """

    text: str
    read: Callable[[str], str]


def compose_service(
    name: str, files: Sequence[ComposeFile], values: Mapping[str, str]
) -> ComposeService:
    """What the compose files of a workspace give a service.

    Args:
        name: the service's name.
        files: those that may define it; where two say something, the later one counts.
        values: what may be filled in: `.env`, and what the caller has set.

    Raises:
        UnsetVariableError: a variable that must be set is not.
    """
    told: dict[str, str] = {}
    own: dict[str, str] = {}
    volumes: dict[str, str] = {}
    for file in files:
        part = entries(entries(entries(compose_document(file.text)).get("services")).get(name))
        for path in _env_files(part.get("env_file")):
            told |= env_values(file.read(path), values)
        own |= dict(_environment(part.get("environment"), values))
        volumes |= dict(_volumes(part.get("volumes")))
    return ComposeService(environment=told | own, volumes=volumes)


def _env_files(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _env_files(entries(item).get("path", item))


def _environment(node: yaml.Node | None, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in _pairs(node):
        if text is not None:
            yield name, interpolate(text, values)
        elif name in values:
            # Named without a value: the caller's own.
            yield name, values[name]


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, str | None]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            name, separator, text = str(item.value).partition("=")
            yield name, text if separator else None
        return
    for name, value in entries(node).items():
        is_null = value.tag == "tag:yaml.org,2002:null"
        yield name, None if is_null else str(value.value)


def _volumes(node: yaml.Node | None) -> Iterator[tuple[str, str]]:
    for item in node.value if isinstance(node, yaml.SequenceNode) else []:
        if isinstance(item, yaml.MappingNode):
            fields = {key: str(value.value) for key, value in entries(item).items()}
            if fields.get("type") == "volume" and _VOLUME.fullmatch(fields.get("source", "")):
                yield fields.get("target", ""), fields["source"]
            continue
        source, separator, rest = str(item.value).partition(":")
        # Everything else is a folder of the machine, and no volume.
        if separator and _VOLUME.fullmatch(source):
            yield rest.partition(":")[0], source
