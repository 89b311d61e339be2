"""The client's metrics as one target sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.http.instances import Instance
    from shared.http.metrics import ClientMetrics


class TargetMetrics:
    """The same metrics, of one target."""

    def __init__(self, metrics: ClientMetrics, target: str) -> None:
        self._metrics, self._target = metrics, target

    def attempted(self, method: str, outcome: str, seconds: float) -> None:
        """Take note of an attempt; its outcome is a status, or the kind of error."""
        self._metrics.seconds.labels(self._target, method, outcome).observe(seconds)

    def retried(self) -> None:
        """Take note of a retry."""
        self._metrics.retries.labels(self._target).inc()

    def ejected(self, instance: Instance, *, ejected: bool) -> None:
        """Take note of the circuit to an instance."""
        self._metrics.ejected.labels(self._target, str(instance)).set(ejected)

    def gone(self, instance: Instance) -> None:
        """Forget an instance that is not there any more."""
        if instance.ejections:
            self._metrics.ejected.remove(self._target, str(instance))
