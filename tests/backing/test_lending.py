"""`generator backing` and `generator run` lend servers, and take them back."""

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import generator
from generator.answers import ANSWERS_FILE
from generator.backing.redis.keys import read_info
from generator.server_url import ServerUrl
from tests.backing.lent import Lent
from tests.backing.machine import (
    bindir,
    environment,
    is_clean,
    line_of,
    processes,
    psql,
    running_python,
    wait_until,
)
from tests.support.checkout import PROJECT

_PACKAGE = str(Path(generator.__file__).resolve().parents[1])
_ASKING = """
import subprocess, sys
lender = subprocess.Popen(
    [sys.executable, "-m", "generator", "backing", "redis"], stdin=subprocess.PIPE, text=True
)
lender.wait()
"""
# Says which signals come, until it is told to end.
_TOLD = """
import os, signal, sys
def note(number, frame):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")
    if number == signal.SIGTERM:
        sys.exit(7)
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM):
    signal.signal(number, note)
# Not by print, which the first signal may find at work and must not enter again.
os.write(1, b"begun\\n")
while True:
    signal.pause()
"""


def _variables(scratch: Path, **more: str) -> dict[str, str]:
    more = {"PATH": f"{bindir()}:/usr/bin:/bin", **more}
    return {**environment(scratch), **more, "PYTHONPATH": _PACKAGE}


@contextmanager
def _started(scratch: Path, *words: str, **more: str) -> Iterator["subprocess.Popen[str]"]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", "generator", *words],
        env=_variables(scratch, **more),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        # Without a terminal, wherever these tests are run.
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
    # Whoever is killed leaves the rest to the guard.
    wait_until(lambda: is_clean(scratch))


def _ended(scratch: Path, *words: str, **more: str) -> tuple[int, str]:
    return _ended_in(scratch, scratch.parent, *words, **more)


def _ended_in(scratch: Path, folder: Path, *words: str, **more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "generator", *words],
        env=_variables(scratch, **more),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def _redis_answers(urls: Mapping[str, str]) -> bool:
    try:
        return bool(read_info(ServerUrl.parse(urls["REDIS_URL"], "redis")))
    except OSError:
        return False


def test_it_prints_urls_on_a_line_and_lives_until_its_input_ends(scratch: Path) -> None:
    with _started(scratch, "backing", "redis", "postgres") as lender:
        urls = json.loads(line_of(lender))
        assert urls["schema"] == 1
        assert _redis_answers(urls)
        assert psql(urls["DATABASE_URL"], "SELECT 1") == "1"
        assert urls["REDIS_PREFIX"].startswith("verify_")
        nothing, said = lender.communicate()
        assert (lender.returncode, nothing) == (0, "")
        assert sorted(line.partition(":")[0] for line in said.splitlines()) == ["postgres", "redis"]
        assert not _redis_answers(urls)


def test_lines_for_a_shell_or_an_editor(scratch: Path) -> None:
    with _started(scratch, "backing", "redis", "--env") as lender:
        lines = dict(shlex.split(line_of(lender))[0].split("=", 1) for _ in range(3))
        assert lines["CACHE_REDIS_URL"] == lines["REDIS_URL"]
        assert _redis_answers(lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_as_the_end_of_its_input_does(
    scratch: Path, number: signal.Signals
) -> None:
    with _started(scratch, "backing", "redis") as lender:
        line_of(lender)
        lender.send_signal(number)
        assert lender.wait(30) == 0
        assert is_clean(scratch)


def test_a_signal_while_a_server_starts_leaves_nothing(scratch: Path) -> None:
    with _started(scratch, "backing", "postgres") as lender:
        wait_until(lambda: bool(processes(f"-D {scratch}")))
        lender.send_signal(signal.SIGTERM)
        assert lender.wait(30) == 128 + signal.SIGTERM
        assert is_clean(scratch)


def test_killed_itself_it_leaves_nothing(scratch: Path) -> None:
    with _started(scratch, "backing", "redis") as lender:
        line_of(lender)
        lender.kill()
        wait_until(lambda: is_clean(scratch))


def test_whoever_asked_is_killed_and_nothing_is_left(scratch: Path) -> None:
    with running_python(_ASKING, _variables(scratch)) as asker:
        assert line_of(asker).startswith("{")
        assert not is_clean(scratch)
        asker.kill()
        wait_until(lambda: is_clean(scratch))


def test_two_at_once_on_one_server_do_not_meet(scratch: Path, lent: Lent, stack: ExitStack) -> None:
    before = lent.names()
    words = "backing", "postgres"
    named = {"GENERATOR_POSTGRES_URL": lent.url("scrambled")}
    lenders = [stack.enter_context(_started(scratch, *words, **named)) for _ in range(2)]
    first, second = (urlsplit(json.loads(line_of(each))["DATABASE_URL"]) for each in lenders)
    assert first.netloc.rpartition("@")[2] == second.netloc.rpartition("@")[2]
    assert first.path != second.path
    for each in lenders:
        each.communicate()
    assert lent.names() == before


def test_a_name_that_is_none_is_one_line(scratch: Path) -> None:
    code, said = _ended(scratch, "backing", "redis", "mysql")
    assert code == 2
    assert said.splitlines() == [
        "error: There is no backing service 'mysql'.",
        "  hint: Backing services: postgres, redis, redis-cache, rabbitmq.",
    ]


def test_a_server_that_is_not_to_be_had_is_code_6_and_the_others_go(scratch: Path) -> None:
    code, said = _ended(
        scratch, "run", "--with", "redis,rabbitmq", "--", "/bin/true", PATH="/nowhere"
    )
    assert code == 6
    assert "error: RabbitMQ is needed, and none could be started or found." in said
    assert is_clean(scratch)


def test_input_that_has_ended_already_is_said(scratch: Path) -> None:
    code, said = _ended(scratch, "backing", "postgres")
    assert code == 2
    assert "error: Standard input ended before the servers were there" in said
    assert is_clean(scratch)


def test_a_command_gets_the_urls_and_its_exit_code_is_passed_on(scratch: Path) -> None:
    script = 'echo "$REDIS_URL $DATABASE_URL $COLOUR"; exit 7'
    code, said = _ended(
        scratch,
        "run",
        "--with",
        "redis",
        "sh",
        "-c",
        script,
        COLOUR="red",
        DATABASE_URL="x",
    )
    assert code == 7
    assert said.splitlines()[-1].startswith("redis://") or said.startswith("redis://")
    assert " x red\n" in said
    assert is_clean(scratch)


def test_the_signal_that_ends_a_command_is_its_exit_code(scratch: Path) -> None:
    code, _ = _ended(scratch, "run", "--with", "redis", "--", "sh", "-c", "kill -9 $$")
    assert code == 128 + signal.SIGKILL


def test_signals_reach_the_command(scratch: Path) -> None:
    words = "run", "--with", "redis", "--", sys.executable, "-c", _TOLD
    with _started(scratch, *words) as runner:
        assert line_of(runner) == "begun"
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM):
            runner.send_signal(number)
            assert line_of(runner) == number.name
        assert runner.wait(30) == 7
        assert is_clean(scratch)


def test_a_killed_run_takes_the_command_and_its_children_along(scratch: Path) -> None:
    script = f"sleep 1000 {scratch} & echo $!; wait"
    with _started(scratch, "run", "--with", "redis", "--", "sh", "-c", script) as runner:
        child = line_of(runner)
        assert processes(str(scratch))
        runner.kill()
        wait_until(lambda: is_clean(scratch))
        assert not Path("/proc", child).exists()


def test_a_command_that_is_none_is_said_before_anything_starts(scratch: Path) -> None:
    code, said = _ended(scratch, "run", "--with", "redis", "--", "no-such-command")
    assert (code, said) == (127, "error: There is no command 'no-such-command'.\n")


def test_secrets_of_the_shell_are_not_handed_on_unless_they_are_named(scratch: Path) -> None:
    secrets = {"GITHUB_TOKEN": "1", "MAIL_API_KEY": "2", "JWT_SECRET": "3"}
    words = "run", "--with", "redis", "--keep", "JWT_SECRET", "--", "env"
    _, said = _ended(scratch, *words, **secrets)
    lines = said.splitlines()
    assert "not handed on: GITHUB_TOKEN, MAIL_API_KEY (--keep NAME does)" in lines
    assert "JWT_SECRET=3" in lines
    assert not {"GITHUB_TOKEN=1", "MAIL_API_KEY=2"} & set(lines)


@pytest.mark.parametrize(
    ("place", "kinds"),
    [
        ("services/users-data", {"DATABASE_URL"}),
        ("services/users-data/src", {"DATABASE_URL"}),
        ("services/users-api", {"REDIS_URL"}),
        ("shared", set[str]()),
        (".", {"DATABASE_URL", "REDIS_URL"}),
    ],
)
def test_without_a_choice_it_is_what_the_code_there_needs(
    scratch: Path, tmp_path: Path, place: str, kinds: set[str]
) -> None:
    _answers(tmp_path, "template: workspace\nworkspace_name: shop\n")
    _service(tmp_path, "data-postgres", "users-data", "[]")
    _service(tmp_path, "fastapi", "users-api", "[cache]")
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    code, said = _ended_in(scratch, tmp_path / place, "run", "--", "env")
    assert code == 0, said
    assert {line.partition("=")[0] for line in said.splitlines()} >= kinds
    told = {line.partition(":")[0] for line in said.splitlines()} & {"postgres", "redis"}
    assert len(told) == len(kinds)


def test_outside_of_a_workspace_it_must_be_said(scratch: Path, tmp_path: Path) -> None:
    code, said = _ended_in(scratch, tmp_path, "run", "--", "env")
    assert code == 2
    assert "--with postgres,redis,rabbitmq" in said


def _answers(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ANSWERS_FILE).write_text(f"_src_path: x\n_commit: v1\n{text}")


def _service(workspace: Path, template: str, name: str, features: str) -> None:
    """A service as a command reads it: its answers, and the facts of its template."""
    folder = workspace / "services" / name
    _answers(
        folder,
        f"template: {template}\nservice_name: {name}\ndescription: d\nowner: o\nport: 8000\n"
        f"features: {features}\n",
    )
    shutil.copy(PROJECT / "templates" / template / "template.yml", folder)
