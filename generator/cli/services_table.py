"""What runs as a person reads it, a table, and as a program does."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from generator.running import Record, Usage

_STYLES = {"ready": "green", "unready": "yellow", "restarting": "yellow", "failed": "bold red"}
_RIGHT = frozenset({"restarts", "CPU", "memory"})
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
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for title in ("service", "state", "url", "restarts", "CPU", "memory", "process", "note"):
        table.add_column(title, justify="right" if title in _RIGHT else "left", no_wrap=True)
    for one in record.services:
        taken = usage.get(one.name)
        table.add_row(
            Text(one.name),
            Text(one.state, style=_STYLES.get(one.state, "")),
            Text(one.url),
            Text(str(one.restarts)),
            Text(f"{taken.cpu:.0f} %" if taken else ""),
            Text(f"{taken.memory / _MIB:.0f} MiB" if taken else ""),
            Text(str(one.pid or "")),
            Text(one.note),
        )
    for server in record.servers:
        table.add_row(Text(server.kind), Text("server"), *[""] * 5, Text(server.detail))
    return table
