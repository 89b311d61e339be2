"""Users as the data service has them: what every feature that is about users goes through."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Required
from uuid import UUID

from pydantic import BaseModel, ConfigDict, with_config
from typing_extensions import TypedDict

from app.data_service import DATA_SERVICE
from app.idempotency import NO_KEY, IdempotencyKey
from shared.errors import ConflictError
from shared.fields import Email, Name, Page, Role, Version
from shared.http import CLIENT_METRICS, DataServiceClient
from shared.lifecycle import Resource, Resources
from shared.messaging.contract import EventData
from shared.web import Feature

USERS = "/api/v1/users"
USER = f"{USERS}/{{user_id}}"


class User(BaseModel):
    """A user as everybody may see one."""

    id: UUID
    name: str
    email: str | None
    email_verified_at: datetime | None = None
    role: Role
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class NewUser(BaseModel):
    """What a user who registers says of themselves."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Email


@with_config(extra="forbid")
class UserUpdate(TypedDict, total=False):
    """The version that was read, and what is to change; a field that is left out stays as it is."""

    version: Required[Version]
    name: Name
    email: Email


class UserGateway:
    """Reads and writes users. Features put a cache or events around it, as subclasses.

    Every method may raise `UnavailableError` or `BadGatewayError`.
    """

    # What each class of the hierarchy needs of its own.
    requires: ClassVar[tuple[type, ...]] = (DataServiceClient,)
    publishes: ClassVar[tuple[type[EventData], ...]] = ()

    def __init__(self, resources: Resources) -> None:
        self._client = resources.get(DataServiceClient)

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id. Raises `NotFoundError`."""
        return await self._client.get(USER, path_params={"user_id": user_id}, into=User)

    async def page(self, query: BaseModel) -> Page[User]:
        """Return a page of users."""
        return await self._client.get(USERS, params=query.model_dump(), into=Page[User])

    async def add(self, new: Mapping[str, object], key: IdempotencyKey = NO_KEY) -> User:
        """Add a user. Raises `ConflictError`, whose `field` names what another one has."""
        return await self._client.post(USERS, json=new, into=User, **key.options("add a user"))

    async def update(
        self, user_id: UUID, changes: Mapping[str, object], key: IdempotencyKey = NO_KEY
    ) -> User:
        """Change what is named, if `version` is the current one.

        Raises `NotFoundError`, or `ConflictError` for an old version.
        """
        return await self._client.patch(
            USER,
            path_params={"user_id": user_id},
            json=changes,
            into=User,
            **key.options("change a user"),
        )

    async def set_credentials(
        self, user_id: UUID, credentials: Mapping[str, object], key: IdempotencyKey = NO_KEY
    ) -> User:
        """Store a new password hash. Raises what `update` raises."""
        return await self._client.put(
            f"{USER}/credentials",
            path_params={"user_id": user_id},
            json=credentials,
            into=User,
            **key.options("set credentials"),
        )

    async def deactivate(self, user_id: UUID, version: int, key: IdempotencyKey = NO_KEY) -> User:
        """Take the user out of use. Raises what `update` raises.

        Whoever missed the answer may ask again, with the same version.
        """
        try:
            return await self.update(user_id, {"version": version, "is_active": False}, key)
        except ConflictError:
            user = await self.get(user_id)
            if user.is_active:
                raise
            return user


def users_feature(kind: type[UserGateway]) -> Feature:
    """Return what opens this gateway for all features."""
    required = (each for part in kind.__mro__ for each in vars(part).get("requires", ()))
    gateway = Resource(provides=UserGateway, factory=kind, requires=tuple(dict.fromkeys(required)))
    resources = (CLIENT_METRICS, DATA_SERVICE, gateway)
    return Feature(name="user-gateway", resources=resources, publishes=kind.publishes)
