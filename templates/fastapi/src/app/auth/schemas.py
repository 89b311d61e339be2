"""What crosses HTTP about accounts and sessions."""

from datetime import datetime
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


Password = Annotated[
    SecretStr, AfterValidator(_encodable), Field(min_length=1, max_length=MAX_PASSWORD)
]
NewPassword = Annotated[
    SecretStr, AfterValidator(_encodable), Field(min_length=12, max_length=MAX_PASSWORD)
]
Token = Annotated[str, Field(min_length=1, max_length=4096, repr=False)]


class Body(BaseModel):
    """A body that is sent here; what it has beyond its fields is a 422."""

    model_config = ConfigDict(extra="forbid")


class NewAccount(NewUser):
    """Somebody who registers."""

    password: NewPassword


class AwaitingConfirmation(BaseModel):
    """A registration that is done once the token from a message comes back."""

    email: str
    expires_in: int = Field(description="Seconds that the token in the message lives.")


class EmailOnly(Body):
    """An address to which something is to be sent."""

    email: Email


class ConfirmRegistration(Body):
    """The token from the message, and the password that was registered with."""

    token: Token
    password: Password


class Login(Body):
    """Somebody who logs in."""

    email: Email
    password: Password


class Refresh(Body):
    """A refresh token; for the next pair it works once."""

    refresh_token: Token


class TokenPair(BaseModel):
    """An access token for the requests to come, and a refresh token for the next pair."""

    access_token: Token
    refresh_token: Token
    token_type: Literal["bearer"] = Field(default="bearer")
    expires_in: int = Field(description="Seconds that the access token lives.")


class SessionRead(BaseModel):
    """A session: what began with one login."""

    id: UUID
    place: str = Field(description="The network address that logged in.")
    user_agent: str
    created_at: datetime
    used_at: datetime = Field(description="When its tokens were last refreshed.")
    is_current: bool = Field(description="Whether it is the one of this request.")


class PasswordChange(Body):
    """A new password, and the one that is known."""

    current_password: Password
    new_password: NewPassword


class PasswordReset(Body):
    """A new password, and the token from the message."""

    token: Token
    new_password: NewPassword


class AddressChange(Body):
    """Another address, and the password that is known."""

    email: Email
    password: Password


class AddressConfirmation(Body):
    """The token from the message to the new address."""

    token: Token
