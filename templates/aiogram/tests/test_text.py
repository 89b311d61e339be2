"""Whatever people send is shown as it is, misleads nobody, and fits into Telegram's messages."""

import re
from html import unescape

import pytest

from app.text import MESSAGE_LIMIT, clean_file_name, clean_name, length, split_html

RIGHT_TO_LEFT = "\u202e"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (f"Ann{RIGHT_TO_LEFT}gpj.exe", "Anngpj.exe"),
        ("  A\n\tnn\x00 ", "Ann"),
        ("\u200b\u2066", ""),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_a_name_has_nothing_invisible(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\photos\a.jpg", "a.jpg"),
        ("..", ""),
        (f"photo{RIGHT_TO_LEFT}gnp.exe", "photognp.exe"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_file_name_leads_nowhere(given: str, shown: str) -> None:
    assert clean_file_name(given) == shown


@pytest.mark.parametrize(
    "html",
    [
        "short",
        "😀" * 4096,
        "&lt;script&gt;" * 3000,
        "a" * 4096 + "\n" + "b" * 4096,
        "\n".join(f"<b>{number}</b> of many lines" for number in range(2000)),
        f"<b>bold {'x' * 9000}</b>\nplain",
    ],
)
def test_parts_fit_are_whole_and_together_say_the_same(html: str) -> None:
    parts = split_html(html)
    assert all(0 < length(part) <= MESSAGE_LIMIT for part in parts)
    assert all(part.count("<b>") == part.count("</b>") for part in parts)
    assert "".join(map(plain, parts)) == plain(html)


def test_a_text_is_cut_between_its_lines() -> None:
    lines = [f"{number:03} {'x' * 100}" for number in range(100)]
    parts = split_html("\n".join(lines))
    assert len(parts) == 3
    assert [line for part in parts for line in part.split("\n")] == lines


def test_nothing_is_no_part() -> None:
    assert split_html("\n") == []


def plain(html: str) -> str:
    return unescape(re.sub("<[^>]+>", "", html)).replace("\n", "")
