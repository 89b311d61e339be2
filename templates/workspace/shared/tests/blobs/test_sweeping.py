"""A folder is swept when it is opened."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from shared.blobs import open_blobs
from shared.testing import wait_until
from tests.blobs.examples import settings_for

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_folder_is_swept_of_what_expired_and_what_nobody_finished(tmp_path: Path) -> None:
    ages = (("expired", 1), ("old.part", 7200), ("new.part", 1), ("kept", -60))
    for name, age in ages:
        await asyncio.to_thread((tmp_path / name).touch)
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    both = (["kept", "new.part"], ["new.part", "kept"])
    async with open_blobs(settings_for(f"file://{tmp_path}")):

        async def swept() -> bool:
            return await asyncio.to_thread(os.listdir, tmp_path) in both

        await wait_until(swept, what="sweeping")
