"""Users for tests."""

from app.people import USERS, User
from tests.support.people import People

__all__ = ["USERS", "added"]


async def added(people: People, name: str = "Ada", email: str = "ada@example.org") -> User:
    """Add a user to the data service and return it as the API shows it."""
    return User.model_validate(await people.add({"name": name, "email": email}))
