"""Orders over HTTP."""

from litestar import Litestar, get

from orders.currency import CURRENCY


@get("/alive")
async def alive() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


@get("/orders")
async def list_orders() -> list[dict[str, str]]:
    """List what was ordered."""
    return [{"id": "1", "currency": CURRENCY}]


def create_app() -> Litestar:
    """Return the application."""
    return Litestar([alive, list_orders])
