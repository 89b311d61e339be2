"""What services say is kept in bounds, and read as one stream again."""

from collections.abc import Sequence
from pathlib import Path

from generator.running import LogBook, LogLine, follow_logs, read_logs

Heard = list[tuple[str, Sequence[str]]]


def book_in(folder: Path, heard: Heard | None = None, *, most: int = 10_000) -> LogBook:
    def listen(service: str, _moment: str, lines: Sequence[str]) -> None:
        if heard is not None:
            heard.append((service, lines))

    def complain(message: str) -> None:
        raise AssertionError(message)

    return LogBook(folder, listen, complain=complain, most_bytes=most)


def texts(lines: Sequence[LogLine]) -> list[str]:
    return [f"{line.service}: {line.text}" for line in lines]


def test_lines_are_kept_and_heard_and_merged_in_their_order(tmp_path: Path) -> None:
    heard: Heard = []
    book = book_in(tmp_path, heard)
    api, data = book.writer("api"), book.writer("data")
    api(["one", "a second of one"])
    data(["two"])
    api(["", "three"])
    assert texts(list(read_logs(tmp_path, ["data", "api"]))) == [
        "api: one", "api: a second of one", "data: two", "api: ", "api: three",
    ]  # fmt: skip
    assert heard[1] == ("data", ["two"])
    assert texts(list(read_logs(tmp_path, ["data", "silent"]))) == ["data: two"]


def test_a_log_takes_twice_its_limit_at_most_and_keeps_the_end(tmp_path: Path) -> None:
    write = book_in(tmp_path, most=1000).writer("api")
    for number in range(1000):
        write([f"line {number}"])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2000
    kept = texts(list(read_logs(tmp_path, ["api"])))
    assert kept[-1] == "api: line 999"
    assert kept == [f"api: line {number}" for number in range(1000 - len(kept), 1000)]


def test_whoever_follows_misses_nothing_when_a_log_is_begun_anew(tmp_path: Path) -> None:
    write = book_in(tmp_path, most=400).writer("api")
    write(["line 0"])
    going = [True]
    tail = follow_logs(tmp_path, ["api", "silent"], lambda: going[0])
    seen = texts(next(tail))
    for number in range(1, 30):
        write([f"line {number}"])
        seen += texts(next(tail))
    write(["the end"])
    going[0] = False
    seen += [line for lines in tail for line in texts(lines)]
    assert seen == [*(f"api: line {number}" for number in range(30)), "api: the end"]


def test_a_new_run_puts_the_last_one_s_log_aside(tmp_path: Path) -> None:
    for word in ("first", "second", "third"):
        book_in(tmp_path).writer("api")([word])
    assert texts(list(read_logs(tmp_path, ["api"]))) == ["api: second", "api: third"]


def test_a_disk_that_takes_nothing_is_told_and_lines_are_heard_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "logs").write_text("no folder")
    heard: list[Sequence[str]] = []
    complaints: list[str] = []
    book = LogBook(
        tmp_path / "logs", lambda *said: heard.append(said[2]), complain=complaints.append
    )
    book.writer("api")(["one"])
    assert heard == [["one"]]
    assert complaints == [f"{tmp_path}/logs/api.log cannot be written: File exists"]


def test_a_request_is_named_by_its_whole_id() -> None:
    line = LogLine(moment="", service="api", text='{"request_id": "abc-1"}')
    assert line.names("abc-1")
    assert not any(map(line.names, ("abc", "bc-1", "abc-12")))
