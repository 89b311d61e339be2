"""The servers of a verification begin when they are known to be needed, each by itself."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from generator.backing import BackingKind, BackingUnavailableError, Request
from generator.catalog import BackingNeeds, FeatureSpec, TemplateSpec
from generator.usecases.lazy_backing import LazyBacking, ServiceVariables, begun_early
from tests.backing.machine import (
    DEADLINE,
    NOWHERE,
    RABBITMQ,
    REDIS,
    environment,
    is_clean,
    open_folder,
    processes,
    wait_until,
)
from tests.backing.redis.machine import EMBEDDED

SENDER = TemplateSpec(
    name="sender",
    schema=1,
    summary="sends",
    first_port=1,
    backing=BackingNeeds(needed=frozenset({"redis"})),
    features=(FeatureSpec(name="mail", summary="by mail", needs=frozenset({"rabbitmq"})),),
)


@pytest.fixture
def programs() -> Iterator[Path]:
    """A folder for programs that every user may run."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


def _request(scratch: Path, **more: str) -> Request:
    return Request(environment=environment(scratch, **more), places=EMBEDDED)


def test_what_is_begun_starts_while_nobody_waits_for_it(scratch: Path) -> None:
    told: list[str] = []
    with LazyBacking(_request(scratch), report=told.append) as backing:
        backing.begin(REDIS)
        assert processes("generator.backing.supervisor", parent=os.getpid())
        assert told == []
        assert set(backing.isolate("users-api", REDIS)) == {"REDIS_URL", "REDIS_PREFIX"}
        backing.isolate("orders-api", REDIS)
        assert [line.partition(", ")[0] for line in told] == ["redis: embedded"]
    assert is_clean(scratch)


def test_nothing_starts_when_nobody_asks(scratch: Path) -> None:
    told: list[str] = []
    with LazyBacking(_request(scratch), report=told.append) as backing:
        assert dict(ServiceVariables(backing, "shared", frozenset(), {"A": "1"})) == {"A": "1"}
    assert told == []


def test_a_server_that_cannot_be_had_takes_no_other_away(scratch: Path) -> None:
    with LazyBacking(_request(scratch, PATH=str(scratch))) as backing:
        errors = []
        for name in ("media-worker", "mail-worker"):
            with pytest.raises(BackingUnavailableError, match="RabbitMQ is needed") as caught:
                backing.isolate(name, REDIS | RABBITMQ)
            errors.append(caught.value.hint)
        assert errors[0] == errors[1]
        assert backing.missing is not None
        assert backing.missing.exit_code == 6
        assert backing.isolate("users-api", REDIS)["REDIS_PREFIX"]


def test_who_waits_for_a_server_is_let_go_when_the_run_is_given_up(
    scratch: Path, programs: Path
) -> None:
    for name in ("rabbitmq-server", "erl", "epmd"):
        (programs / name).write_text("#!/bin/sh\nexec sleep 600\n")
        (programs / name).chmod(0o755)
    request = _request(scratch, PATH=f"{programs}:/usr/bin:/bin")
    places = replace(NOWHERE, rabbitmq_bindirs=(str(programs),))
    with (
        LazyBacking(replace(request, places=places)) as backing,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(backing.isolate, "media-worker", RABBITMQ)
        wait_until(lambda: bool(processes("sleep 600")) and any(scratch.iterdir()))
        backing.abandon()
        with pytest.raises(BackingUnavailableError, match="has ended"):
            waiting.result(DEADLINE)
    assert is_clean(scratch)


def test_only_what_starts_slowly_starts_before_it_is_asked_for(scratch: Path) -> None:
    request = replace(_request(scratch, PATH=str(scratch)), places=NOWHERE)
    for features, slow in ((["mail"], True), ([], False)):
        with begun_early(SENDER, features, request) as backing:
            assert bool(backing.begun & {BackingKind.RABBITMQ}) is slow
            assert BackingKind.REDIS not in backing.begun
