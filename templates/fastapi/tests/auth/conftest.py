"""A data service with users."""

import pytest

from tests.support.people import People, people_of
from tests.support.provider import Provider


@pytest.fixture(autouse=True)
def people(provider: Provider) -> People:
    """Return the users of the data service."""
    return people_of(provider)
