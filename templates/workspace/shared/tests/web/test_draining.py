"""An application that drains is not ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing import client
from tests.support.greeting import greeting_app

if TYPE_CHECKING:
    from shared.settings import ServiceSettings


async def test_ready_is_503_while_draining_and_pings_nobody(settings: ServiceSettings) -> None:
    app = greeting_app(settings)

    async with client(app) as http:
        app.lifecycle.start_draining()
        answer = await http.get("/ready")

    assert (answer.status_code, answer.json()["detail"]) == (503, "draining")
