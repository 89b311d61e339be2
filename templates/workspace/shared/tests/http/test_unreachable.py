from __future__ import annotations

import pytest

from shared.errors import UnavailableError
from tests.support.clients import client_of
from tests.support.fleet import closed_port


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-service.invalid"])
async def test_a_service_that_is_not_there_is_unavailable_and_its_place_stays_secret(
    method: str, host: str
) -> None:
    _, port = closed_port()
    async with client_of(f"http://{host}:{port}") as client:
        with pytest.raises(UnavailableError) as caught:
            await client.request(method, "/users", into=object)

    assert str(caught.value) == "users-data cannot be reached"
