"""Puts together what handles the messages of one queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.consuming.claiming import Claimer
from shared.messaging.consuming.moving import Mover
from shared.messaging.consuming.outcomes import Outcomes
from shared.messaging.consuming.runner import Runner

if TYPE_CHECKING:
    from shared.lifecycle import Resources
    from shared.messaging.broker import Broker
    from shared.messaging.consuming.routes import Routes
    from shared.messaging.ports import Claims


def runner_of(routes: Routes, broker: Broker, claims: Claims, resources: Resources) -> Runner:
    """Return the runner of a queue."""
    claimer = Claimer(claims, routes)
    mover = Mover(broker.publisher, routes.queue)
    return Runner(routes, claimer, Outcomes(claimer, mover, resources), resources)
