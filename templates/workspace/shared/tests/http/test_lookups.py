"""Looking up a name may fail, and then what was known counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.http.directory import REFRESH_SECONDS
from shared.http.resolving import system_resolver
from tests.support.names import A, Names, first, known

if TYPE_CHECKING:
    from tests.support.clock import Clock


async def test_while_names_cannot_be_looked_up_the_last_addresses_count(clock: Clock) -> None:
    names = Names(A)
    instances = known(names)
    await instances.line_up(())
    names.addresses = ()
    clock.now += REFRESH_SECONDS

    assert await first(instances) == A
    with pytest.raises(OSError, match="no such name"):
        await known(Names()).line_up(())


async def test_the_system_knows_loopback() -> None:
    assert await system_resolver("127.0.0.2", 80) == [("127.0.0.2", 80)]
