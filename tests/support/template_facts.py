"""What a template renders, and what a feature adds to that: read from rendered services."""

import ast
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_SETTING = re.compile(r"(?:# ?)?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")
_WHO = re.compile(r"\| [^|]+ \| Who(?: may)? \|")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A line of `.env.example`.

    Attributes:
        value: what stands there.
        required: whether the process does not start without it, as the README says.
        about: the comment above it.
    """

    value: str
    required: bool
    about: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What there is of a rendered service, or what one has that another has not.

    Attributes:
        files: paths below the service's folder, each with the first line of its docstring.
        settings: environment variables.
        compose: lines of `compose.yaml`.
        callers: rows of the README's tables of who may do what.
    """

    files: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    compose: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()

    def without(self, other: "Facts") -> "Facts":
        """What is here and not there."""
        lines = difflib.ndiff(other.compose, self.compose)
        return Facts(
            files={path: said for path, said in self.files.items() if path not in other.files},
            settings={k: v for k, v in self.settings.items() if k not in other.settings},
            compose=tuple(line[2:] for line in lines if line.startswith("+ ")),
            callers=tuple(row for row in self.callers if row not in other.callers),
        )


def read_facts(folder: Path) -> Facts:
    """The facts of a rendered service, or of a workspace without its shared library."""
    paths = (p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file())
    return Facts(
        files={str(path): _docstring(folder / path) for path in paths if path.parts[0] != "shared"},
        settings=_settings(folder),
        compose=tuple(_lines(folder / "compose.yaml")),
        callers=tuple(_callers(_lines(folder / "README.md"))),
    )


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _docstring(path: Path) -> str:
    if path.suffix != ".py":
        return ""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.partition("\n")[0]


def _settings(folder: Path) -> dict[str, Setting]:
    required = _required(_lines(folder / "README.md"))
    found = {}
    about: list[str] = []
    for line in _lines(folder / ".env.example"):
        if match := _SETTING.fullmatch(line):
            found[match["name"]] = Setting(
                value=match["value"], required=match["name"] in required, about=" ".join(about)
            )
        about = [*about, line.removeprefix("# ")] if line and not match else []
    return found


def _required(lines: Iterable[str]) -> set[str]:
    said = next((line for line in lines if line.startswith("Required: ")), "")
    return set(re.findall(r"`([A-Z][A-Z0-9_]*)`", said.partition(". The rest")[0]))


def _callers(lines: Iterable[str]) -> Iterable[str]:
    inside = False
    for line in lines:
        if _WHO.fullmatch(line):
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|--"):
            yield line
