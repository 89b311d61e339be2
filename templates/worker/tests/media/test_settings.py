"""One number says how much memory there is; what is decoded at a time fits into it."""

import re

import pytest
from pydantic import ValidationError

from app.features import Settings
from app.media.settings import WORKER_MIB
from tests.support.processes import ROOT

COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")


async def test_the_decoders_and_the_worker_fit_into_the_memory(settings: Settings) -> None:
    for memory in (1100, 2048, 4096, 16_384):
        given = Settings(**settings.model_dump() | {"media_memory_mib": memory})
        taken = WORKER_MIB + given.decoders * given.decoder_memory_mib
        assert taken <= memory < taken + given.decoder_memory_mib
        assert given.media_limits.memory_mib == given.decoder_memory_mib


async def test_memory_for_less_than_one_picture_is_refused_and_says_how_much_is_needed(
    settings: Settings,
) -> None:
    with pytest.raises(ValidationError, match=r"MEDIA_MEMORY_MIB.*\d+ are needed"):
        Settings(**settings.model_dump() | {"media_memory_mib": 1000})


async def test_smaller_pictures_need_less(settings: Settings) -> None:
    given = {"media_memory_mib": 1000, "media_max_pixels": 10_000_000}
    assert Settings(**settings.model_dump() | given).decoders >= 2


async def test_the_containers_limit_is_the_same_number(settings: Settings) -> None:
    [limit] = re.findall(r"memory: \"(\$\{\w+:-\d+\})m\"", COMPOSE)
    [told] = re.findall(r"MEDIA_MEMORY_MIB: (\S+)", COMPOSE)
    assert limit == told
    assert told.endswith(f":-{settings.media_memory_mib}}}")
