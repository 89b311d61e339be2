"""Makes the library's message of ours."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from aio_pika import DeliveryMode, Message

from shared.messaging import headers
from shared.messaging.ladder import LONGEST_SECONDS

if TYPE_CHECKING:
    from shared.messaging.outgoing import Outgoing


def message_of(outgoing: Outgoing, seconds: float) -> Message:
    """Return what is sent for it when it is to wait for so many seconds."""
    carried = outgoing.headers
    if seconds > LONGEST_SECONDS:
        carried = {**carried, headers.DUE: round((time() + seconds) * 1000)}
    return Message(
        outgoing.body,
        headers=carried,
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=outgoing.id,
        correlation_id=outgoing.correlation_id,
        timestamp=outgoing.time,
    )
