"""Keeps the state of tasks in Redis, so that each takes effect once and can be asked for."""

from shared.messaging.store.redis_store import RedisStore, open_store, store_resource

__all__ = ["RedisStore", "open_store", "store_resource"]
