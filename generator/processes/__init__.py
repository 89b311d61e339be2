"""Child processes that never outlive us, free ports, and a proxy that can cut a connection."""

from generator.processes.announced import announced_url
from generator.processes.child import Account, Child, Command, OnLines
from generator.processes.group import Completed, Processes, StoppedError
from generator.processes.guard import Guard
from generator.processes.ports import free_port, lasting_port
from generator.processes.probe import Answer, ask, wait_for
from generator.processes.proxy import Proxy, UncuttableError

__all__ = [
    "Account",
    "Answer",
    "Child",
    "Command",
    "Completed",
    "Guard",
    "OnLines",
    "Processes",
    "Proxy",
    "StoppedError",
    "UncuttableError",
    "announced_url",
    "ask",
    "free_port",
    "lasting_port",
    "wait_for",
]
