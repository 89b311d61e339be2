"""What the order desk answers."""

from litestar.status_codes import HTTP_200_OK
from litestar.testing import TestClient
from orders.currency import CURRENCY
from orders.desk import create_app


def test_orders_are_in_the_currency_that_was_chosen() -> None:
    """Every order names it."""
    with TestClient(create_app()) as client:
        answer = client.get("/orders")
    assert answer.status_code == HTTP_200_OK
    assert answer.json()[0]["currency"] == CURRENCY
