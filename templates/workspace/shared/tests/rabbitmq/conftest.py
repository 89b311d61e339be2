"""What the tests of an own broker need."""

from __future__ import annotations

import pytest

from shared.testing.rabbitmq import RabbitError, find_programs


@pytest.fixture
def programs() -> None:
    """Skip where RabbitMQ is not installed: there is no broker to start."""
    try:
        find_programs()
    except RabbitError as error:
        pytest.skip(str(error).splitlines()[0])
