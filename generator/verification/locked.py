"""What uv.lock says of one package and of all that it leads to; the rest is no matter to it."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any


class LockedPackages:
    """The packages of a lock file by name; several versions of one stand together.

    Args:
        text: the lock file's; one that is no TOML counts as a whole for every package.
    """

    def __init__(self, text: str) -> None:
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            content = {"manifest": text}
        self._packages: dict[str, list[Mapping[str, Any]]] = {}
        for package in content.get("package", []):
            self._packages.setdefault(package["name"], []).append(package)
        self._digests: dict[str, bytes] = {}
        # What holds for every package, whoever asks for it; the list of members alone does not.
        head = {key: value for key, value in content.items() if key != "package"}
        if isinstance(manifest := head.get("manifest"), dict):
            head["manifest"] = {key: value for key, value in manifest.items() if key != "members"}
        self._common = _hashed(head)

    @classmethod
    def read(cls, path: Path) -> "LockedPackages":
        """Those of a file; none when it cannot be read."""
        try:
            return cls(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return cls("")

    def digest(self, name: str) -> bytes:
        """The hash of a package and of everything that it may install, extras and groups too."""
        closure = sorted(self._closure(name))
        return hashlib.sha256(self._common + b"".join(map(self._digest, closure))).digest()

    def _closure(self, name: str) -> set[str]:
        seen, waiting = set[str](), [name]
        while waiting:
            if (package := waiting.pop()) not in seen:
                seen.add(package)
                waiting += _needed_by(self._packages.get(package, ()))
        return seen

    def _digest(self, name: str) -> bytes:
        if name not in self._digests:
            self._digests[name] = _hashed([name, self._packages.get(name)])
        return self._digests[name]


def _needed_by(versions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for package in versions:
        groups = {**package.get("optional-dependencies", {}), **package.get("dev-dependencies", {})}
        for wanted in (package.get("dependencies", ()), *groups.values()):
            yield from (dependency["name"] for dependency in wanted)


def _hashed(value: object) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).digest()
