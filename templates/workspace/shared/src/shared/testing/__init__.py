"""What the tests of a service are made of."""

from shared.testing.app import client, log_plainly, logged, set_environment
from shared.testing.processes import run_app, served_app
from shared.testing.proxy import Proxy, proxy
from shared.testing.waiting import wait_until

__all__ = [
    "Proxy",
    "client",
    "log_plainly",
    "logged",
    "proxy",
    "run_app",
    "served_app",
    "set_environment",
    "wait_until",
]
