"""Reads answers files, the only record of what a workspace holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from generator.errors import UnreadableAnswersError

ANSWERS_FILE = ".copier-answers.yml"

# libyaml's loader reads the same ten times faster, where PyYAML was built with it.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """One service's answers, as Copier recorded them.

    Attributes:
        template: the template's name.
        service_name: the service's name, also that of its folder.
        description: free text.
        owner: free text, a team or a person.
        port: the host port.
        data_service: the data service that it calls; empty when none.
        features: the chosen features, sorted.
        example: whether the example was rendered.
        commit: the template's version, a tag or `git describe`'s word for the commit.
        source: where the template came from.
        others: answers to questions that only some templates, or only newer versions, ask.
    """

    template: str
    service_name: str
    description: str = ""
    owner: str = ""
    port: int
    data_service: str = ""
    features: tuple[str, ...] = ()
    example: bool = True
    commit: str = ""
    source: str = ""
    others: Mapping[str, Any] = field(default_factory=dict)

    def link(self, name: str) -> str:
        """The service that the answer `name` names; empty when none."""
        said = self.data_service if name == "data_service" else self.others.get(name)
        return said if isinstance(said, str) else ""


def read_mapping(path: Path) -> Mapping[str, Any]:
    """The answers file as it stands: every key, Copier's own included.

    Raises:
        UnreadableAnswersError: when it cannot be read or holds no mapping.
    """
    try:
        content = _parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnreadableAnswersError(
            f"{path} cannot be read: {_first_line(error)}.",
            hint="Restore it from git: it is the record that wiring and updates are made from.",
        ) from error
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise UnreadableAnswersError(
            f"{path} holds no answers.", hint="Restore it from git, or remove the folder."
        )
    return content


@cache
def _parse(text: str) -> object:
    """Parse once per text: a command scans the same answers several times, hundreds of them."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both are safe loaders


def read_answers(path: Path) -> Answers:
    """The answers of one service.

    Raises:
        UnreadableAnswersError: when a key is missing or of the wrong type.
    """
    raw = read_mapping(path)
    return Answers(
        template=_typed(raw, path, "template", str),
        service_name=_typed(raw, path, "service_name", str),
        description=_typed(raw, path, "description", str, ""),
        owner=_typed(raw, path, "owner", str, ""),
        port=_typed(raw, path, "port", int),
        data_service=_typed(raw, path, "data_service", str, ""),
        features=tuple(sorted(map(str, _typed(raw, path, "features", list, [])))),
        example=_typed(raw, path, "example", bool, default=True),
        commit=str(raw.get("_commit", "")),
        source=str(raw.get("_src_path", "")),
        others={
            key: value
            for key, value in raw.items()
            if key not in _KNOWN and not key.startswith("_")
        },
    )


# What is an attribute of its own; the last three are none of an answers file.
_KNOWN = frozenset(one.name for one in fields(Answers)) - {"commit", "source", "others"}


def _typed(
    raw: Mapping[str, Any], path: Path, key: str, kind: type[T], default: T | None = None
) -> T:
    value = raw.get(key, default)
    # bool is an int to isinstance, but `port: true` is no port.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UnreadableAnswersError(
            f"{path}: {key} is {value!r}, not of type {kind.__name__}.",
            hint="Restore it from git: answers are changed by `generator`, not by hand.",
        )
    return value


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
