"""Child processes that never outlive us, free ports, and a proxy that can cut a connection."""

from generator.processes.child import Account, Child, Command
from generator.processes.group import Completed, Processes, StoppedError
from generator.processes.guard import Guard
from generator.processes.ports import free_port
from generator.processes.proxy import Proxy, UncuttableError

__all__ = [
    "Account",
    "Child",
    "Command",
    "Completed",
    "Guard",
    "Processes",
    "Proxy",
    "StoppedError",
    "UncuttableError",
    "free_port",
]
