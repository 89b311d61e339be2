"""Idempotency keys: a POST that is sent twice with one key is done once."""

from app.idempotency.once import Once

__all__ = ["Once"]
