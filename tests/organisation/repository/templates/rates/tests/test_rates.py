"""What the service says of rates."""

from http import HTTPStatus

from httpx2 import AsyncClient


async def test_a_rate_is_told(api: AsyncClient) -> None:
    """The answer names the currency."""
    answer = await api.get("/rates/CHF")
    assert answer.status_code == HTTPStatus.OK
    assert answer.json() == {"currency": "CHF", "euros": 1.0}
