"""Compares uv.lock with the pyproject.toml files by reading them, without uv and what it builds."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from generator import uv
from generator.naming import distribution
from generator.workspace import Workspace

# Where these say what a dependency is, its version range is not recorded.
_PLACES = frozenset({"editable", "virtual", "directory", "path", "url", "git"})

# A distribution's name, its extras, and the range of versions.
_Asked = tuple[str, frozenset[str], SpecifierSet]


def lock_faults(workspace: Workspace) -> tuple[str, ...]:
    """What the members' pyproject.toml files ask for and uv.lock does not record, or the reverse.

    Names, extras and version ranges are compared. What uv alone can tell is left out: markers,
    settings of uv, and dependencies that a build backend would name.
    """
    try:
        lock = _read(workspace.root / uv.LOCK_FILE)
        members = {_name_of(content): content for content in _members(workspace.root)}
        return tuple(_faults(lock, members))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return (f"cannot be compared: {' '.join(str(error).split())}",)
    except (InvalidRequirement, InvalidSpecifier, AttributeError, TypeError, KeyError) as error:
        return (f"cannot be compared: {type(error).__name__} {' '.join(str(error).split())}",)


def _faults(lock: Mapping[str, Any], members: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    packages = lock.get("package", [])
    local = {p["name"]: p for p in packages if _PLACES & set(p.get("source", {})) and _is_member(p)}
    for name in sorted(members.keys() - local.keys()):
        yield f"{name} is not locked"
    for name in sorted(local.keys() - members.keys()):
        yield f"{name} is locked and no longer there"
    for name in sorted(members.keys() & local.keys()):
        if "dependencies" in members[name]["project"].get("dynamic", ()):
            continue
        asked, locked = _asked(members[name]), _locked(local[name].get("metadata", {}))
        differing = sorted({requirement[0] for requirement in asked ^ locked})
        if differing:
            yield f"{name} asks for other versions of {', '.join(differing)}"
    pythons = {str(m["project"].get("requires-python", "")) for m in members.values()}
    if len(pythons) == 1 and SpecifierSet(pythons.pop()) != SpecifierSet(lock["requires-python"]):
        yield "the Python versions differ"


def _is_member(package: Mapping[str, Any]) -> bool:
    """Whether a package is of the workspace and no folder or address that a member names."""
    return bool({"editable", "virtual"} & set(package["source"]))


def _members(root: Path) -> Iterator[Mapping[str, Any]]:
    content = _read(root / "pyproject.toml")
    if "project" in content:
        yield content
    settings = content.get("tool", {}).get("uv", {}).get("workspace", {})
    left_out = {path for pattern in settings.get("exclude", ()) for path in root.glob(pattern)}
    for pattern in settings.get("members", ()):
        for folder in sorted(root.glob(pattern)):
            if folder not in left_out and (folder / "pyproject.toml").is_file():
                yield _read(folder / "pyproject.toml")


def _name_of(content: Mapping[str, Any]) -> str:
    return distribution(content["project"]["name"])


def _asked(content: Mapping[str, Any]) -> frozenset[_Asked]:
    """What a pyproject.toml declares, whatever its extra or group."""
    project, groups = content["project"], content.get("dependency-groups", {})
    sources = content.get("tool", {}).get("uv", {}).get("sources", {})
    placed = {distribution(name) for name, source in sources.items() if _has_place(source)}
    lines = [
        *project.get("dependencies", ()),
        *(line for extra in project.get("optional-dependencies", {}).values() for line in extra),
        # An `include-group` entry is a table; what it includes is listed in its own group.
        *(line for group in groups.values() for line in group if isinstance(line, str)),
        *content.get("tool", {}).get("uv", {}).get("dev-dependencies", ()),
    ]
    return frozenset(_requirement(line, placed) for line in lines)


def _has_place(source: Mapping[str, Any] | list[Mapping[str, Any]]) -> bool:
    tables = source if isinstance(source, list) else [source]
    return any({*_PLACES, "workspace"} & set(table) for table in tables)


def _requirement(line: str, placed: Iterable[str]) -> _Asked:
    parsed = Requirement(line)
    name = distribution(parsed.name)
    ranged = SpecifierSet() if parsed.url or name in placed else parsed.specifier
    return name, frozenset(map(distribution, parsed.extras)), ranged


def _locked(metadata: Mapping[str, Any]) -> frozenset[_Asked]:
    """What the lock recorded of a member's declarations when it was made."""
    groups = metadata.get("requires-dev", {}).values()
    tables = [*metadata.get("requires-dist", ()), *(table for group in groups for table in group)]
    return frozenset(
        (
            table["name"],
            frozenset(table.get("extras", ())),
            SpecifierSet(table.get("specifier", "")),
        )
        for table in tables
    )


def _read(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
