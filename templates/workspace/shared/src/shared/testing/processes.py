"""The service as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from pathlib import Path


async def run_app(root: Path, *arguments: str, **variables: str) -> Process:
    """Start `python -m app` in a service's folder, in this environment with these variables."""
    environment = {**os.environ, "PYTHONPATH": "src", **variables}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *arguments),
        cwd=root,
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
    )
