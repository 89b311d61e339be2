"""Uploads: photos and documents are stored, processed by a worker, and shown when ready."""

from typing import Any

from aiogram import Bot

from app.feature import BotFeature
from app.redis import REDIS, ServiceRedis
from app.telegram import BOT
from app.translations import TRANSLATIONS, Translations
from app.uploads.consumers import CONSUMERS
from app.uploads.gateway import DataServiceFiles, TelegramFiles
from app.uploads.handlers import HANDLERS
from app.uploads.pending import PendingUploads
from app.uploads.results import Results
from app.uploads.service import UploadLimits, Uploads
from app.uploads.settings import UploadSettings
from app.users import USERS_RESOURCES
from shared.blobs import BlobStore, blobs_resource
from shared.contracts.media import MEDIA_PROCESS
from shared.http import DataServiceClient
from shared.lifecycle import Resource, Resources
from shared.messaging.consuming import consuming_resources
from shared.messaging.publishing import TASK_SENDER, TaskSender, messaging_resources


def _new_uploads(resources: Resources) -> Uploads:
    settings = resources.get(UploadSettings)
    return Uploads(
        TelegramFiles(resources.get(Bot), max_bytes=settings.upload_max_bytes),
        resources.get(BlobStore),
        DataServiceFiles(resources.get(DataServiceClient)),
        resources.get(TaskSender),
        UploadLimits(
            max_bytes=settings.upload_max_bytes, kept_seconds=settings.upload_kept_seconds
        ),
    )


def _new_pending(resources: Resources) -> PendingUploads:
    seconds = resources.get(UploadSettings).upload_result_seconds
    return PendingUploads(resources.get(ServiceRedis), seconds=seconds)


def _new_results(resources: Resources) -> Results:
    return Results(
        resources.get(Bot),
        resources.get(PendingUploads),
        resources.get(BlobStore),
        resources.get(Translations),
    )


RESOURCES: tuple[Resource[Any], ...] = (
    *USERS_RESOURCES,
    *messaging_resources(UploadSettings),
    TASK_SENDER,
    REDIS,
    BOT,
    TRANSLATIONS,
    blobs_resource(UploadSettings),
    Resource(
        provides=Uploads,
        factory=_new_uploads,
        requires=(UploadSettings, Bot, BlobStore, DataServiceClient, TaskSender),
    ),
    Resource(
        provides=PendingUploads, factory=_new_pending, requires=(UploadSettings, ServiceRedis)
    ),
    Resource(
        provides=Results,
        factory=_new_results,
        requires=(Bot, PendingUploads, BlobStore, Translations),
    ),
    *consuming_resources(CONSUMERS, UploadSettings, requires=(Results,)),
)

feature = BotFeature(
    name="uploads",
    handlers=HANDLERS,
    consumers=CONSUMERS,
    sends=(MEDIA_PROCESS,),
    resources=RESOURCES,
)
