"""What the tests of a service are made of."""

from shared.testing.client import client
from shared.testing.environment import set_environment
from shared.testing.logs import logged
from shared.testing.processes import run_app
from shared.testing.proxy import Proxy, proxy
from shared.testing.serving import served_app
from shared.testing.waiting import wait_until

__all__ = [
    "Proxy",
    "client",
    "logged",
    "proxy",
    "run_app",
    "served_app",
    "set_environment",
    "wait_until",
]
