"""Bytes are kept whole, under names that cannot be guessed, until they expire; wherever that is."""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from obstore.store import LocalStore
from pydantic import ValidationError

from shared.blobs import (
    BlobNotFoundError,
    BlobSettings,
    BlobStore,
    BlobTooLargeError,
    RetentionPolicy,
    blobs_resource,
    open_blobs,
)
from shared.blobs import (
    store as blob_store,
)
from shared.errors import UnavailableError
from shared.lifecycle import OK, Lifecycle
from shared.testing import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

JPEG = "image/jpeg"
MAX_BYTES = 4_000_000


def settings_for(url: str) -> BlobSettings:
    return BlobSettings(service_name="tested", blob_store_url=url, blob_max_bytes=MAX_BYTES)


def folder_settings(folder: Path) -> BlobSettings:
    return settings_for(folder.absolute().as_uri())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a b" / "blobs"


@pytest.fixture(params=["memory", "folder"])
def settings(request: pytest.FixtureRequest, folder: Path) -> BlobSettings:
    return settings_for("memory:///") if request.param == "memory" else folder_settings(folder)


@pytest.fixture
async def store(settings: BlobSettings) -> AsyncIterator[BlobStore]:
    async with open_blobs(settings) as opened:
        yield opened


@pytest.fixture
async def in_folder(folder: Path) -> AsyncIterator[BlobStore]:
    async with open_blobs(folder_settings(folder)) as opened:
        yield opened


async def chunks(count: int, error: Exception | None = None) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 1_000_000
    if error is not None:
        raise error


def unswept(folder: Path) -> BlobStore:
    """Return a store that nobody sweeps but the test."""
    policy = RetentionPolicy(max_bytes=MAX_BYTES, seconds=3600)
    return BlobStore(LocalStore(folder, mkdir=True), policy, folder=folder)


def files(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


@pytest.mark.parametrize("content", [b"", b"a\nb", b"x" * 3_000_000], ids=len)
async def test_what_is_put_is_given_out_until_it_is_deleted(
    store: BlobStore, content: bytes
) -> None:
    reference = await store.put(content, content_type=JPEG, owner="ada")
    blob = await store.open(reference, max_bytes=len(content))
    assert await blob.read() == content
    known = blob.metadata
    assert (known.content_type, known.owner, known.size) == (JPEG, "ada", len(content))
    assert known.sha256 == sha256(content).hexdigest()
    for _ in range(2):
        await store.delete(reference)
    with pytest.raises(BlobNotFoundError):
        await store.open(reference, max_bytes=9)


async def test_a_stream_is_kept_whole_or_not_at_all(in_folder: BlobStore, folder: Path) -> None:
    reference = await in_folder.put(chunks(4), content_type=JPEG)
    assert (await in_folder.describe(reference)).size == MAX_BYTES
    kept = files(folder)
    assert len(kept) == 2
    with pytest.raises(BlobTooLargeError):
        await in_folder.put(chunks(5), content_type=JPEG)
    with pytest.raises(LookupError, match="the sender is gone"):
        await in_folder.put(chunks(2, LookupError("the sender is gone")), content_type=JPEG)
    assert files(folder) == kept


async def test_whoever_is_cancelled_leaves_nothing(in_folder: BlobStore, folder: Path) -> None:
    asked = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield b"x" * 1_000_000
        asked.set()
        await asyncio.Event().wait()

    putting = asyncio.ensure_future(in_folder.put(stuck(), content_type=JPEG))
    await asked.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting

    async def nothing_is_left() -> bool:
        return not files(folder)

    await wait_until(nothing_is_left, what="nothing left")


async def test_no_more_is_read_than_allowed(store: BlobStore) -> None:
    reference = await store.put(b"x" * 100, content_type=JPEG)
    with pytest.raises(BlobTooLargeError):
        await store.open(reference, max_bytes=99)


async def test_the_name_says_nothing_and_is_never_the_same(store: BlobStore) -> None:
    first, second = [await store.put(b"x", content_type=JPEG, owner="ada") for _ in range(2)]
    assert first.partition("-")[2] != second.partition("-")[2]
    assert "ada" not in first


async def test_what_has_expired_is_not_given_out_and_nobody_prolongs_it(store: BlobStore) -> None:
    reference = await store.put(b"x", content_type=JPEG, seconds=60)
    expires, _, name = reference.partition("-")
    longer = f"{int(expires, 16) + 86400:08x}-{name}"
    with pytest.raises(BlobNotFoundError):
        await store.open(longer, max_bytes=9)
    later = patch.object(blob_store, "time", lambda: time.time() + 61)
    with later, pytest.raises(BlobNotFoundError):
        await store.open(reference, max_bytes=9)
    await store.open(reference, max_bytes=9)


ELSEWHERE = (
    "../x", "/etc/passwd", "..", "", "a/b", "a\0", "x" * 129, "ping", f"{'f' * 8}-{'g' * 32}",
    f"{'f' * 8}-{'0' * 32}\n", f"{'f' * 8}-{'0' * 32}.json", f"{'f' * 8}-/{'0' * 31}",
)  # fmt: skip


@pytest.mark.parametrize("reference", ELSEWHERE)
async def test_no_reference_leads_elsewhere(store: BlobStore, reference: str) -> None:
    for call in (store.open(reference, max_bytes=9), store.delete(reference)):
        with pytest.raises(BlobNotFoundError):
            await call


async def test_a_content_type_that_is_none_is_refused(store: BlobStore) -> None:
    for content_type in ("jpeg", "image/jpeg\n", "image/" + "x" * 300):
        with pytest.raises(ValueError, match="content type"):
            await store.put(b"x", content_type=content_type)


async def test_damaged_bytes_are_not_taken_for_the_blob(in_folder: BlobStore, folder: Path) -> None:
    reference = await in_folder.put(b"abc", content_type=JPEG)
    [path] = files(folder, reference)
    for damage in (b"abd", b"ab", b"abcd"):
        path.write_bytes(damage)
        blob = await in_folder.open(reference, max_bytes=9)
        with pytest.raises(UnavailableError, match="damaged"):
            await blob.read()
    path.with_name(f"{reference}.json").write_text("{")
    with pytest.raises(UnavailableError, match="cannot be read"):
        await in_folder.describe(reference)


async def test_what_expired_is_swept_by_two_replicas_and_the_rest_stays(
    folder: Path,
) -> None:
    one, other = (unswept(folder) for _ in range(2))
    with patch.object(blob_store, "time", lambda: time.time() - 3 * 86400):
        for _ in range(20):
            await one.put(b"old", content_type=JPEG, seconds=60)
    [day] = {path.parent for path in files(folder)}
    (day / "unfinished#1").write_bytes(b"of a process that was killed")
    (folder / "recording").mkdir()
    (folder / "recording" / "mine.txt").write_text("not a blob")
    kept = await one.put(b"new", content_type=JPEG)
    await asyncio.gather(one.sweep(), other.sweep())
    assert not day.exists()
    assert len(files(folder)) == 3
    assert await (await other.open(kept, max_bytes=9)).read() == b"new"


async def test_a_sweep_is_bounded(folder: Path) -> None:
    store = unswept(folder)
    with patch.object(blob_store, "time", lambda: time.time() - 3 * 86400):
        for _ in range(2):
            await store.put(b"old", content_type=JPEG, seconds=60)
    with patch.object(blob_store, "SWEEP_LIMIT", 3), patch.object(blob_store, "SWEEP_BATCH", 1):
        assert [await store.sweep() for _ in range(3)] == [3, 1, 0]


async def test_it_is_swept_while_it_is_open(folder: Path) -> None:
    (folder / "1").mkdir(parents=True)
    (folder / "1" / "old").write_bytes(b"")

    async def swept() -> bool:
        return not (folder / "1").exists()

    async with open_blobs(folder_settings(folder)):
        await wait_until(swept, what="sweeping")


async def test_as_a_resource_it_is_written_to_and_nothing_is_left(folder: Path) -> None:
    given: dict[type, object] = {BlobSettings: folder_settings(folder)}
    lifecycle = Lifecycle([blobs_resource(BlobSettings)], given)
    async with lifecycle:
        assert await lifecycle.check(2) == {"BlobStore": OK}
        assert files(folder) == []


async def test_a_place_that_takes_nothing_is_unavailable_and_asks_for_a_retry(
    folder: Path,
) -> None:
    async with open_blobs(folder_settings(folder)) as store:
        await asyncio.to_thread(folder.rmdir)
        # As on a full disk: no file can be made there.
        await asyncio.to_thread(folder.write_bytes, b"")
        for call in (store.put(b"x", content_type=JPEG), store.ping()):
            with pytest.raises(UnavailableError) as refused:
                await call
            assert refused.value.extensions["retry_after"] == 5


async def test_a_bucket_that_is_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"ENDPOINT": "http://127.0.0.1:9", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}
    for name, value in {**given, "REGION": "eu-west-1", "ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    async with open_blobs(settings_for("s3://bucket/folder")) as store:
        with pytest.raises(UnavailableError):
            await store.ping()


@pytest.mark.parametrize(
    "url",
    ["ftp://x", "file://host/x", "file:///", "s3://", "s3://a:s3cret@bucket", "redis://r/1", "x"],
)
def test_a_url_that_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings_for(url)
    assert "s3cret" not in refused.value.errors()[0]["msg"]
