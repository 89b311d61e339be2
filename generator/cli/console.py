"""Human or JSON output, and the one place where failures become a line and an exit code."""

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import typer
from typer.exceptions import TyperException

from generator.cli.signals import Interruption
from generator.errors import DestinationRefusedError, GeneratorError, MissingPrerequisiteError

if TYPE_CHECKING:
    from rich.console import Console

JSON_SCHEMA = 1
_DEBUG = "GENERATOR_DEBUG"
_USAGE = 2
_DEFECT = 70
_INTERRUPTED = 130
# As a shell says of a program that SIGPIPE ended.
_READER_GONE = 141
_UNCUT = 20_000
# What is answered on every system.
_INFORMING = frozenset({"-h", "--help", "--version"})


def run(app: typer.Typer) -> None:
    """Run the app; every way out of it ends in an exit code of the documented table."""
    _give_closed_streams_a_place()
    stdout = sys.stdout
    interruption = Interruption()
    try:
        _refuse_surroundings(sys.argv[1:])
        interruption.listen()
        code = app(standalone_mode=False)
        # Not by Python at its end, which tells of a full disk in words of its own.
        stdout.flush()
    except SystemExit:
        # Typer ends with 1 when the reader has gone, and by then has changed the stream.
        if sys.stdout is stdout:
            raise
        raise SystemExit(_READER_GONE) from None
    except GeneratorError as error:
        fail(error)
    except TyperException as error:
        _refuse_words(error)
    except (KeyboardInterrupt, typer.Abort):
        _fail_with("interrupted", "interrupted", code=_INTERRUPTED)
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        _report_unexpected(error)
    else:
        if interruption.came and code == _INTERRUPTED:
            _fail_with("interrupted", "interrupted", code=_INTERRUPTED)
        # What a command left by `typer.Exit`; without one it is done.
        raise SystemExit(code if isinstance(code, int) else 0)


def _report_unexpected(error: Exception) -> NoReturn:
    if isinstance(error, BrokenPipeError):
        _drop_output()
        raise SystemExit(_READER_GONE) from None
    from generator.files import cannot_write, is_disk_failure

    # Whatever was being written: a full disk is no defect.
    if isinstance(error, OSError) and is_disk_failure(error):
        fail(cannot_write(Path(error.filename or "The output"), error))
    said = " ".join(str(error).split())
    _fail_with(
        "defect",
        f"unexpected {type(error).__name__}: {said}",
        hint=f"this is a defect; set {_DEBUG}=1 to see where it comes from.",
        code=_DEFECT,
    )


def _refuse_surroundings(words: Sequence[str]) -> None:
    """Refuse a command where none can run, before it imports what exists on POSIX systems only.

    Raises:
        MissingPrerequisiteError: this is Windows, and more is asked for than help.
        DestinationRefusedError: the current folder is gone, and more is asked for than help.
    """
    own = words[: words.index("--")] if "--" in words else words
    if not own or _INFORMING & set(own):
        return
    if sys.platform == "win32":
        raise MissingPrerequisiteError(
            "The generator runs on Linux and macOS; on Windows, run it inside WSL.",
            hint="wsl --install, then install the generator in that Linux.",
        )
    try:
        Path.cwd()
    except FileNotFoundError:
        raise DestinationRefusedError(
            "The current folder is gone: it was moved or deleted.", hint="cd to one that is there."
        ) from None


def fail(error: GeneratorError) -> NoReturn:
    """Print the line of cause and the line of cure, and leave with the error's code."""
    _fail_with(_code_of(error), error.message, hint=error.hint, code=error.exit_code)


def complain(error: GeneratorError) -> None:
    """Print the line of cause and the line of cure."""
    _say(f"error: {error.message}")
    for number, line in enumerate(error.hint.splitlines()):
        _say(f"  hint: {line}" if number == 0 else f"  {line}")


def _refuse_words(error: TyperException) -> NoReturn:
    """Say what is wrong with the words of the command, beside how it is used."""
    context = getattr(error, "ctx", None)
    usage, message = context.get_usage() if context else "", error.format_message()
    if usage and message.startswith(usage):
        # There were no words at all: the message is the help.
        _say(message)
        raise SystemExit(_USAGE)
    if usage and not _wants_json():
        _say(usage)
    _fail_with("usage", message, code=_USAGE)


def _fail_with(word: str, message: str, *, hint: str = "", code: int) -> NoReturn:
    """Say what is wrong, to people and, where JSON was asked for, to programs; then leave."""
    try:
        if _wants_json():
            print_json({"error": {"code": word, "message": message, "hint": hint}})
        sys.stdout.flush()
    except OSError:
        _drop_output()
    complain(GeneratorError(message, hint=hint))
    raise SystemExit(code) from None


def _drop_output() -> None:
    """Let nothing more go to stdout: what is left there would fail again as Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _wants_json() -> bool:
    # Not from the parsed options: words that cannot be parsed have their error as JSON too.
    return "--json" in sys.argv


def _code_of(error: GeneratorError) -> str:
    """A word for programs that stays when the message is put better: its class's own."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def tell(message: str, /) -> None:
    """Say something to the person; data never goes here."""
    _say(message)


def print_json(data: Mapping[str, Any]) -> None:
    """Print a document on stdout; `schema` grows when a key changes its meaning."""
    sys.stdout.write(json.dumps({"schema": JSON_SCHEMA, **data}, indent=2, ensure_ascii=False))
    sys.stdout.write("\n")


def output_console() -> "Console":
    """The terminal on stdout; plain when it is none, or when NO_COLOR asks for it."""
    return _console(sys.stdout)


def talk_console() -> "Console":
    """The terminal on stderr."""
    return _console(sys.stderr)


def is_interactive() -> bool:
    """Whether a person can be asked: both ends are terminals, and can move the cursor."""
    able = os.environ.get("TERM", "dumb") != "dumb"
    return able and sys.stdin.isatty() and sys.stderr.isatty()


def _console(stream: IO[str]) -> "Console":
    from rich.console import Console

    # Off a terminal nothing is cut to a width: a program or a log reads it.
    width = None if stream.isatty() else _UNCUT
    return Console(file=stream, highlight=False, soft_wrap=False, width=width, emoji=False)


def _say(message: str) -> None:
    # A lone surrogate (an argument that is no UTF-8) must not turn a message into a traceback.
    sys.stderr.write(message.encode(errors="backslashreplace").decode() + "\n")


def _give_closed_streams_a_place() -> None:
    """A stream that the caller closed is None; everything below may take it for a file."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            flags = os.O_WRONLY if number else os.O_RDONLY
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))
