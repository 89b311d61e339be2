"""Telegram's Bot API on loopback: bots talk to it, and tests act as the people."""

from shared.testing.telegram.bots import Call, FakeBot, File
from shared.testing.telegram.chats import ActionError, FakeChat, Photo, Press
from shared.testing.telegram.failures import Failure, FloodLimits
from shared.testing.telegram.server import FakeTelegram

__all__ = [
    "ActionError",
    "Call",
    "Failure",
    "FakeBot",
    "FakeChat",
    "FakeTelegram",
    "File",
    "FloodLimits",
    "Photo",
    "Press",
]
