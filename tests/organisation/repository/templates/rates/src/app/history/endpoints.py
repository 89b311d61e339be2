"""Rates of other days over HTTP."""

from datetime import date

from fastapi import APIRouter

router = APIRouter(prefix="/history", tags=["history"])


@router.get("/{day}")
async def read_day(day: date) -> dict[str, str]:
    """Return the day that was asked for."""
    return {"day": day.isoformat()}
