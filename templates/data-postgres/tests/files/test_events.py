"""Changes of files are published."""

from uuid import UUID

from httpx2 import AsyncClient

from app.features import Settings
from shared.contracts.files import file_event_id
from shared.testing.recorder import record_events
from tests.files.examples import FILES, create, owner


async def test_the_events_of_a_file_say_where_its_bytes_are(
    api: AsyncClient, settings: Settings
) -> None:
    owner_id = await owner(api)
    async with record_events(settings, "file.*") as recorder:
        file = await create(api, owner_id, thumbnail_key="thumbnails/1")
        path = f"{FILES}/{file['id']}"
        body = {"version": 1, "status": "ready"}
        assert (await api.patch(path, json=body)).status_code == 200
        assert (await api.delete(path, params={"version": 2})).status_code == 204
        messages = await recorder.wait_for(3)
    created, updated, deleted = messages
    names = ("owner_id", "storage_key", "thumbnail_key")
    place = {name: file[name] for name in names} | {"file_id": file["id"]}
    assert (created.data["status"], created.data["file_version"]) == ("pending", 1)
    assert created.data.items() >= place.items()
    assert (updated.data["status"], updated.data["file_version"]) == ("ready", 2)
    assert updated.data["changed"] == ["status"]
    assert deleted.data == place | {"file_version": 2}
    types = ("file.created", "file.updated", "file.deleted")
    versions = zip(types, (1, 2, 2), strict=True)
    ids = [str(file_event_id(kind, UUID(file["id"]), version)) for kind, version in versions]
    assert [message.id for message in messages] == ids
