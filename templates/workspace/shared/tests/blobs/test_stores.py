"""Both stores keep the same promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.blobs import BlobNotFoundError, BlobTooLargeError, Label, open_blobs
from shared.testing import wait_until
from tests.blobs.examples import JPEG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.blobs import BlobSettings, BlobStore


async def test_what_is_put_is_given_out_until_it_is_deleted(store: BlobStore) -> None:
    reference = await store.put(b"a\nb", JPEG)
    blob = await store.get(reference, max_bytes=3)
    assert (blob.content, blob.content_type) == (b"a\nb", "image/jpeg")
    for _ in range(2):
        await store.delete(reference)
    with pytest.raises(BlobNotFoundError):
        await store.get(reference, max_bytes=3)


async def test_under_the_same_reference_the_last_one_counts(store: BlobStore) -> None:
    label = Label(content_type="text/plain", reference="a.thumbnail")
    assert [await store.put(each, label) for each in (b"1", b"2")] == ["a.thumbnail"] * 2
    assert (await store.get("a.thumbnail", max_bytes=9)).content == b"2"


async def test_a_stream_is_kept_whole_or_not_at_all(store: BlobStore) -> None:
    async def parts(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b"x" * 50

    reference = await store.put(parts(2), JPEG)
    assert len((await store.get(reference, max_bytes=100)).content) == 100
    named = Label(content_type="image/jpeg", reference="large")
    with pytest.raises(BlobTooLargeError):
        await store.put(parts(3), named)
    with pytest.raises(BlobNotFoundError):
        await store.get("large", max_bytes=100)


async def test_no_more_is_read_than_allowed(store: BlobStore) -> None:
    reference = await store.put(b"x" * 100, JPEG)
    with pytest.raises(BlobTooLargeError):
        await store.get(reference, max_bytes=99)


async def test_what_has_expired_is_not_given_out(store: BlobStore) -> None:
    label = Label(content_type="image/jpeg", seconds=1)
    reference = await store.put(b"x", label)

    async def gone() -> bool:
        try:
            await store.get(reference, max_bytes=9)
        except BlobNotFoundError:
            return True
        return False

    await wait_until(gone, timeout_seconds=5, what="the end of the blob")


@pytest.mark.parametrize("reference", ["../x", "/etc/passwd", "..", "", "a/b", "a\0", "x" * 129])
async def test_no_reference_leads_elsewhere(store: BlobStore, reference: str) -> None:
    for call in (store.get(reference, max_bytes=9), store.delete(reference)):
        with pytest.raises(BlobNotFoundError):
            await call
    if reference:
        with pytest.raises(ValueError, match="reference"):
            Label(content_type="text/plain", reference=reference)


async def test_prefixes_keep_runs_apart(settings: BlobSettings) -> None:
    other = settings.model_copy(update={"messaging_prefix": "other."})
    async with open_blobs(settings) as one, open_blobs(other) as another:
        reference = await one.put(b"x", JPEG)
        with pytest.raises(BlobNotFoundError):
            await another.get(reference, max_bytes=9)
