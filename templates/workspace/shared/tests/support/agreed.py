"""A provider whose document the tests of contracts are about."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, Field

from shared.fields import Page
from shared.settings import ServiceSettings
from shared.web import Feature, create_app

KEY = Security(APIKeyHeader(name="X-API-Key", scheme_name="ApiKey"))
router = APIRouter(prefix="/api/v1/users", dependencies=[KEY])


class Address(BaseModel):
    city: str = Field(min_length=1)
    street: str | None = None


class UserCreate(BaseModel):
    email: str = Field(pattern="^[^@]+@[^@]+$")
    nickname: str | None = None
    address: Address | None = None


class User(UserCreate):
    id: UUID
    role: Literal["user", "admin"] = "user"
    extra: dict[str, int] = {}


class UserQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)
    active: bool | None = None
    ids: list[int] = []
    search: str | None = None


@router.get("")
async def list_users(query: Annotated[UserQuery, Query()]) -> Page[User]:
    raise NotImplementedError(query)


@router.post("", status_code=201)
async def create_user(body: UserCreate) -> User:
    raise NotImplementedError(body)


@router.get("/me")
async def read_me() -> User:
    raise NotImplementedError


@router.get("/{user_id}")
async def read_user(user_id: UUID) -> User:
    raise NotImplementedError(user_id)


@router.delete("/{user_id}", status_code=204)
async def delete_user(user_id: UUID, version: int) -> None:
    raise NotImplementedError(user_id, version)


def agreed_document() -> dict[str, Any]:
    """Return the OpenAPI document just as FastAPI makes it."""
    settings = ServiceSettings.model_construct(service_name="users-data", max_body_bytes=1000)
    feature = Feature(name="users", routers=(router,))
    app = create_app(settings=settings, features=[feature])
    return app.openapi()
