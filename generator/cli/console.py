"""Human or JSON output, and the one place where failures become a line and an exit code."""

import json
import os
import sys
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

import typer

from generator.errors import GeneratorError

if TYPE_CHECKING:
    from rich.console import Console

JSON_SCHEMA = 1
_DEBUG = "GENERATOR_DEBUG"
_INTERRUPTED = 130
_UNCUT = 20_000


def run(app: typer.Typer) -> None:
    """Run the app; every way out of it ends in an exit code of the documented table."""
    _give_closed_streams_a_place()
    try:
        app()
    except GeneratorError as error:
        fail(error)
    except KeyboardInterrupt:
        _say("error: interrupted")
        raise SystemExit(_INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of our output has gone; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        said = " ".join(str(error).split())
        _say(f"error: unexpected {type(error).__name__}: {said}")
        _say(f"  hint: this is a defect; set {_DEBUG}=1 to see where it comes from.")
        raise SystemExit(1) from None


def fail(error: GeneratorError) -> None:
    """Print the line of cause and the line of cure, and leave with the error's code."""
    complain(error)
    raise SystemExit(error.exit_code) from None


def complain(error: GeneratorError) -> None:
    """Print the line of cause and the line of cure."""
    _say(f"error: {error.message}")
    for number, line in enumerate(error.hint.splitlines()):
        _say(f"  hint: {line}" if number == 0 else f"  {line}")


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
    """Whether a person can be asked: both ends are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


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
