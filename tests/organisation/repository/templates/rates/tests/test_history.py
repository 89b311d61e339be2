"""What the service says of other days."""

from httpx2 import AsyncClient


async def test_a_day_is_told(api: AsyncClient) -> None:
    """The answer names the day."""
    assert (await api.get("/history/2024-02-29")).json() == {"day": "2024-02-29"}
