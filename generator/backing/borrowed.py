"""What every server that somebody else runs has in common: named by a URL, reached, given back."""

from collections.abc import Callable
from typing import TypeVar

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import Opened, RefusedError
from generator.backing.undo import Undo

T = TypeVar("T")


def named_in_environment(
    variable: str, borrow: Callable[[str, Undo], Opened], *, request: Request, undo: Undo
) -> Opened:
    """Use the server whose URL is in a variable; once that is set nothing else is tried.

    Args:
        variable: its name.
        borrow: opens the server of a URL; raises `ValueError` or `UnsuitableError`.
        request: holds the environment.
        undo: who gives everything back.

    Raises:
        UnsuitableError: the variable is not set, or (final) its server cannot be used.
    """
    url = request.environment.get(variable, "")
    if not url:
        raise UnsuitableError(f"{variable} is not set")
    try:
        return borrow(url, undo)
    except (ValueError, UnsuitableError) as error:
        cure = f"Start that server, correct {variable}, or unset it to get an own server."
        raise UnsuitableError(f"{variable}: {error}", final=cure) from error


def loopback_port(variable: str, default: int, *, request: Request) -> int:
    """The port of a server on 127.0.0.1: what the variable says, else the usual one.

    Raises:
        UnsuitableError: the variable holds no number.
    """
    port = request.environment.get(variable) or str(default)
    if not port.isdecimal():
        raise UnsuitableError(f"{variable} is not a number: {port}")
    return int(port)


def reached(place: str, ask: Callable[[], T]) -> T:
    """What a server says when it is asked.

    Args:
        place: its host and port, for people.
        ask: raises `OSError` or `RefusedError` when it says nothing or no.

    Raises:
        UnsuitableError: it does not answer or refuses, in one line.
    """
    try:
        return ask()
    except OSError as error:
        raise UnsuitableError(f"{place}: {error.strerror or error}") from error
    except RefusedError as error:
        raise UnsuitableError(f"{place} answers: {error}") from error


def give_back(remove: Callable[[], list[str]], undo: Undo) -> None:
    """Let `undo` remove what is made there; `remove` returns a line for each thing that is left."""
    with undo.making() as stack:
        stack.callback(lambda: undo.left_behind.extend(remove()))
