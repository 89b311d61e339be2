"""One file at a time, and lists of them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, status

from app.access import api_router
from app.bulk import changes
from app.database import Session
from app.fields import ReadVersion
from app.files.model import File
from app.files.repository import FileRepository, as_attributes
from app.files.schemas import FilePatch, FileQuery, FileRead, OwnedFileCreate
from shared.errors import ConflictError, NotFoundError, PayloadTooLargeError
from shared.pagination import Page
from shared.problem import problem_responses

CREATE_PROBLEMS = problem_responses(ConflictError, PayloadTooLargeError)
PATCH_PROBLEMS = problem_responses(NotFoundError, ConflictError, PayloadTooLargeError)

router = api_router("files")


@router.get("")
async def list_files(session: Session, query: Annotated[FileQuery, Query()]) -> Page[FileRead]:
    """List files by pages: one that is there all the while is on exactly one page."""
    repository = FileRepository(session)
    page = await repository.page(query, *repository.matching(query))
    return Page[FileRead].model_validate(page, from_attributes=True)


@router.post("", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_file(session: Session, body: OwnedFileCreate) -> FileRead:
    """Record a file; a taken storage key or an unknown owner is a 409 that names the field."""
    file = await FileRepository(session).add(File(**as_attributes(body.model_dump())))
    return FileRead.model_validate(file)


@router.get("/{file_id:uuid}", responses=problem_responses(NotFoundError))
async def get_file(session: Session, file_id: UUID) -> FileRead:
    """Read one file."""
    return FileRead.model_validate(await FileRepository(session).get(file_id))


@router.patch("/{file_id:uuid}", responses=PATCH_PROBLEMS)
async def update_file(session: Session, file_id: UUID, body: FilePatch) -> FileRead:
    """Change the fields that are sent, if `version` is still the file's; otherwise 409."""
    repository = FileRepository(session)
    file = await repository.change(file_id, body["version"], **changes(body))
    return FileRead.model_validate(file)


@router.delete(
    "/{file_id:uuid}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problem_responses(NotFoundError, ConflictError),
)
async def delete_file(
    session: Session, file_id: UUID, version: Annotated[ReadVersion, Query()]
) -> None:
    """Remove the record for good; the stored bytes are the caller's to remove."""
    await FileRepository(session).delete(file_id, version)
