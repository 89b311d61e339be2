"""Where notifications go."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from app.settings import WorkerSettings


def _webhook(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("not of the form https://host/path")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("has more than scheme, host, port and path")
    return value.rstrip("/")


class NotificationSettings(WorkerSettings):
    """The webhook that gets each notification as a POST, if there is one, and its token."""

    notification_url: Annotated[str, AfterValidator(_webhook)] | None = Field(
        default=None, examples=["https://mailer.example/notifications"]
    )
    notification_token: SecretStr | None = None
