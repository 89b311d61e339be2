"""The headers that tie a call to the request it is made for."""

from __future__ import annotations

from opentelemetry import propagate

from shared.budget import RETRY_BUDGET_HEADER, TIMEOUT_HEADER
from shared.correlation import REQUEST_ID_HEADER


def context_headers(request_id: str, *, retries: int, seconds: float) -> dict[str, str]:
    """Return the request id, the trace context and what the callee may spend."""
    headers = {
        REQUEST_ID_HEADER: request_id,
        RETRY_BUDGET_HEADER: str(retries),
        TIMEOUT_HEADER: f"{max(seconds, 0):.3f}",
    }
    propagate.inject(headers)
    return headers
