"""An own Redis for the time of a test run, from the server that is installed."""

from shared.testing.redis.instance import own_redis, redis_server
from shared.testing.redis.programs import RedisError, find_program

__all__ = ["RedisError", "find_program", "own_redis", "redis_server"]
