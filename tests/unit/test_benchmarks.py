"""A benchmark's figures reach the reader as they are; nothing here is timed."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.benchmarks.bursts import Figures, middle
from tests.benchmarks.compared import load_ratios, load_rows, memory_ratio
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.load import Order, request, requests
from tests.benchmarks.machine import machine
from tests.benchmarks.report import document, markdown
from tests.benchmarks.tasks.meter import Meter
from tests.benchmarks.tasks.processes import Side

RESULT = Result(
    title="Speed",
    rows=(
        Row(subject="ours", figures={"ms": 120.4, "CPU ms": 1.5}),
        Row(subject="peer", figures={"ms": 100.0, "CPU ms": 1.0}),
    ),
    ratios=(
        Ratio(what="kept", value=1.2, limit=1.5),
        Ratio(what="missed", value=1.6, limit=1.5),
        Ratio(what="free", value=9.0),
    ),
    notes=("mind the gap",),
)


def test_the_table_has_every_figure_and_each_budgets_verdict() -> None:
    shown = markdown(RESULT).splitlines()
    assert "|  | ms | CPU ms |" in shown
    assert "| ours | 120 | 1.50 |" in shown
    assert "| kept | **1.20** | within 1.5 |" in shown
    assert "| missed | **1.60** | over 1.5 |" in shown
    assert "| free | **9.00** |  |" in shown
    assert shown[-1] == "- mind the gap"


def test_the_document_names_the_machine_and_the_verdicts() -> None:
    written = document(machine(0.5), [RESULT])
    assert written["machine"]["load_before"] == 0.5
    assert [r["verdict"] for r in written["results"][0]["ratios"]] == ["within 1.5", "over 1.5", ""]


def test_the_middle_of_bursts_is_taken_figure_by_figure() -> None:
    bursts = [
        Figures(rate=rate, p50=50 - rate, p95=1, cpu=1, memory=1, busy=0) for rate in (10, 30, 20)
    ]
    assert (middle(bursts).rate, middle(bursts).p50) == (20, 30)


def test_given_requests_go_round_and_creations_never_repeat() -> None:
    texts = [request("GET", f"/{name}", {"X-API-Key": "k"}) for name in "ab"]
    read = requests(Order(port=1, connections=1, seconds=1, texts=texts))
    assert [read().split(b" ")[1] for _ in range(3)] == [b"/a", b"/b", b"/a"]
    create = requests(Order(port=1, connections=1, seconds=1, key="k", mark="m"))
    made = [create() for _ in range(2)]
    assert [f'"m-{number}"'.encode() in text for number, text in enumerate(made)] == [True, True]


def test_a_request_says_how_long_its_body_is() -> None:
    assert request("POST", "/x", {"A": "b"}, {"c": "d"}).splitlines() == [
        "POST /x HTTP/1.1",
        "Host: 127.0.0.1",
        "A: b",
        "Content-Type: application/json",
        "Content-Length: 10",
        "",
        '{"c": "d"}',
    ]


def test_each_work_has_its_own_ratios_and_rows() -> None:
    slow = Figures(rate=10, p50=2, p95=4, cpu=5, memory=80, busy=0.5)
    fast = Figures(rate=20, p50=1, p95=2, cpu=2, memory=40, busy=0.25)
    found = {("read", "ours"): slow, ("read", "peer"): fast}
    assert [row.figures["requests/s per core"] for row in load_rows(found)] == [200, 500]
    assert [ratio.value for ratio in load_ratios(found, "read", "ours", "peer")] == [0.5, 2, 2.5]
    assert memory_ratio(found, "read", "ours", "peer").value == 2


def test_a_librarys_greeting_is_not_taken_for_a_task(tmp_path: Path) -> None:
    side = _worker_that_says(
        tmp_path, "print('Hello from', 'a library')", "print('{\"taking\": 1}')"
    )
    with side.work({}, 1) as worker:
        side.wait_until_taking(worker)
        assert side.figures(worker) == {"rate": 2.0}
    with side.work({}, 1) as worker:
        assert side.figures(worker) == {"rate": 2.0}


def test_a_worker_that_ends_without_a_task_is_named_with_its_complaint(tmp_path: Path) -> None:
    side = _worker_that_says(tmp_path, "print('Hello')", "raise SystemExit('no broker')")
    with side.work({}, 1) as worker, pytest.raises(SystemExit, match=r"(?s)polite.*no broker"):
        side.wait_until_taking(worker)


def test_threads_that_begin_at_once_say_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    threads, rounds = 8, 50
    together = Barrier(threads)

    def handle(meters: Sequence[Meter]) -> None:
        for meter in meters:
            together.wait()
            meter.handled(0.0)

    usual = sys.getswitchinterval()
    # So often are threads taken turns that two of them are sooner or later at the same line.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(handle, [[Meter(count=1000) for _ in range(rounds)]] * threads))
    finally:
        sys.setswitchinterval(usual)
    assert capsys.readouterr().out == '{"taking": 1}\n' * rounds


def _worker_that_says(folder: Path, *lines: str) -> Side:
    last = "print('{\"rate\": 2.0}')"
    (folder / "polite.py").write_text("\n".join((*lines, last)) + "\n", encoding="utf-8")
    return Side(name="polite", module="polite", environment={"PYTHONPATH": str(folder)})
