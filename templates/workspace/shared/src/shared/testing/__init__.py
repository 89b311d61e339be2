"""What the tests of a service are made of."""

from shared.testing.client import client
from shared.testing.environment import set_environment
from shared.testing.waiting import wait_until

__all__ = ["client", "set_environment", "wait_until"]
