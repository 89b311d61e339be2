"""What the cache reads from the environment."""

from pydantic import Field

from app.redis import RedisSettings, RedisUrl


class CacheSettings(RedisSettings):
    """Where the cache is: in a Redis of its own, which forgets what was not used for longest.

    It keeps something as long as a change that came another way may stay unseen.
    """

    cache_redis_url: RedisUrl = Field(examples=["redis://:password@localhost:6380/0"])
    cache_ttl_seconds: int = Field(default=30, ge=1)
