"""What runs as a person reads it, a table, and as a program does."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from generator.cli.log_format import without_controls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table
    from rich.text import Text

    from generator.running import Record, Usage

_STYLES = {"ready": "green", "unready": "yellow", "restarting": "yellow", "failed": "bold red"}
COLUMNS = ("service", "state", "url", "restarts", "CPU", "memory", "process", "note")
RIGHT = frozenset({"restarts", "CPU", "memory"})
_MIB = 1024 * 1024


def document_of(record: "Record | None") -> dict[str, Any]:
    """What runs as JSON takes it; `running` says whether anything does."""
    from generator.usecases.running_system import usage_of

    if record is None:
        return {"running": False, "phase": None, "services": [], "servers": []}
    usage = usage_of(record)
    fields = asdict(record)
    fields.pop("error")
    for one in fields["services"]:
        taken = usage.get(one["name"])
        one["cpu_percent"] = round(taken.cpu, 1) if taken else None
        one["memory_bytes"] = taken.memory if taken else None
    return {"running": True, **fields}


def services_table(record: "Record", usage: "Mapping[str, Usage]") -> "Table":
    """A row for each service and each server."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in COLUMNS:
        table.add_column(title, justify="right" if title in RIGHT else "left", no_wrap=True)
    for row in rows_of_record(record, usage):
        table.add_row(*row)
    return table


def rows_of_record(record: "Record", usage: "Mapping[str, Usage]") -> "Sequence[Sequence[Text]]":
    """The cells of each service and each server, as the columns are; the names are unlike."""
    from rich.text import Text

    rows: list[Sequence[Text]] = []
    for one in record.services:
        taken = usage.get(one.name)
        rows.append(
            (
                Text(one.name),
                Text(one.state, style=_STYLES.get(one.state, "")),
                Text(one.url),
                Text(str(one.restarts), justify="right"),
                Text(f"{taken.cpu:.0f} %" if taken else "", justify="right"),
                Text(f"{taken.memory / _MIB:.0f} MiB" if taken else "", justify="right"),
                Text(str(one.pid or "")),
                Text(without_controls(one.note)),
            )
        )
    for server in record.servers:
        note = Text(without_controls(server.detail))
        rows.append((Text(server.kind), Text("server"), *(Text("") for _ in range(5)), note))
    return rows
