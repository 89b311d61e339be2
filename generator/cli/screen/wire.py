"""What the system and its full-screen view say to each other: an object of JSON on each line."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TypeAlias

from generator.running import Record, record_from_text, record_to_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a service says; of the generator itself where it has no name."""

    service: str
    moment: str
    lines: Sequence[str]


class Asked(StrEnum):
    """What a person asks for."""

    RESTART = "restart"
    QUIT = "quit"
    INTERRUPT = "interrupt"


Shown: TypeAlias = Record | Said


def shown_to_line(shown: Shown) -> bytes:
    """What is to be shown, for the view."""
    if isinstance(shown, Record):
        fields: dict[str, object] = {"record": record_to_text(shown)}
    else:
        fields = {"service": shown.service, "moment": shown.moment, "lines": list(shown.lines)}
    return json.dumps(fields).encode() + b"\n"


def read_shown(stream: IO[bytes]) -> Iterator[Shown]:
    """What is to be shown, until the system has ended."""
    for line in stream:
        fields = json.loads(line)
        if "record" not in fields:
            yield Said(**fields)
        elif record := record_from_text(fields["record"]):
            yield record


def asked_to_line(asked: Asked, name: str = "") -> bytes:
    """What a person asks for, for the system."""
    return json.dumps({"asked": asked, "name": name}).encode() + b"\n"


def read_asked(stream: IO[bytes]) -> Iterator[tuple[Asked, str]]:
    """What a person asks for and of which service, until the view has ended."""
    for line in stream:
        fields = json.loads(line)
        yield Asked(fields["asked"]), fields["name"]
