"""Servers that somebody else runs: named by a URL or found on loopback, and given back."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from generator.backing.cleanup import Cleanup
from generator.backing.kinds import KINDS
from generator.backing.model import BackingKind, Opened, RefusedError
from generator.backing.providers import LOOPBACK, Provider, Request, UnsuitableError
from generator.backing.runs import Run
from generator.server_url import ServerUrl

T = TypeVar("T")
# Opens the server of a URL; raises `UnsuitableError`.
Use: TypeAlias = Callable[[ServerUrl, Request, Cleanup], Opened]


def named(kind: BackingKind, use: Use) -> Provider:
    """The server whose URL is in the variable of its kind; once that is set nothing else is tried.

    Args:
        kind: which service.
        use: opens it.
    """
    spec = KINDS[kind]

    def open_named(request: Request, cleanup: Cleanup) -> Opened:
        url = request.environment.get(spec.variable, "")
        if not url:
            raise UnsuitableError(f"{spec.variable} is not set")
        try:
            return use(ServerUrl.parse(url, *spec.schemes), request, cleanup)
        except (ValueError, UnsuitableError) as error:
            cure = f"Start that server, correct {spec.variable}, or unset it to get an own server."
            raise UnsuitableError(f"{spec.variable}: {error}", final=cure) from error

    fix = f"export {spec.variable}={spec.schemes[0]}://{spec.example}"
    return Provider(name="environment", open=open_named, fix=fix)


def loopback(
    urls: Callable[[Mapping[str, str]], Iterable[ServerUrl]], use: Use, fix: str
) -> Provider:
    """A server that already runs on 127.0.0.1.

    Args:
        urls: who it may be asked as, by the caller's environment; the first that fits is taken.
        use: opens it.
        fix: the line that would let us in.
    """

    def open_loopback(request: Request, cleanup: Cleanup) -> Opened:
        first: UnsuitableError | None = None
        for url in urls(request.environment):
            try:
                return use(url, request, cleanup)
            except UnsuitableError as error:
                first = first or error
        raise first or UnsuitableError("nobody to ask as")

    return Provider(name=LOOPBACK, open=open_loopback, fix=fix)


def port_in(environment: Mapping[str, str], variable: str, usual: int) -> int:
    """The port of a server on 127.0.0.1: what the variable says, else the usual one.

    Raises:
        UnsuitableError: the variable holds no number.
    """
    port = environment.get(variable) or str(usual)
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


def give_back(run: Run, remove: Callable[[], list[str]], cleanup: Cleanup) -> None:
    """Let `cleanup` remove what is made there, and remember it until that is done.

    Args:
        run: what is remembered, for a clean-up that is cut short.
        remove: returns a line for each thing that is left.
        cleanup: calls it.
    """
    run.remember(cleanup)
    with cleanup.making() as stack:
        stack.callback(lambda: cleanup.left_behind.extend(remove()))
