"""Whatever leads to a compose service or volume leads to this machine; all else stays."""

from pathlib import Path

import pytest

from generator.running import Surroundings, settings_here

AROUND = Surroundings(
    ports={"users-data": 8200, "users": 8300},
    servers={"REDIS_URL": (("redis",), "redis://:made@127.0.0.1:5/0")},
    volumes=Path("/a b/volumes"),
)
VOLUMES = {"/var/lib/blobs": "blobs"}


@pytest.mark.parametrize(
    ("name", "value", "here"),
    [
        ("DATA_SERVICE_URL", "http://users-data:8000", "http://127.0.0.1:8200"),
        ("DATA_SERVICE_URL", "http://users-data:8000/api?x=1", "http://127.0.0.1:8200/api?x=1"),
        ("ANY", "http://me:word@users/a,http://users-data:1", "http://me:word@127.0.0.1:8300/a,http://127.0.0.1:8200"),
        ("ANY", "http://users-data.example:8000", "http://users-data.example:8000"),
        ("ANY", "http://example/users-data:8000", "http://example/users-data:8000"),
        ("CREDENTIALS_READERS", "users-data", "users-data"),
        ("REDIS_URL", "redis://:secret@redis:6379/0", "redis://:made@127.0.0.1:5/0"),
        ("REDIS_URL", "redis://:secret@elsewhere:6379/0", "redis://:secret@elsewhere:6379/0"),
        ("OTHER_URL", "redis://:secret@redis:6379/0", "redis://:secret@redis:6379/0"),
        ("BLOB_STORE_URL", "file:///var/lib/blobs", "file:///a%20b/volumes/blobs"),
        ("BLOB_FOLDER", "/var/lib/blobs/of/users", "/a b/volumes/blobs/of/users"),
        ("BLOB_STORE_URL", "file:///var/lib/blobs-of-old", "file:///var/lib/blobs-of-old"),
        ("BLOB_STORE_URL", "s3://bucket/var/lib/blobs", "s3://bucket/var/lib/blobs"),
        ("EMPTY", "", ""),
    ],
)  # fmt: skip
def test_a_setting_leads_to_what_is_here(name: str, value: str, here: str) -> None:
    assert settings_here({name: value}, VOLUMES, AROUND) == {name: here}
