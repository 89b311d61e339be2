"""What the cache reads from the environment."""

from pydantic import Field

from app.redis import RedisSettings


class CacheSettings(RedisSettings):
    """How long something is kept: as long as a change that came another way stays unseen."""

    cache_ttl_seconds: int = Field(default=30, ge=1)
