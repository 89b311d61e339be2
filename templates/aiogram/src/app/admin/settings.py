"""How fast a broadcast is."""

from pydantic import Field

from app.settings import BotSettings


class AdminSettings(BotSettings):
    """How many people get a broadcast in a second; Telegram takes about 30 messages of a bot."""

    broadcast_per_second: float = Field(default=25, gt=0, le=1000)
