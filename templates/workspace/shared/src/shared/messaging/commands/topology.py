"""The commands on the topology: `topology show` and `topology prune`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import click

from shared.messaging.broker import open_broker
from shared.messaging.commands.common import (
    Operated,
    as_json,
    exit_when_unavailable,
    print_json,
    print_table,
)
from shared.messaging.dead.queues import CONNECT_SECONDS
from shared.messaging.leftovers import QueueState, Removal, Topology, declared_by
from shared.messaging.topology import UNROUTED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

_HEADINGS = ("QUEUE", "STATE", "READY", "CONSUMERS", "DEAD", "EVENTS")


@click.group(name="topology")
def topology() -> None:
    """Queues and bindings on the broker: those that the code declares, and those left over."""


@topology.command()
@as_json
@click.pass_obj
def show(operated: Operated, *, as_json: bool) -> None:
    """Show the queues of this service, and what of them nobody declares any more.

    That is what this service has declared at any time since it remembers it, against what its code
    declares now.
    """

    async def read(given: Topology) -> tuple[list[QueueState], int]:
        return await given.read(), await given.unrouted()

    states, unrouted = _run(operated, read)
    if as_json:
        print_json("show", queues=states, unrouted=unrouted)
        return
    print_table([_HEADINGS, *map(_row, states)])
    if unrouted:
        click.echo(f"{unrouted} messages waited for queues that are gone: dlq --queue {UNROUTED}")


@topology.command()
@click.option("--force", is_flag=True, help="Also queues that have messages; these are lost.")
@click.option("--yes", is_flag=True, help="Do it; otherwise only what would be done is shown.")
@as_json
@click.pass_obj
def prune(operated: Operated, *, force: bool, yes: bool, as_json: bool) -> None:
    """Remove what is left over: bindings, and queues that are empty and that nobody reads.

    Do it when no replica of an older version runs any more, and none will be rolled back to: an
    old one still handles what is unbound here, and gets it again only when it is started anew.
    """
    removals = _run(operated, lambda given: given.prune(force=force, dry_run=not yes))
    if as_json:
        print_json("prune", dry_run=not yes, removals=removals)
        return
    for each in removals:
        click.echo(_line(each, done=yes))
    if not removals:
        click.echo("nothing is left over")
    elif not yes:
        click.echo("nothing was done: add --yes to do it", err=True)


def _run(operated: Operated, act: Callable[[Topology], Awaitable[T]]) -> T:
    settings = operated.settings()
    declared = declared_by(operated.consumers, settings.service_name)

    async def run() -> T:
        async with open_broker(settings, start_seconds=CONNECT_SECONDS) as broker:
            names, service = settings.names, settings.service_name
            return await act(
                Topology(broker=broker, names=names, service=service, declared=declared)
            )

    with exit_when_unavailable("topology"):
        return asyncio.run(run())


def _row(state: QueueState) -> tuple[str, ...]:
    word = "declared" if state.declared else "left over"
    if state.ready is None:
        word += ", not there"
    counts = ("-" if each is None else str(each) for each in (state.ready, state.consumers))
    dead = "-" if state.dead is None else str(state.dead)
    events = [*state.events, *(f"{each} (left over)" for each in state.leftover_events)]
    return (state.queue, word, *counts, dead, ", ".join(events))


def _line(removal: Removal, *, done: bool) -> str:
    what = f"{removal.queue}: the binding to {removal.event}" if removal.event else removal.queue
    if removal.kept:
        return f"{what} stays: it {removal.kept}"
    return f"{what} {'is' if done else 'would be'} removed"
