"""Without a webhook a notification is a line in the log, without the address."""

from uuid import uuid4

import pytest

from app.notifications.gateway import LogNotifier
from app.notifications.schemas import Notification


async def test_the_log_names_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    notification = Notification(
        id="1", kind="welcome", user_id=uuid4(), email="ada@example.org", subject="", text=""
    )
    await LogNotifier().send(notification)
    written = capsys.readouterr().out
    assert "welcome" in written
    assert "ada@example.org" not in written
