"""Many files at once: all or none."""

from fastapi import status

from app.access import api_router
from app.bulk import Bulk, Written, add_all, change_all
from app.database import Session
from app.files.endpoints import CREATE_PROBLEMS, PATCH_PROBLEMS
from app.files.model import File
from app.files.repository import FileRepository, as_attributes
from app.files.schemas import FilePatchItem, FileRead, OwnedFileCreate

router = api_router("files")


@router.post("/bulk", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_files(session: Session, body: Bulk[OwnedFileCreate]) -> Written[FileRead]:
    """Record files, all or none; a problem's `index` says which item was refused."""
    new = [File(**as_attributes(each.model_dump())) for each in body.items]
    files = await add_all(FileRepository(session), new)
    return Written(items=[FileRead.model_validate(file) for file in files])


@router.patch("/bulk", responses=PATCH_PROBLEMS)
async def update_files(session: Session, body: Bulk[FilePatchItem]) -> Written[FileRead]:
    """Change files, all or none; each item names the version that was read."""
    files = await change_all(FileRepository(session), body.items)
    return Written(items=[FileRead.model_validate(file) for file in files])
