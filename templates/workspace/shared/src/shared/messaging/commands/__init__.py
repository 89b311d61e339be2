"""The command line of a service with messaging: its dead letters, schedules and topology.

A service adds `dlq`, `schedule` and `topology` to its own `click` group, and sets the group's
`obj` to the `Operated` that says what they are about.
"""

from shared.messaging.commands.common import Operated
from shared.messaging.commands.dlq import dlq
from shared.messaging.commands.schedule import schedule
from shared.messaging.commands.topology import topology

__all__ = ["Operated", "dlq", "schedule", "topology"]
