"""What use cases report while they work, so that the floor above can show it."""

from typing import Protocol


class Reporter(Protocol):
    """Takes short sentences for people; what it does with them is the terminal's business."""

    def __call__(self, message: str, /) -> None:
        """Take one sentence."""


def silent(message: str, /) -> None:
    """Report to nobody."""
    del message
