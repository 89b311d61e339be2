"""Nothing is lost and nothing takes effect twice, whatever fails meanwhile."""

import asyncio
from collections.abc import Iterator

import pytest

from generator.backing.providers import UnsuitableError
from tests.faults.arena import Servers, arena, own_servers
from tests.faults.catalog import SCENARIOS, Scenario
from tests.faults.figures import Figures
from tests.faults.sizes import SMALL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    try:
        with own_servers() as started:
            yield started
    except UnsuitableError as error:
        pytest.skip(str(error).splitlines()[0])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_each_task_takes_effect_once_in_spite_of(scenario: Scenario, servers: Servers) -> None:
    async def play() -> Figures:
        async with arena(servers) as opened:
            return await scenario.play(opened, SMALL)

    scenario.check(asyncio.run(play()))
