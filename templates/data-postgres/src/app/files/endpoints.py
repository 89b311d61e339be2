"""Files over HTTP: one at a time, lists, many at once, and those of one user."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, status

from app.api import Reader, Session, api_router
from app.files.model import File
from app.files.repository import FILES, FileRepository, check_owner, lock_owners, matching
from app.files.schemas import (
    FileFilters,
    FilePatch,
    FilePatchItem,
    FileQuery,
    FileRead,
    OwnedFileCreate,
    UserFiles,
    UserFilesPatch,
)
from app.records import changed_values
from app.schemas import Bulk, ReadVersion, Written
from shared.errors import ConflictError, NotFoundError, PayloadTooLargeError
from shared.fields import Page
from shared.problem import problem_responses
from shared.web import SetLocation

CREATE_PROBLEMS = problem_responses(ConflictError, PayloadTooLargeError)
PATCH_PROBLEMS = problem_responses(NotFoundError, ConflictError, PayloadTooLargeError)

# A request is compared with each route in turn: what is asked for most stands first.
router = api_router("files", FILES)
user_files_router = api_router("users", FILES)


@router.get("/{file_id:uuid}", responses=problem_responses(NotFoundError))
async def get_file(reader: Reader, file_id: UUID) -> FileRead:
    """Read one file."""
    return await FILES.get(reader, file_id)


@router.get("")
async def list_files(reader: Reader, query: Annotated[FileQuery, Query()]) -> Page[FileRead]:
    """List files by pages: one that is there all the while is on exactly one page."""
    return await FILES.page(reader, query, *matching(query))


@router.post("", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_file(
    set_location: SetLocation, session: Session, body: OwnedFileCreate
) -> FileRead:
    """Record a file; a taken storage key or an unknown owner is a 409 that names the field."""
    file = await FileRepository(session).add(**body.model_dump())
    set_location(file.id)
    return FILES.show(file)


@router.patch("/{file_id:uuid}", responses=PATCH_PROBLEMS)
async def update_file(session: Session, file_id: UUID, body: FilePatch) -> FileRead:
    """Change the fields that are sent, if `version` is still the file's; otherwise 409."""
    files = FileRepository(session)
    return FILES.show(await files.change(file_id, body["version"], **changed_values(body)))


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


@router.post("/bulk", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_files(session: Session, body: Bulk[OwnedFileCreate]) -> Written[FileRead]:
    """Record files, all or none; a problem's `index` says which item was refused."""
    files = await FileRepository(session).add_all([each.model_dump() for each in body.items])
    return Written(items=[FILES.show(file) for file in files])


@router.patch("/bulk", responses=PATCH_PROBLEMS)
async def update_files(session: Session, body: Bulk[FilePatchItem]) -> Written[FileRead]:
    """Change files, all or none; each item names the version that was read."""
    files = await FileRepository(session).change_all(body.items)
    return Written(items=[FILES.show(file) for file in files])


@user_files_router.get("/{user_id:uuid}/files", responses=problem_responses(NotFoundError))
async def list_user_files(
    reader: Reader, user_id: UUID, query: Annotated[FileFilters, Query()]
) -> Page[FileRead]:
    """List a user's files by pages."""
    await check_owner(reader, user_id)
    return await FILES.page(reader, query, File.owner_id == user_id, *matching(query))


@user_files_router.patch("/{user_id:uuid}/files", responses=PATCH_PROBLEMS)
async def update_user_files(session: Session, user_id: UUID, body: UserFilesPatch) -> UserFiles:
    """Add files to a user and remove others, all or nothing.

    A problem's `index` counts in `remove` for a missing or stale file, and in `add` otherwise.
    """
    if not await lock_owners(session, [user_id]):
        raise NotFoundError("There is no such user.")
    files = FileRepository(session)
    await files.remove_owned(user_id, [(old.id, old.version) for old in body.remove])
    added = await files.add_all([{"owner_id": user_id, **new.model_dump()} for new in body.add])
    return UserFiles(
        added=[FILES.show(file) for file in added], removed=[old.id for old in body.remove]
    )
