"""Writes one line per event, ours and every library's alike, with the request id in it."""

from shared.log.access import QUIET_ROUTES, AccessLogMiddleware
from shared.log.configuration import configure_logging

__all__ = ["QUIET_ROUTES", "AccessLogMiddleware", "configure_logging"]
