"""Writes results as Markdown for people and as a document for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tests.benchmarks.figures import Result
from tests.benchmarks.machine import Machine

_SCHEMA = 1
_WHOLE = 100


def markdown(result: Result) -> str:
    """One section: figures, ratios, notes."""
    titles = list(result.rows[0].figures)
    lines = [
        f"## {result.title}",
        "",
        _line(["", *titles]),
        _line(["---", *["---:"] * len(titles)]),
    ]
    lines += [
        _line([row.subject, *(_number(row.figures[title]) for title in titles)])
        for row in result.rows
    ]
    lines += ["", "| Ratio | | Budget |", "|---|---:|---|"]
    lines += [_line([r.what, f"**{r.value:.2f}**", r.verdict]) for r in result.ratios]
    lines += ["", *(f"- {note}" for note in result.notes)]
    return "\n".join(lines).rstrip() + "\n"


def document(machine: Machine, results: Sequence[Result]) -> dict[str, Any]:
    """Everything, with each ratio's verdict."""
    return {
        "schema": _SCHEMA,
        "machine": asdict(machine),
        "results": [
            asdict(result) | {"ratios": [asdict(r) | {"verdict": r.verdict} for r in result.ratios]}
            for result in results
        ],
    }


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= _WHOLE else f"{value:.2f}"
