"""What a run could not remove is told, remembered, and removed by the next `doctor --clean`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.backing import supervised
from tests.backing.lent import Lent
from tests.backing.machine import (
    HOLD,
    INSTALLED,
    REDIS,
    environment,
    line_of,
    opened,
    processes,
    psql,
    running_python,
    state_of,
    url_of,
)
from tests.backing.redis.lent import client, lend
from tests.backing.redis.machine import opened_redis, program


def clean(variables: dict[str, str]) -> dict[str, list[str]]:
    """What `generator doctor --clean` says that it removed and left; its exit code must fit."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "doctor", "--clean", "--json"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    said: dict[str, list[str]] = json.loads(done.stdout)
    assert done.returncode == (5 if said["left"] else 0), done.stderr
    return said


def test_a_clean_up_that_ran_out_of_time_says_what_may_be_left_and_is_made_up_for(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised, "_CLOSE_SECONDS", 0.0)
    with lend(program(), tmp_path) as server:
        variables = environment(scratch, GENERATOR_REDIS_URL=server.url())
        with client(server.url()) as redis:
            redis.set("verify_somebody", "else's")
            with opened_redis(variables) as services:
                prefix = services.isolate("users-api", REDIS)["REDIS_PREFIX"]
                redis.mset({f"{prefix}{number}": "x" for number in range(300_000)})
            [line] = services.left_behind
            run = prefix.partition(":")[0]
            assert f"what begins with {run} may be left (generator doctor --clean" in line
            assert redis.exists(f"{prefix}0")
        # Elsewhere it is not looked for, and stays remembered.
        assert clean(environment(scratch))["left"] == [
            f"redis at {server.place}: {run}* (name that server by GENERATOR_REDIS_URL)"
        ]
        assert clean(variables)["removed"] == [f"redis at {server.place}: {run}*"]
        assert server.keys() == {"verify_somebody"}
        assert clean(variables) == {"schema": 1, "removed": [], "left": []}


def test_databases_of_a_run_that_was_killed_whole_are_removed_and_those_of_a_living_one_stay(
    scratch: Path, lent: Lent
) -> None:
    before = lent.names()
    variables = environment(scratch, GENERATOR_POSTGRES_URL=lent.url("maker"))
    with opened(variables) as living:
        url = url_of(living)
        with running_python(HOLD, variables) as holder:
            line_of(holder), line_of(holder)
            [supervisor] = processes("backing.supervisor", parent=holder.pid)
            for pid in (supervisor, holder.pid):
                os.kill(pid, signal.SIGKILL)
        assert len(lent.names() - before) == 2
        [removed] = clean(variables)["removed"]
        assert removed.startswith(f"postgres at {lent.admin.place}: verify_")
        assert len(lent.names() - before) == 1
        assert psql(url, "SELECT 1") == "1"
    assert lent.names() == before
    assert list(state_of(scratch).rglob("*.json")) == []


def test_a_folder_whose_lock_nobody_holds_is_removed(scratch: Path) -> None:
    dead, strange = scratch / "bk-dead", scratch / "bk-strange"
    for folder in (dead, strange):
        (folder / "data").mkdir(parents=True)
    (dead / "lock").touch()
    with opened(environment(scratch), INSTALLED):
        assert clean(environment(scratch))["removed"] == [str(dead)]
        assert len(list(scratch.glob("bk-*/data"))) == 2
    (strange / "data").rmdir()
    strange.rmdir()


def test_containers_of_runs_that_have_ended_are_removed_by_their_label(
    scratch: Path, tmp_path: Path
) -> None:
    records = state_of(scratch) / "generator/runs"
    records.mkdir(parents=True)
    record = {"run": "ab12", "kind": "docker", "place": "verify-one"}
    (records / "ab12-docker.json").write_text(json.dumps(record))
    (tmp_path / "docker").write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n'
        'case $1 in ps) echo "verify-one ab12"; echo "verify-two cd34";; esac\n'
    )
    (tmp_path / "docker").chmod(0o755)
    variables = environment(scratch, PATH=f"{tmp_path}:/usr/bin:/bin")
    assert clean(variables)["removed"] == ["docker container verify-one"]
    calls = (tmp_path / "calls").read_text().splitlines()
    assert "--filter label=generator.run" in calls[0]
    assert calls[1:] == ["rm --force --volumes verify-one"]
    assert list(records.iterdir()) == []
