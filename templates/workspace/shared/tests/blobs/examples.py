"""Stores for tests."""

from __future__ import annotations

from uuid import uuid4

from shared.blobs import BlobSettings, Label

JPEG = Label(content_type="image/jpeg")


def settings_for(location: str, **more: object) -> BlobSettings:
    return BlobSettings.model_validate(
        {
            "service_name": "tested",
            "amqp_url": "amqp://localhost",
            "redis_url": location if location.startswith("redis") else "redis://127.0.0.1:9",
            "blob_store_url": location,
            "messaging_prefix": f"{uuid4().hex}.",
            "blob_max_bytes": 100,
            **more,
        }
    )
