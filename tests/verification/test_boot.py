"""A process that does not come up, lies about being ready or does not stop is found out."""

import dataclasses
import errno
from pathlib import Path

import pytest

from generator.catalog import ProcessSpec
from generator.processes import Proxy, ask
from generator.verification import Check, CheckResult, Options, Outcome
from tests.verification.support import BUSINESS, GOOD, LIMITS, Shop

pytestmark = pytest.mark.slow

MAIN = "src/app/__main__.py"
TEXT = (GOOD / MAIN).read_text()
QUICK = dataclasses.replace(LIMITS, unready=1, recovery=3, stop=1)


def changed(old: str, new: str) -> dict[str, str]:
    assert old in TEXT
    return {MAIN: TEXT.replace(old, new)}


HANDLER = "lambda *_: threading.Thread(target=server.shutdown).start()"
ONCE = (
    "from app.backend import answers as really\n\nSEEN: list[bool] = []\n\n\n"
    "def answers() -> bool:\n    SEEN.append(bool(SEEN) or really())\n    return SEEN[-1]\n"
)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({MAIN: 'raise SystemExit("no API_KEYS")\n'}, "no API_KEYS"),
        (
            changed("server = Thr", 'raise SystemExit("no port")\n    server = Thr'),
            "the process ended by itself, with exit code 1",
        ),
        (changed("server.serve_forever(poll_interval=0.05)", ""), "exit code 0"),
        (changed("200 if answers() else 503", "503"), "/ready said 503"),
        (changed('"/health": 200', '"/health": 500'), "/health answered 500"),
        (changed("200 if answers() else 503", "200"), "/ready lies"),
        (changed("from app.backend import answers\n", ONCE), "/ready lies"),
        (changed(HANDLER, "signal.SIG_IGN"), "still running 1 s after SIGTERM"),
        (changed(HANDLER, "signal.SIG_DFL"), "died of SIGTERM"),
        (changed(HANDLER, "lambda *_: os._exit(3)"), "exit code 3 after SIGTERM"),
    ],
)
def test_a_fault_of_the_process_is_found(shop: Shop, files: dict[str, str], reason: str) -> None:
    shop.add("boot", files)
    limits = dataclasses.replace(QUICK, ready=5) if "said 503" in reason else QUICK
    result = shop.check("boot", Check.BOOT, limits=limits)[Check.BOOT]
    assert result.outcome is Outcome.FAILED
    assert reason in result.reason


def refusing(what: str) -> str:
    """The process, ended by this while TOKEN is empty."""
    check = f'if not os.environ["TOKEN"]:\n        {what}\n    server = Thr'
    return TEXT.replace("server = Thr", check)


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        (refusing('raise SystemExit("TOKEN is empty")'), ""),
        (TEXT, "it starts while TOKEN is empty"),
        (refusing('raise SystemExit("Something is empty")'), "does not say that TOKEN is"),
        (refusing("raise SystemExit(0)"), "exit code 0, as if nothing were missing"),
    ],
)
def test_a_secret_that_only_a_person_can_give_is_refused_by_name_while_it_is_empty(
    shop: Shop, main: str, reason: str
) -> None:
    shop.add("boot", {MAIN: main})
    job = shop.job("boot", required=frozenset({"TOKEN"}))
    options = Options(only=frozenset({Check.BOOT}), limits=LIMITS, workspace=False, shared=False)
    result = {each.check: each for each in shop.report(job, options=options).results}[Check.BOOT]
    assert (result.outcome is Outcome.PASSED) is (reason == ""), result.reason
    assert reason in result.reason
    if reason:
        assert result.command.startswith("TOKEN= ")


def test_the_process_is_started_and_asked_as_its_manifest_says(shop: Shop) -> None:
    folder = shop.add("boot", {"src/app/serve.py": TEXT.replace('"/ready"', '"/up"')})
    (folder / MAIN).write_text('raise SystemExit("not me")\n')
    process = ProcessSpec(command=("python", "-m", "app.serve"), prepare=("migrate",), ready="/up")
    spec = dataclasses.replace(BUSINESS, process=process)
    result = shop.check("boot", Check.BOOT, spec=spec)[Check.BOOT]
    assert result.outcome is Outcome.PASSED, result.reason
    wrong = dataclasses.replace(spec, process=dataclasses.replace(process, health="/alive"))
    result = shop.check("boot", Check.BOOT, spec=wrong)[Check.BOOT]
    assert "/alive answered 404" in result.reason


def test_how_long_it_may_take_is_what_its_manifest_says(shop: Shop) -> None:
    shop.add("boot", changed("200 if answers() else 503", "503"))
    spec = dataclasses.replace(BUSINESS, process=ProcessSpec(start_seconds=3))
    limits = dataclasses.replace(QUICK, ready=None)
    result = shop.check("boot", Check.BOOT, limits=limits, spec=spec)[Check.BOOT]
    assert result.reason.startswith("did not get ready, in 3 s: /ready said 503")


PLAYED = (
    "import json, sys, time\n\nprint('starting', flush=True)\n"
    "print(json.dumps({'POST_OFFICE_URL': sys.argv[1]}), flush=True)\ntime.sleep(600)\n"
)
URL = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("stub", "said"),
    [
        ('raise SystemExit("no port is free")\n', "no port is free"),
        (PLAYED.replace("POST_OFFICE_URL", "POST_URL"), "POST_URL"),
        ("import time\n\nprint([1], flush=True)\ntime.sleep(600)\n", "[1]"),
    ],
)
def test_what_plays_a_service_of_somebody_elses_and_does_not_start_is_named(
    shop: Shop, stub: str, said: str
) -> None:
    shop.add("boot", {"stub.py": stub})
    result = boot_beside_stub(shop, ("python", "stub.py", URL), ready=6)
    assert result.outcome is Outcome.FAILED
    command = f"what plays POST_OFFICE_URL did not start (python stub.py {URL}):"
    assert result.reason.startswith(command)
    assert said in result.reason


def test_what_plays_a_service_of_somebody_elses_is_where_the_process_looks_for_it(
    shop: Shop,
) -> None:
    looking = f'assert os.environ["POST_OFFICE_URL"] == {URL!r}\n    server = Thr'
    shop.add("boot", {"stub.py": PLAYED, **changed("server = Thr", looking)})
    result = boot_beside_stub(shop, ("python", "stub.py", URL), ready=20)
    assert result.outcome is Outcome.PASSED, result.reason


def boot_beside_stub(shop: Shop, stub: tuple[str, ...], *, ready: float) -> CheckResult:
    job = dataclasses.replace(shop.job("boot"), external_stubs={"POST_OFFICE_URL": stub})
    limits = dataclasses.replace(LIMITS, ready=ready)
    options = Options(only=frozenset({Check.BOOT}), limits=limits, workspace=False, shared=False)
    return next(r for r in shop.report(job, options=options).results if r.check is Check.BOOT)


def test_a_service_that_never_recovers_is_found(shop: Shop) -> None:
    sulking = (
        "from app.backend import answers as really\n\nSEEN: list[bool] = []\n\n\n"
        "def answers() -> bool:\n    SEEN.append(really())\n    return all(SEEN)\n"
    )
    shop.add("boot", changed("from app.backend import answers\n", sulking))
    result = shop.check("boot", Check.BOOT, limits=QUICK)[Check.BOOT]
    assert result.reason.startswith("did not get ready again when BACKEND_URL was, in 3 s")


def test_nothing_of_the_process_is_left_behind(shop: Shop, tmp_path: Path) -> None:
    """A child that outlives the process answers on a port; afterwards nobody does."""
    note = tmp_path / "port"
    child = (
        "from http.server import HTTPServer, SimpleHTTPRequestHandler as Handler;"
        'server = HTTPServer(("127.0.0.1", 0), Handler);'
        "print(server.server_port, flush=True);"
        "server.serve_forever()"
    )
    breeding = (
        f"import pathlib\nimport subprocess\n\nPROGRAM = {child!r}\n"
        "CHILD = subprocess.Popen([sys.executable, '-c', PROGRAM], stdout=subprocess.PIPE)\n"
        f"pathlib.Path({str(note)!r}).write_bytes(CHILD.stdout.readline())\n"
    )
    shop.add("boot", changed("\nclass Handler", f"{breeding}\n\nclass Handler"))
    result = shop.check("boot", Check.BOOT)[Check.BOOT]
    assert result.outcome is Outcome.PASSED
    assert ask(int(note.read_text()), "/").status == 0


def test_a_failing_prepare_step_is_told_with_its_output(shop: Shop) -> None:
    shop.add("boot", changed('print("nothing to migrate")', 'sys.exit("no table")'))
    result = shop.check("boot", Check.BOOT)[Check.BOOT]
    assert (result.outcome, result.reason) == (Outcome.FAILED, "no table")
    assert result.command.endswith("python -m app migrate")


def test_a_dependency_that_cannot_be_cut_off_is_not_reported_green(shop: Shop) -> None:
    shop.add("boot")
    sealed = dataclasses.replace(shop, backend_url="postgresql:///x?host=/run/postgresql")
    result = sealed.check("boot", Check.BOOT)[Check.BOOT]
    assert result.outcome is Outcome.NOT_RUN
    assert "cannot be put to the test" in result.reason


def test_secrets_of_the_process_are_not_in_the_report(shop: Shop) -> None:
    shop.add("boot", changed('print("nothing to migrate")', 'sys.exit(os.environ["BACKEND_URL"])'))
    result = shop.check("boot", Check.BOOT)[Check.BOOT]
    assert "a-long-secret" not in result.reason + result.output
    assert "user:***@" in result.output


def test_what_is_optional_is_cut_off_too_and_must_leave_it_ready(shop: Shop) -> None:
    shop.add("boot")
    job = shop.job("boot")
    optional = dataclasses.replace(job, dependencies=frozenset(), optional=job.dependencies)
    limits = dataclasses.replace(QUICK, steady=5)
    options = Options(only=frozenset({Check.BOOT}), limits=limits, workspace=False, shared=False)
    [*_, result] = shop.report(optional, options=options).results
    assert "BACKEND_URL is optional, but without it /ready said 503" in result.reason
    shop.add("boot", changed("200 if answers() else 503", "200"))
    options = dataclasses.replace(options, limits=dataclasses.replace(limits, steady=0.3))
    [*_, result] = shop.report(optional, options=options).results
    assert result.outcome is Outcome.PASSED, result.reason


HTTP = """
import os
import urllib.request


def answers() -> bool:
    try:
        with urllib.request.urlopen(os.environ["BACKEND_URL"] + "/health", timeout=2) as answer:
            return bool(answer.read() == b'{"status": "ok"}')
    except OSError:
        return False
"""


def test_a_service_that_is_called_is_played_and_cut_off(shop: Shop) -> None:
    job = dataclasses.replace(shop.job("boot"), stubs=frozenset({"BACKEND_URL"}))
    options = Options(only=frozenset({Check.BOOT}), limits=QUICK, workspace=False, shared=False)
    shop.add("boot", {"src/app/backend.py": HTTP})
    [*_, result] = shop.report(job, options=options).results
    assert result.outcome is Outcome.PASSED, result.reason
    shop.add("boot", {"src/app/backend.py": HTTP, **changed("answers() else 503", "True else 503")})
    [*_, result] = shop.report(job, options=options).results
    assert "/ready lies: it still said 200 1 s after BACKEND_URL was cut off" in result.reason


def test_a_port_that_somebody_took_meanwhile_costs_another_attempt(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, taken = Proxy.cut, [True]

    def cut_once_in_vain(proxy: Proxy) -> None:
        if taken and proxy.port:
            taken.clear()
            raise OSError(errno.EADDRINUSE, "Address already in use")
        cut(proxy)

    shop.add("boot", {})
    monkeypatch.setattr(Proxy, "cut", cut_once_in_vain)
    result = shop.check("boot", Check.BOOT, limits=QUICK)[Check.BOOT]
    assert (result.outcome, taken) == (Outcome.PASSED, [])
