"""Machines with Redis in one place, and a run on them."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from generator.backing import BackingServices, Places
from generator.backing.redis.server import embedded_program
from tests.backing.machine import NOWHERE, REDIS, opened

INSTALLED = replace(NOWHERE, redis_programs=Places().redis_programs)
EMBEDDED = replace(NOWHERE, redis_package=Places().redis_package)


def program() -> Path:
    """Redis on this machine: installed, else the wheel's."""
    found = next(filter(None, map(shutil.which, Places().redis_programs)), None)
    return Path(found) if found else embedded_program(Places())


@contextmanager
def opened_redis(
    variables: Mapping[str, str], places: Places = NOWHERE
) -> Iterator[BackingServices]:
    """Redis as `open_backing` finds it there."""
    with opened(variables, places, REDIS) as services:
        yield services


def namespace_of(services: BackingServices, name: str = "users-api") -> tuple[str, str]:
    """The URL and the prefix that one service gets, and no more."""
    variables = services.isolate(name, REDIS)
    assert set(variables) == {"REDIS_URL", "REDIS_PREFIX"}
    return variables["REDIS_URL"], variables["REDIS_PREFIX"]
