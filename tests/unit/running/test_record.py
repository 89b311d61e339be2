from pathlib import Path

import pytest

from generator.running import Phase, Record, ServerNote, ServiceStatus, State, read_record
from generator.running.record import write_record

RECORD = Record(
    pid=1,
    phase=Phase.READY,
    since="2026-01-01T00:00:00Z",
    services=(ServiceStatus(name="api", state=State.READY, url="http://127.0.0.1:1", pid=2),),
    servers=(ServerNote(kind="redis", provider="installed", detail="Redis 7"),),
    fakes={"bot": "http://127.0.0.1:3"},
)


def test_what_is_written_is_read_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_record(path, RECORD)
    assert read_record(path) == RECORD
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": 2}', '{"schema": 1}', "null"])
def test_a_record_that_cannot_be_understood_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    assert read_record(tmp_path / "state.json") is None
