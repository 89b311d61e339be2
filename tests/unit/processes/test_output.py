import time

import pytest

from generator.processes.output import LineSplitter, Presenter, Tail, last_line, presentable


def test_only_the_end_of_a_long_stream_is_kept_and_the_rest_is_counted() -> None:
    tail = Tail(limit=10)
    for _ in range(1000):
        tail.add(b"0123456789" * 10)
    tail.add(b"the end")
    assert tail.text() == "… (99997 bytes before this are left out)\n789the end"


def test_a_stream_is_cut_into_lines_wherever_its_blocks_end() -> None:
    lines = LineSplitter(limit=10)
    assert lines.add(b"one\ntw") == [b"one"]
    assert lines.add(b"o\n\nthr") == [b"two", b""]
    assert lines.add(b"ee, without end") == [b"three, without end"]
    assert lines.rest() == []
    lines.add(b"last")
    assert lines.rest() == [b"last"]


def test_escapes_and_controls_are_gone_and_lines_stay() -> None:
    assert presentable("\x1b[1;31mred\x1b[0m\r\n\x1b]0;title\x07a\tb\x00\x85\n") == "red\na\tb"


def test_credentials_and_values_that_sound_secret_are_masked() -> None:
    environment = {
        "DATABASE_URL": "postgresql://u:swordfish@h/d", "API_KEYS": "web=0123456789,bot=abcdefghij",
        "PORT": "8000", "SHORT_KEY": "a",
    }  # fmt: skip
    said = presentable("postgresql+asyncpg://u:swordfish@h/d abcdefghij 8000 a", environment)
    assert said == "postgresql+asyncpg://u:***@h/d *** 8000 a"


def test_lines_are_as_presentable_together_as_one_by_one() -> None:
    show = Presenter({"API_KEYS": "web=0123456789", "CREDENTIALS_READERS": "users-api"})
    plain = [b"one", b"", b"users-api and web"]
    url = b"redis://:swordfish@h/0"
    for odd in (b"", b"key 0123456789", b"\x1b[1mred", "caf\u00e9".encode(), b"\xff", b"a\tb", url):
        lines = [*plain, odd, *plain]
        assert show.lines(lines) == [show(line.decode(errors="replace")) for line in lines]
    assert show.lines([b"key 0123456789", b"users-api"]) == ["key ***", "users-api"]
    assert show.lines([]) == []


@pytest.mark.parametrize("piece", ["x", "a.", "a://b:", "\x1b]", "\x1b[0"])
def test_eight_times_the_text_takes_no_quadratic_time(piece: str) -> None:
    def processor_seconds(times: int) -> float:
        found: list[float] = []
        for _ in range(3):
            begun = time.thread_time()
            presentable(piece * times)
            found.append(time.thread_time() - begun)
        return min(found)

    # Eight times as much where it is linear, 64 times where it is quadratic.
    assert processor_seconds(20_000) < 24 * processor_seconds(2_500)


def test_the_last_line_is_one_that_says_something() -> None:
    assert last_line("Found 1 error.\n[*] 1 fixable with --fix\n\n") == "Found 1 error."
    assert last_line("\n") == ""
