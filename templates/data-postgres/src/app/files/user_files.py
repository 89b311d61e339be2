"""The files of one user."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.access import api_router
from app.bulk import add_all
from app.database import Session
from app.failures import item
from app.files.model import File
from app.files.repository import FileRepository, as_attributes
from app.files.schemas import FileFilters, FileRead
from app.files.user_files_schemas import UserFiles, UserFilesPatch
from shared.errors import ConflictError, NotFoundError, PayloadTooLargeError
from shared.pagination import Page
from shared.problem import problem_responses

PATCH_PROBLEMS = problem_responses(NotFoundError, ConflictError, PayloadTooLargeError)

router = api_router("users")


@router.get("/{user_id:uuid}/files", responses=problem_responses(NotFoundError))
async def list_user_files(
    session: Session, user_id: UUID, query: Annotated[FileFilters, Query()]
) -> Page[FileRead]:
    """List a user's files by pages."""
    repository = FileRepository(session)
    await repository.check_owner(user_id)
    owned = File.owner_id == user_id
    page = await repository.page(query, owned, *repository.matching(query))
    return Page[FileRead].model_validate(page, from_attributes=True)


@router.patch("/{user_id:uuid}/files", responses=PATCH_PROBLEMS)
async def update_user_files(session: Session, user_id: UUID, body: UserFilesPatch) -> UserFiles:
    """Add files to a user and remove others, all or nothing.

    A problem's `index` counts in `remove` for a missing or stale file, and in `add` otherwise.
    """
    repository = FileRepository(session)
    await repository.check_owner(user_id)
    for index, old in enumerate(body.remove):
        with item(index):
            await repository.delete_owned(user_id, old.id, old.version)
    new = [File(owner_id=user_id, **as_attributes(each.model_dump())) for each in body.add]
    added = await add_all(repository, new)
    return UserFiles(
        added=[FileRead.model_validate(file) for file in added],
        removed=[old.id for old in body.remove],
    )
