"""Reads a Dockerfile into its instructions, and says which files its build is sent."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_FLAG = re.compile(r"--([a-z-]+)(?:=(\S+))?\s+")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))")
_HEREDOC = re.compile(r"<<-?[\"']?\w")


class DockerfileError(Exception):
    """A Dockerfile says something that cannot be built, or that is not understood here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """One instruction.

    Attributes:
        line: where it begins, counted from 1.
        word: in capitals, such as `COPY`.
        flags: what stands before the arguments, as (name, value) in their order.
        text: the arguments as they are written.
    """

    line: int
    word: str
    flags: tuple[tuple[str, str], ...]
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.word} {self.text}"

    def flag(self, name: str) -> str:
        """The last value of a flag; empty when it is not there."""
        return dict(self.flags).get(name, "")

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments: of the JSON form as they are, else split like a shell does."""
        if self.text.startswith("["):
            try:
                return tuple(str(word) for word in json.loads(self.text))
            except ValueError as error:
                raise DockerfileError(f"{self} is no list in JSON") from error
        try:
            return tuple(shlex.split(self.text))
        except ValueError as error:
            raise DockerfileError(f"{self}: {error}") from error


def read_dockerfile(text: str) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile in their order.

    Raises:
        DockerfileError: for a heredoc, which is not understood here.
    """
    instructions: list[Instruction] = []
    pending, begun = "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        begun = begun or number
        goes_on = line.endswith("\\")
        pending += " " + line.removesuffix("\\").strip()
        if not goes_on:
            instructions.append(_instruction(pending.strip(), begun))
            pending, begun = "", 0
    if pending:
        instructions.append(_instruction(pending.strip(), begun))
    return tuple(instructions)


def _instruction(text: str, line: int) -> Instruction:
    word, _, rest = text.partition(" ")
    rest, flags = rest.strip(), []
    while match := _FLAG.match(rest):
        flags.append((match[1], match[2] or ""))
        rest = rest[match.end() :]
    if word.upper() in {"RUN", "COPY"} and _HEREDOC.search(rest):
        raise DockerfileError(f"line {line}: a heredoc is not understood here")
    return Instruction(line=line, word=word.upper(), flags=tuple(flags), text=rest)


def expand(text: str, variables: Mapping[str, str]) -> str:
    """The text with `$NAME`, `${NAME}` and `${NAME:-default}` replaced; unknown ones are empty."""

    def value(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[3]) or match[2] or ""

    return _VARIABLE.sub(value, text)


class BuildContext:
    """The files below a folder that a build is sent: all but what `.dockerignore` leaves out.

    Args:
        root: the folder.
        patterns: the lines of its `.dockerignore`.
    """

    def __init__(self, root: Path, patterns: Sequence[str]) -> None:
        self.root = root
        lines = [line.strip() for line in patterns]
        self._rules = [_rule(line) for line in lines if line and not line.startswith("#")]

    @classmethod
    def of(cls, root: Path) -> "BuildContext":
        """The context of a folder with its own `.dockerignore`, which may be missing."""
        try:
            text = (root / ".dockerignore").read_text(encoding="utf-8")
        except FileNotFoundError:
            text = ""
        return cls(root, text.splitlines())

    def sends(self, path: Path) -> bool:
        """Whether a file below the root is sent."""
        name = PurePosixPath(path.relative_to(self.root))
        places = [str(name), *(str(parent) for parent in name.parents if parent.name)]
        sent = True
        # The last pattern that fits the path or a folder above it decides.
        for pattern, is_exception in self._rules:
            if any(pattern.fullmatch(place) for place in places):
                sent = is_exception
        return sent


def _rule(line: str) -> tuple[re.Pattern[str], bool]:
    pattern = line.removeprefix("!").strip().strip("/")
    parts = re.split(r"(\*\*/?|\*|\?)", pattern)
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meanings.get(p) or re.escape(p) for p in parts)), line[0] == "!"
