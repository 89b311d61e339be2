"""What failed for good can be opened again, and nobody overrules who runs a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.status import ClaimResult, RegisterResult, State
from tests.support.tasks import claim_key

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore

NEW, KNOWN = RegisterResult(publish=True), RegisterResult(publish=False)


async def test_what_failed_for_good_can_be_opened_again_and_nothing_else(store: RedisStore) -> None:
    claim = await store.begin(claim_key("1"), 5)
    await store.fail(claim_key("1"), claim.token, seconds=0, error="E", reason="retries-exhausted")
    claim = await store.begin(claim_key("2"), 1)
    await store.complete(claim_key("2"), claim.token, seconds=0, result=None)
    await store.reopen([claim_key("1"), claim_key("2"), claim_key("3")])
    opened = await store.get("1")
    assert opened is not None
    assert (opened.state, opened.attempts, opened.error) == (State.QUEUED, 0, None)
    assert (await store.begin(claim_key("1"), 1)).result is ClaimResult.RUN
    assert (await store.begin(claim_key("2"), 1)).result is ClaimResult.DONE


async def test_a_message_that_nobody_could_read_does_not_overrule_who_runs_it(
    store: RedisStore,
) -> None:
    await store.begin(claim_key("1"), 1)
    assert not await store.fail(claim_key("1"), "", seconds=0, error="E", reason="invalid-json")
