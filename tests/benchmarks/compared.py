"""Makes the rows and ratios of two subjects that had the same load."""

from collections.abc import Sequence

from tests.benchmarks.bursts import CONNECTIONS, PROCESSES, Figures, Found
from tests.benchmarks.figures import Ratio, Row

_MILLISECONDS = 1000


def load_rows(found: Found) -> tuple[Row, ...]:
    """One for each work and subject."""
    return tuple(_row(f"{work}: {name}", figures) for (work, name), figures in found.items())


def load_ratios(found: Found, work: str, ours: str, peer: str) -> list[Ratio]:
    """Those of one kind of work."""
    our, their = found[work, ours], found[work, peer]
    return [
        Ratio(what=f"{work}, requests/s: {ours} / {peer}", value=our.rate / their.rate),
        Ratio(what=f"{work}, p95", value=our.p95 / their.p95),
        Ratio(what=f"{work}, CPU per request", value=our.cpu / their.cpu),
    ]


def memory_ratio(found: Found, work: str, ours: str, peer: str) -> Ratio:
    """What both held after this work."""
    return Ratio(what="memory", value=found[work, ours].memory / found[work, peer].memory)


def load_notes(found: Found) -> Sequence[str]:
    """How the load was made, and whether it was the limit."""
    busiest = max(figures.busy for figures in found.values())
    return (
        f"{PROCESSES} load processes with {CONNECTIONS} keep-alive connections each.",
        f"The busiest load process used {busiest:.0%} of a core: near 100 % it is the limit.",
    )


def _row(subject: str, figures: Figures) -> Row:
    return Row(
        subject=subject,
        figures={
            "requests/s": figures.rate,
            "p50 ms": figures.p50,
            "p95 ms": figures.p95,
            "CPU ms/request": figures.cpu,
            "requests/s per core": _MILLISECONDS / figures.cpu,
            "memory MiB": figures.memory,
        },
    )
