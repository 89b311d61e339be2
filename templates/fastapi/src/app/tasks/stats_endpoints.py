"""How the workers are doing."""

from fastapi import Depends

from app.access import administrator
from app.routing import api_router
from app.tasks.endpoints import Desk
from app.tasks.stats_schemas import TaskStats

router = api_router("tasks")


@router.get("/stats", dependencies=[Depends(administrator)])
async def get_task_stats(desk: Desk) -> TaskStats:
    """Read how much waits in each queue and what its workers have done."""
    return await desk.stats()
