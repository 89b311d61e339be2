"""The one list of tasks that may be posted: what each looks like, and who may post it.

A new one is a class here and its name in `NewTask`; openapi.json shows it.
"""

from typing import Annotated, Any, ClassVar, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Strict
from typing_extensions import override

from app.access import Principal
from shared.contracts.analytics import ANALYTICS_REPORT, MakeReport
from shared.contracts.media import MEDIA_PROCESS, ProcessMedia
from shared.errors import NotFoundError
from shared.http import DataServiceClient
from shared.messaging.contract import Task

# Well within the time for which the state of a task is kept.
MAX_DELAY_SECONDS = 5 * 24 * 60 * 60
FILE = "/api/v1/files/{file_id}"

Delay = Annotated[
    float,
    Strict(),
    Field(ge=0, le=MAX_DELAY_SECONDS, description="Not before so many seconds have passed."),
]


class PostableTask(BaseModel):
    """Work to be done, which administrators may post, unless it says who else may."""

    model_config = ConfigDict(extra="forbid")

    task: ClassVar[Task[Any]]

    type: str
    payload: BaseModel
    delay_seconds: Delay = 0

    async def check_allowed(self, principal: Principal, data_service: DataServiceClient) -> None:
        """Raise `ForbiddenError` or `NotFoundError` unless this caller may have it done."""
        del data_service
        await principal.check_administrator()


class StoredFile(BaseModel):
    """What the data service says of a file that matters here."""

    owner_id: UUID
    storage_key: str


class ProcessPicture(PostableTask):
    """Make the thumbnail of a file's picture; for its owner."""

    task: ClassVar[Task[Any]] = MEDIA_PROCESS

    type: Literal["media.process"]
    payload: ProcessMedia

    @override
    async def check_allowed(self, principal: Principal, data_service: DataServiceClient) -> None:
        """Raise `NotFoundError` unless the file is the caller's, and the bytes are the file's."""
        file_id, blob = self.payload.file_id, self.payload.blob
        file = await data_service.get(FILE, path_params={"file_id": file_id}, into=StoredFile)
        await principal.check_owner(file.owner_id)
        if file.storage_key != blob:
            raise NotFoundError("The file has no such bytes.")


class ReportDay(PostableTask):
    """Report what was counted on a day."""

    task: ClassVar[Task[Any]] = ANALYTICS_REPORT

    type: Literal["analytics.report"]
    payload: MakeReport


# A list of one stands here without Annotated and Discriminator.
NewTask = Annotated[ProcessPicture | ReportDay, Discriminator("type")]

KINDS: tuple[type[PostableTask], ...] = get_args(get_args(NewTask)[0])
QUEUES = tuple(dict.fromkeys(kind.task.queue for kind in KINDS))
