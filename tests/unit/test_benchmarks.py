"""A benchmark's figures reach the reader as they are; nothing here is timed."""

from tests.benchmarks.bursts import Figures, middle
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.load import Order, requests
from tests.benchmarks.machine import machine
from tests.benchmarks.report import document, markdown

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


def test_reads_go_round_and_creations_never_repeat() -> None:
    order = Order(port=1, key="k", connections=1, seconds=1, ids=("a", "b"), mark="m")
    read = requests(order)
    assert [read().split(b" ")[1][-1:] for _ in range(3)] == [b"a", b"b", b"a"]
    create = requests(Order(port=1, key="k", connections=1, seconds=1, ids=(), mark="m"))
    made = [create() for _ in range(2)]
    assert [f'"m-{number}"'.encode() in text for number, text in enumerate(made)] == [True, True]
