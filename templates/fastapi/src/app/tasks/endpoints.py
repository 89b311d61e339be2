"""Tasks one at a time, and how their workers are doing."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, status

from app.access import SignedIn, administrator
from app.idempotency import Idempotent
from app.routing import api_router
from app.tasks.contracts import NewTask
from app.tasks.schemas import AcceptedTask, TaskRead, TaskStats
from app.tasks.service import TaskService
from shared.errors import ConflictError, ForbiddenError, NotFoundError, PayloadTooLargeError
from shared.problem import problem_responses
from shared.web import SetLocation, resource

Tasks = Annotated[TaskService, Depends(resource(TaskService))]

router = api_router("tasks")


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problem_responses(ForbiddenError, NotFoundError, ConflictError, PayloadTooLargeError),
)
async def create_task(
    set_location: SetLocation,
    tasks: Tasks,
    principal: SignedIn,
    idempotent: Idempotent,
    body: NewTask,
) -> AcceptedTask:
    """Have something done later; `Location` is where to see what has become of it.

    Each type says who may post it. 503 with code `no-worker`: nobody who could do it has ever been
    started.
    """
    accepted = await idempotent(
        body, lambda key: tasks.submit(body, principal, key.name), into=AcceptedTask
    )
    set_location(accepted.id)
    return accepted


@router.get("/stats", dependencies=[Depends(administrator)])
async def get_task_stats(tasks: Tasks) -> TaskStats:
    """Read how much waits in each queue and what its workers have done."""
    return await tasks.stats()


@router.get("/{task_id:uuid}", responses=problem_responses(NotFoundError))
async def get_task(tasks: Tasks, principal: SignedIn, task_id: UUID) -> TaskRead:
    """Read what has become of a task of one's own; some days after its end nothing is known."""
    return await tasks.get(task_id, principal)


@router.post("/{task_id:uuid}/cancel", responses=problem_responses(NotFoundError, ConflictError))
async def cancel_task(tasks: Tasks, principal: SignedIn, task_id: UUID) -> TaskRead:
    """Keep a task of one's own from being done; one that has begun is a 409, code `too-late`."""
    return await tasks.cancel(task_id, principal)
