"""Records in memory have a time and a limit."""

import pytest

from app.idempotency import Record, in_memory
from app.idempotency.in_memory import MemoryRecords

RECORD = Record(fingerprint="f")


async def test_a_record_is_forgotten_after_its_time() -> None:
    records = MemoryRecords(ttl_seconds=0)
    assert await records.claim("a", RECORD) is None
    assert await records.claim("a", RECORD) == RECORD
    await records.complete("a", RECORD)
    assert await records.claim("a", RECORD) is None


async def test_of_too_many_records_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "MAX_RECORDS", 2)
    records = MemoryRecords(ttl_seconds=60)
    for name in "abc":
        await records.claim(name, RECORD)
    assert await records.claim("c", RECORD) == RECORD
    assert await records.claim("a", RECORD) is None
