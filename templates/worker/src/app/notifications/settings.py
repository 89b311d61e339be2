"""Where notifications go."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from app.settings import WorkerSettings
from shared.http import ProxySettings
from shared.settings import url_form


def _webhook(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.username or parts.password or parts.fragment:
        raise ValueError("has a user or a fragment; NOTIFICATION_TOKEN is for secrets")
    return value


Webhook = Annotated[
    SecretStr, url_form("https://host/path", "http", "https"), AfterValidator(_webhook)
]


class NotificationSettings(ProxySettings, WorkerSettings):
    """The webhook that gets each notification as a POST, called exactly as it is written here.

    Its query may be a secret, and the token is one.
    """

    notification_url: Webhook | None = Field(
        default=None, examples=["https://mailer.example/notifications"]
    )
    notification_token: SecretStr | None = None
