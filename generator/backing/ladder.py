"""Tries the places a server may come from, one rung after the other."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from generator.backing.model import Attempt, BackingKind, Opened, Places, Started
from generator.backing.undo import Undo
from generator.errors import BackingUnavailableError

LOG_LINES = 30
LOOPBACK = "loopback"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the caller asked for.

    Attributes:
        environment: the caller's own environment, secrets included.
        use_running: prefer a server that already runs on loopback.
        fetch: whether a server may be downloaded.
        run: what tells the names of this run from those of all others.
        places: where to look.
    """

    environment: Mapping[str, str]
    use_running: bool = False
    fetch: bool = False
    run: str = field(default_factory=partial(secrets.token_hex, 4))
    places: Places = field(default_factory=Places)


class UnsuitableError(Exception):
    """A rung that does not fit.

    Args:
        outcome: one line that says why.
        log: what the server or its tools said.
        final: the user named this rung, so nothing else may be tried; says what helps.
    """

    def __init__(self, outcome: str, *, log: Sequence[str] = (), final: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.log = tuple(log)
        self.final = final


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One place a server may come from.

    Attributes:
        name: as it is told to the user.
        open: starts or reaches the server; raises `UnsuitableError`.
        fix: the line that would make this rung fit; may be empty.
    """

    name: str
    open: Callable[[Request, Undo], Opened]
    fix: str = ""


def climb(
    kind: BackingKind, title: str, rungs: Sequence[Rung], *, request: Request, undo: Undo
) -> tuple[Started, Opened]:
    """Open the first rung that fits.

    An own server comes before one that runs already: that one may hold somebody's data and
    cannot be stopped for an outage test. Unless the caller asked for it; then it comes right
    after the environment.

    Raises:
        BackingUnavailableError: none fits; the hint lists each and the lines that help.
    """
    attempts: list[Attempt] = []
    for rung in _in_order(rungs, use_running=request.use_running):
        try:
            opened = rung.open(request, undo)
        except UnsuitableError as error:
            undo.close()
            attempts.append(Attempt(rung=rung.name, outcome=error.outcome, log=error.log))
            if error.final:
                message = f"{title} cannot be used where it was named: {error.outcome}"
                raise BackingUnavailableError(message, hint=error.final) from error
            continue
        started = Started(kind=kind, rung=rung.name, detail=opened.detail, attempts=tuple(attempts))
        return started, opened
    message = f"{title} is needed, and none could be started or found."
    raise BackingUnavailableError(message, hint=_hint(attempts, rungs))


def _in_order(rungs: Sequence[Rung], *, use_running: bool) -> list[Rung]:
    running = [rung for rung in rungs if rung.name == LOOPBACK and use_running]
    return [*rungs[:1], *running, *(rung for rung in rungs[1:] if rung not in running)]


def _hint(attempts: Sequence[Attempt], rungs: Sequence[Rung]) -> str:
    """Every rung with its outcome, the lines that help, and what the first failed start said."""
    lines = [f"  {attempt.rung:<12} {attempt.outcome}" for attempt in attempts]
    lines.append("Fix one of:")
    lines += [f"  {rung.fix}" for rung in rungs if rung.fix]
    spoken = next((attempt for attempt in attempts if attempt.log), None)
    if spoken:
        lines.append(f"Last lines of {spoken.rung}:")
        lines += [f"  {line}" for line in spoken.log[-LOG_LINES:]]
    return "\n".join(lines)
