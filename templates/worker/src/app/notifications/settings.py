"""Where notifications go."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from app.settings import WorkerSettings
from shared.http import ProxySettings


def _webhook(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("not of the form https://host/path")
    if parts.username or parts.password or parts.fragment:
        raise ValueError("has a user or a fragment; NOTIFICATION_TOKEN is for secrets")
    return value


class NotificationSettings(ProxySettings, WorkerSettings):
    """The webhook that gets each notification as a POST, called exactly as it is written here.

    Its query may be a secret, and the token is one.
    """

    notification_url: Annotated[SecretStr, AfterValidator(_webhook)] | None = Field(
        default=None, examples=["https://mailer.example/notifications"]
    )
    notification_token: SecretStr | None = None
