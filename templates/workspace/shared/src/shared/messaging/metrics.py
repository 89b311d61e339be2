"""Counts and times messages, for Prometheus."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.lifecycle import Resource


class MessagingMetrics:
    """The metrics of all messages that a process sends and handles."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.published = Counter(
            "messaging_published",
            "Messages that the broker confirmed.",
            ("kind", "name"),
            registry=registry,
        )
        self._seconds = Histogram(
            "messaging_handling_seconds",
            "Time from taking a message to settling it.",
            ("queue", "name", "outcome"),
            registry=registry,
        )
        self.in_flight = Gauge(
            "messaging_in_flight",
            "Messages being handled now.",
            ("queue",),
            registry=registry,
        )
        # Finding one by its labels each time takes longer than to observe with it.
        self.seconds = cache(self._seconds.labels)


MESSAGING_METRICS = Resource(
    provides=MessagingMetrics,
    factory=lambda resources: MessagingMetrics(resources.get(CollectorRegistry)),
    requires=(CollectorRegistry,),
)
