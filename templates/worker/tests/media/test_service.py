"""The rules: what was recorded before is not made again, but told again."""

from uuid import UUID, uuid4

from app.media.gateway import Change, File
from app.media.pictures import Encoded, Pictures
from app.media.service import Media
from shared.contracts.media import MediaProcessed, ProcessMedia

FORM = Encoded(content_type="image/jpeg", content=b"")
MADE = Pictures(width=4, height=3, format="JPEG", facts={}, thumbnail=FORM, compressed=FORM)


class World:
    """Files, bytes, decoding and telling, all in memory."""

    def __init__(self) -> None:
        self.file = File(
            id=uuid4(), owner_id=uuid4(), thumbnail_key=None, status="pending", metadata={},
            version=1,
        )  # fmt: skip
        self.made = 0
        self.told: list[UUID] = []
        self.media = Media(self, self, self.process, self.tell)

    async def get(self, file_id: UUID) -> File:
        """Return the file."""
        assert file_id == self.file.id
        return self.file

    async def record(self, file: File, change: Change) -> None:
        """Change the file."""
        new = change.model_dump(exclude_unset=True) | {"version": file.version + 1}
        self.file = self.file.model_copy(update=new)

    async def take(self, reference: str) -> bytes:
        """Return some bytes."""
        return reference.encode()

    async def put(self, pictures: Pictures, key: str) -> tuple[str, str]:
        """Return names."""
        assert pictures is MADE
        return f"{key}.thumbnail", f"{key}.compressed"

    async def process(self, content: bytes) -> Pictures:
        """Count."""
        assert content == b"blob"
        self.made += 1
        return MADE

    async def tell(self, event: MediaProcessed, event_id: UUID) -> None:
        """Remember."""
        assert event.file_id == self.file.id
        self.told.append(event_id)


async def test_with_the_same_key_again_it_takes_effect_once() -> None:
    world = World()
    task = ProcessMedia(file_id=world.file.id, blob="blob")
    results = [await world.media.process(task, "key") for _ in range(2)]
    assert results[0] == results[1]
    assert (world.made, world.file.version) == (1, 2)
    assert world.told[0] == world.told[1]


async def test_another_task_makes_it_anew() -> None:
    world = World()
    task = ProcessMedia(file_id=world.file.id, blob="blob")
    await world.media.process(task, "one")
    await world.media.process(task, "two")
    assert world.file.thumbnail_key == "two.thumbnail"
    assert (world.made, len(set(world.told))) == (2, 2)
