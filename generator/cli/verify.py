"""stub"""

from pathlib import Path


def verify() -> None: ...
