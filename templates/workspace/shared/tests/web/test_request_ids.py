"""Every answer has a request id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing import client
from tests.support.greeting import PATH, greeting_app

if TYPE_CHECKING:
    from shared.settings import ServiceSettings


@pytest.mark.parametrize("offered", ["mine", "not mine"])
async def test_a_request_id_is_taken_if_harmless_and_always_sent_back(
    settings: ServiceSettings, offered: str
) -> None:
    async with client(greeting_app(settings)) as http:
        answer = await http.get(PATH, headers={"X-Request-ID": offered})

    assert (answer.headers["x-request-id"] == offered) == (offered == "mine")
    assert len(answer.headers.get_list("x-request-id")) == 1
