"""What crosses HTTP about who is asking."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from app.user_gateway import NewUser
from shared.fields import Email

# Longer ones cost nothing to ask for and much to hash.
MAX_PASSWORD = 128


def _encodable(value: SecretStr) -> SecretStr:
    try:
        value.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("has half of a character") from None
    return value


Password = Annotated[SecretStr, AfterValidator(_encodable)]
Token = Annotated[str, Field(min_length=1, max_length=4096, repr=False)]


class NewAccount(NewUser):
    """Somebody who registers."""

    password: Password = Field(min_length=12, max_length=MAX_PASSWORD)


class Login(BaseModel):
    """Somebody who logs in."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    password: Password = Field(min_length=1, max_length=MAX_PASSWORD)


class Refresh(BaseModel):
    """A refresh token; it works once."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: Token


class TokenPair(BaseModel):
    """An access token for the requests to come, and a refresh token for the next pair."""

    access_token: Token
    refresh_token: Token
    token_type: Literal["bearer"] = Field(default="bearer")
    expires_in: int = Field(description="Seconds that the access token lives.")


class Credentials(BaseModel):
    """What the data service has to log a user in with."""

    id: UUID
    is_active: bool
    version: int
    password_hash: str | None = Field(repr=False)
