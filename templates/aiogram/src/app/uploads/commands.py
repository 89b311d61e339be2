"""What can be done with the events of this feature on the command line."""

from click import Command

from app.uploads.consumers import CONSUMERS
from app.uploads.settings import UploadSettings
from shared.messaging.commands import Operated, dlq, topology

OPERATED = Operated(settings_class=UploadSettings, consumers=CONSUMERS)
COMMANDS: tuple[Command, ...] = (dlq, topology)
