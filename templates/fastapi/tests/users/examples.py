"""Users for tests, and a service that lets everybody do everything with them."""

from app.application import build_application
from app.features import FEATURES, Settings
from app.user_gateway import USERS, User
from shared.web import Service
from tests.support.access import FakeAccess, opened_to
from tests.support.users import FakeUsers

__all__ = ["USERS", "added", "open_to_all"]


async def added(users: FakeUsers, name: str = "Ada", email: str = "ada@example.org") -> User:
    """Add a user to the data service and return it as the API shows it."""
    return User.model_validate(await users.add({"name": name, "email": email}))


def open_to_all(settings: Settings) -> Service:
    """Return the service in which every caller is an administrator."""
    return build_application(settings, features=opened_to(FakeAccess(), FEATURES))
