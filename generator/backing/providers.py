"""Tries the places a server may come from, one provider after the other."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.kinds import KINDS
from generator.backing.model import Attempt, BackingKind, Opened, Places, Started
from generator.errors import BackingUnavailableError

LOG_LINES = 30
LOOPBACK = "loopback"
# Their servers are gone with their folder, whoever removes it.
OWN = frozenset({"installed", "embedded", "fetch"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the caller asked for.

    Attributes:
        environment: the caller's own environment, secrets included.
        use_running: prefer a server that already runs on loopback.
        fetch: whether a server may be downloaded.
        run: what tells the names of this run from those of all others.
        places: where to look.
        folder: where own servers keep their data from run to run, with everything that the next
            run needs to find them the same; None for servers that are removed at the end. Each
            kind has a folder of its name in it.
        durable: whether own servers that are removed at the end are still as good as kept ones
            until then: what they hold survives a kill, and they are started again.
    """

    environment: Mapping[str, str]
    use_running: bool = False
    fetch: bool = False
    run: str = field(default_factory=partial(secrets.token_hex, 4))
    places: Places = field(default_factory=Places)
    folder: Path | None = None
    durable: bool = False


class UnsuitableError(Exception):
    """A provider that does not fit.

    Args:
        outcome: one line that says why.
        log: what the server or its tools said.
        final: nothing else may be tried, because the user named this provider or its data are
            there; says what helps.
        cure: what helps where nothing else fits either; better than all that the others say.
    """

    def __init__(
        self, outcome: str, *, log: Sequence[str] = (), final: str = "", cure: str = ""
    ) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.log = tuple(log)
        self.final = final
        self.cure = cure


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """One place a server may come from.

    Attributes:
        name: as it is told to the user.
        open: starts or reaches the server; raises `UnsuitableError`.
        fix: the line that would make this provider fit; may be empty.
        keeps: whether its server can keep data in a folder from run to run.
    """

    name: str
    open: Callable[[Request, Cleanup], Opened]
    fix: str = ""
    keeps: bool = False


def resolve(
    kind: BackingKind, providers: Sequence[Provider], *, request: Request, cleanup: Cleanup
) -> tuple[Started, Opened]:
    """Open the first provider that fits.

    An own server comes before one that runs already: that one may hold somebody's data and
    cannot be stopped for an outage test. Unless the caller asked for it; then it comes right
    after the environment.

    Raises:
        BackingUnavailableError: none fits; the hint lists each and the lines that help.
    """
    title = KINDS[kind].title
    attempts: list[Attempt] = []
    curable: UnsuitableError | None = None
    chain = _in_order(providers, request)
    for provider in chain:
        try:
            opened = provider.open(request, cleanup)
        except UnsuitableError as error:
            cleanup.close()
            curable = curable or (error if error.cure else None)
            attempts.append(Attempt(provider=provider.name, outcome=error.outcome, log=error.log))
            if error.final:
                raise BackingUnavailableError(
                    f"{title} cannot be used: {error.outcome}", hint=error.final
                ) from error
            continue
        started = Started(
            kind=kind, provider=provider.name, detail=opened.detail, attempts=tuple(attempts)
        )
        return started, opened
    hint = _hint(attempts, chain)
    if curable:
        message = f"{title} cannot be used: {curable.outcome}"
        raise BackingUnavailableError(message, hint=f"{curable.cure}\n{hint}")
    message = f"{title} is needed, and none could be started or found."
    raise BackingUnavailableError(message, hint=hint)


def _in_order(providers: Sequence[Provider], request: Request) -> list[Provider]:
    if request.folder or request.durable:
        return [provider for provider in providers if provider.keeps]
    running = [one for one in providers if one.name == LOOPBACK and request.use_running]
    return [*providers[:1], *running, *(one for one in providers[1:] if one not in running)]


def _hint(attempts: Sequence[Attempt], providers: Sequence[Provider]) -> str:
    """Every provider with its outcome, what helps, and what the first failed start said."""
    lines = [f"  {attempt.provider:<12} {attempt.outcome}" for attempt in attempts]
    lines.append("Fix one of:")
    lines += [f"  {provider.fix}" for provider in providers if provider.fix]
    spoken = next((attempt for attempt in attempts if attempt.log), None)
    if spoken:
        lines.append(f"Last lines of {spoken.provider}:")
        lines += [f"  {line}" for line in spoken.log[-LOG_LINES:]]
    return "\n".join(lines)
