"""A data service with users."""

import pytest

from shared.testing.provider import Provider
from tests.support.people import People, people_of


@pytest.fixture(autouse=True)
def people(provider: Provider) -> People:
    """Return the users of the data service."""
    return people_of(provider)
