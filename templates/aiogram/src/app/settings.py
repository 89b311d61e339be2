"""What every variant reads from the environment; `features.py` adds what its features need."""

import re
from hashlib import sha256
from hmac import new as new_hmac
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from shared.http import DataServiceSettings

OFFICIAL_API = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("not of the form 123456:AbC-dEf, as @BotFather gives it")
    return value


def _redis_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    # Reading the port is what checks it.
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.port == 0:
        raise ValueError("not of the form redis://:password@host:6379/0")
    return value


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("not of the form https://host/path")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("has more than scheme, host, port and path")
    return value.rstrip("/")


def _user_ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("not ids of Telegram users: numbers, with commas between them")
    return frozenset(map(int, parts))


class BotSettings(DataServiceSettings):
    """Who the bot is, how updates come to it, what people may do, and where its state is."""

    telegram_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        examples=["<what @BotFather says>"]
    )
    telegram_api_url: Annotated[str, AfterValidator(_http_url)] = OFFICIAL_API
    bot_mode: Literal["polling", "webhook"] = "polling"
    webhook_url: Annotated[str, AfterValidator(_http_url)] | None = Field(
        default=None, examples=["https://bot.example/telegram/webhook"]
    )
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_user_ids)] = Field(
        default=frozenset(), examples=["1001,1002"]
    )
    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] = Field(
        examples=["redis://:password@redis:6379/0"]
    )
    redis_prefix: str = Field(default="", examples=["support-bot:"])
    # How many people are served at the same time by one process.
    updates_in_flight: int = Field(default=20, ge=1, le=1000)
    # How many people may wait before nothing more is taken from Telegram, which keeps it a day.
    updates_waiting: int = Field(default=10_000, ge=1)
    # After a killed process, its updates are taken up by another one after so long.
    update_claim_seconds: float = Field(default=30, ge=0.5, le=600)
    # Nothing new came in of an album for so long: it is complete.
    album_seconds: float = Field(default=1.0, ge=0, le=10)
    throttle_messages: int = Field(default=20, ge=1)
    throttle_seconds: int = Field(default=10, ge=1, le=3600)
    dialogue_seconds: int = Field(default=600, ge=1, le=86400)

    @property
    def own_prefix(self) -> str:
        """What every key of this service's own begins with."""
        return self.redis_prefix or f"{self.service_name}:"

    @property
    def webhook_secret(self) -> str:
        """What Telegram proves itself with: the same in all replicas, and no one more secret."""
        key = self.telegram_token.get_secret_value().encode()
        return new_hmac(key, b"webhook", sha256).hexdigest()

    @model_validator(mode="after")
    def _has_a_webhook_that_telegram_takes(self) -> Self:
        if self.bot_mode == "webhook" and self.webhook_url is None:
            raise ValueError(
                "WEBHOOK_URL is missing, which BOT_MODE=webhook needs,"
                " e.g. WEBHOOK_URL=https://bot.example/telegram/webhook"
            )
        # A Bot API server of one's own takes http too, from its own network.
        is_official = self.telegram_api_url == OFFICIAL_API
        if self.webhook_url and is_official and not self.webhook_url.startswith("https://"):
            raise ValueError("WEBHOOK_URL is not valid: Telegram takes only https")
        return self
