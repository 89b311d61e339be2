"""A fake of the service that another one calls: real HTTP, held to a contract, with faults."""

from shared.testing.provider.faults import Fault, answering, flapping, hanging
from shared.testing.provider.provider import Provider
from shared.testing.provider.serving import serving

__all__ = ["Fault", "Provider", "answering", "flapping", "hanging", "serving"]
