"""Tasks one at a time."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response, status

from app.access import signed_in
from app.idempotency import Idempotent
from app.routing import api_router
from app.tasks.schemas import AcceptedTask, NewTask, TaskRead
from app.tasks.service import TaskDesk
from shared.errors import ConflictError, NotFoundError, PayloadTooLargeError
from shared.problem import problem_responses
from shared.web import resource

Desk = Annotated[TaskDesk, Depends(resource(TaskDesk))]

router = api_router("tasks")


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[Depends(signed_in)],
    responses=problem_responses(ConflictError, PayloadTooLargeError),
)
async def create_task(
    desk: Desk, idempotent: Idempotent, response: Response, body: NewTask
) -> AcceptedTask:
    """Have something done later; `Location` is where to see what has become of it.

    503 with code `no-worker`: nobody who could do it has ever been started.
    """
    accepted = await idempotent(body, lambda key: desk.take(body, key.name), into=AcceptedTask)
    response.headers["Location"] = f"{router.prefix}/{accepted.id}"
    return accepted


@router.get(
    "/{task_id:uuid}",
    dependencies=[Depends(signed_in)],
    responses=problem_responses(NotFoundError),
)
async def get_task(desk: Desk, task_id: UUID) -> TaskRead:
    """Read what has become of a task; some days after its end nothing is known any more."""
    return await desk.get(task_id)


@router.post(
    "/{task_id:uuid}/cancel",
    dependencies=[Depends(signed_in)],
    responses=problem_responses(NotFoundError, ConflictError),
)
async def cancel_task(desk: Desk, task_id: UUID) -> TaskRead:
    """Keep a task from being done; one that has begun or is over is a 409, code `too-late`."""
    return await desk.cancel(task_id)
