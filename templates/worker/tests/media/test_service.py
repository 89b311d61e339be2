"""The rules: what is done once stays done, what is over is recorded, by whoever's fault."""

from collections.abc import AsyncIterable, AsyncIterator
from uuid import UUID, uuid4

import pytest

from app.decoder.imaging import Encoded, PictureError, Pictures
from app.decoder.protocol import DecoderError
from app.errors import RefusedError
from app.features import Settings
from app.media.gateway import File, FileChange
from app.media.service import Media
from app.media.storage import MediaStorage
from shared.blobs import BlobStore, open_blobs
from shared.contracts.media import MediaFailed, MediaProcessed, ProcessMedia
from shared.errors import NotFoundError

FORM = Encoded(content_type="image/jpeg", content=b"form")
MADE = Pictures(width=4, height=3, format="JPEG", facts={}, thumbnail=FORM, compressed=FORM)


class World:
    """One file, decoding and events in memory; bytes in a store."""

    def __init__(self, blobs: BlobStore) -> None:
        self.file = File(
            id=uuid4(), owner_id=uuid4(), thumbnail_key=None, status="pending", metadata={},
            version=1,
        )  # fmt: skip
        self.is_gone = False
        self.made: list[bytes] = []
        self.fault: Exception | None = None
        self.published: list[UUID] = []
        self.failures: dict[UUID, str] = {}
        storage = MediaStorage(blobs, max_bytes=100, kept_seconds=60)
        self.media = Media(self, storage, self.process, self.publish)

    async def get(self, file_id: UUID) -> File:
        """Return the file."""
        assert file_id == self.file.id
        if self.is_gone:
            raise NotFoundError("There is no such record in files.")
        return self.file

    async def record(self, file: File, change: FileChange) -> None:
        """Change the file."""
        new = change.model_dump(exclude_unset=True) | {"version": file.version + 1}
        self.file = self.file.model_copy(update=new)

    async def process(self, content: AsyncIterable[bytes], size: int) -> Pictures:
        """Count."""
        read = b"".join([chunk async for chunk in content])
        assert len(read) == size
        if self.fault is not None:
            raise self.fault
        self.made.append(read)
        return MADE

    async def publish(self, event: MediaProcessed | MediaFailed, event_id: UUID) -> None:
        """Remember, of two of the same id the first."""
        assert event.file_id == self.file.id
        if isinstance(event, MediaFailed):
            self.failures.setdefault(event_id, event.reason)
        else:
            self.published.append(event_id)


@pytest.fixture
async def blobs(settings: Settings) -> AsyncIterator[BlobStore]:
    """Yield a store in memory."""
    async with open_blobs(settings.model_copy(update={"blob_store_url": "memory:///"})) as opened:
        yield opened


@pytest.fixture
def world(blobs: BlobStore) -> World:
    return World(blobs)


@pytest.fixture
async def task(world: World, blobs: BlobStore) -> ProcessMedia:
    reference = await blobs.put(b"original", content_type="image/jpeg")
    return ProcessMedia(file_id=world.file.id, blob=reference)


async def test_with_the_same_key_again_it_takes_effect_once(
    world: World, task: ProcessMedia
) -> None:
    results = [await world.media.process(task, "key") for _ in range(2)]
    assert results[0] == results[1]
    assert (world.made, world.file.version) == ([b"original"], 2)
    assert world.published[0] == world.published[1]


async def test_another_task_makes_it_anew(world: World, task: ProcessMedia) -> None:
    first = await world.media.process(task, "one")
    second = await world.media.process(task, "two")
    assert first.thumbnail_key != second.thumbnail_key == world.file.thumbnail_key
    assert (len(world.made), len(set(world.published))) == (2, 2)


async def test_what_is_the_pictures_fault_is_recorded_at_once(
    world: World, task: ProcessMedia
) -> None:
    world.fault = PictureError("it has too many pixels")
    with pytest.raises(RefusedError):
        await world.media.process(task, "key")
    assert (world.file.status, world.file.version) == ("failed", 2)
    assert world.file.metadata["media.error"] == "it has too many pixels"
    # Given up after that, nothing more is to be said.
    await world.media.give_up(task, "key", "it took too long")
    assert world.file.version == 2
    assert [*world.failures.values()] == ["it has too many pixels"]


async def test_what_is_the_machines_fault_is_no_verdict_until_the_attempts_are_over(
    world: World, task: ProcessMedia
) -> None:
    world.fault = DecoderError("its decoder was ended (SIGKILL)")
    with pytest.raises(DecoderError):
        await world.media.process(task, "key")
    assert (world.file.status, world.file.version) == ("pending", 1)
    assert world.failures == {}
    await world.media.give_up(task, "key", "its decoder was ended (SIGKILL)")
    assert (world.file.status, world.file.version) == ("failed", 2)
    assert world.file.metadata["media.error"] == "its decoder was ended (SIGKILL)"
    assert [*world.failures.values()] == ["its decoder was ended (SIGKILL)"]
    # Somebody sends the dead letter again: this time it succeeds, and the reason is gone.
    world.fault = None
    await world.media.process(task, "key")
    assert (world.file.status, "media.error" in world.file.metadata) == ("ready", False)


async def test_a_task_that_is_given_up_leaves_what_another_one_made(
    world: World, task: ProcessMedia
) -> None:
    await world.media.process(task, "one")
    await world.media.give_up(task, "two", "it took too long")
    assert (world.file.status, world.file.version) == ("ready", 2)
    assert world.failures == {}


async def test_of_a_file_that_is_gone_there_is_nothing_to_record(
    world: World, task: ProcessMedia
) -> None:
    world.is_gone = True
    await world.media.give_up(task, "key", "it took too long")
    assert world.file.version == 1
