"""A resource, as a feature of a service would write it."""

from prometheus_client import CollectorRegistry, Counter

from shared.lifecycle import Resource, Resources
from shared.settings import ServiceSettings


class Greeter:
    def __init__(self, name: str, count: Counter) -> None:
        self.name = name
        self.count = count

    def greet(self) -> str:
        self.count.inc()
        return f"hello from {self.name}"

    async def ping(self) -> None:
        if self.name == "sick":
            raise ConnectionError(self.name)


def new_greeter(resources: Resources) -> Greeter:
    count = Counter("greetings", "Said so far.", registry=resources.get(CollectorRegistry))
    return Greeter(resources.get(ServiceSettings).service_name, count)


greeter_resource = Resource(
    provides=Greeter,
    factory=new_greeter,
    requires=(ServiceSettings, CollectorRegistry),
    ping=Greeter.ping,
)
