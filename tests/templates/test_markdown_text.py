"""Free text in Markdown reads as it was written, and is escaped only where it would not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment
from markdown_it import MarkdownIt

from generator.rendering.hostile_text import HOSTILE, TEXTS
from tests.support.checkout import PROJECT
from tests.templates.test_hostile_text import WRITABLE

MACRO = SandboxedEnvironment(
    extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"]
).from_string(
    (PROJECT / "templates/_shared/partials/text.jinja").read_text(encoding="utf-8")
    + "{{ markdown(given) }}"
)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = ["_a_", "a_b_", "**b**", "- x", "1. x", "2) x", "# x", "> x", "+ x", "---", "===", "~~x~~"]
MARKUP += [
    "<b>",
    "</b",
    "<!-- x",
    "&amp;",
    "&#38;",
    "`x`",
    "[x](y)",
    "![x](y)",
    "x | y",
    "\\*",
    "a\\",
]


def escaped(text: str) -> str:
    return MACRO.render(given=text)


def read(markdown: str) -> str:
    """The text of a document that is one plain paragraph."""
    begin, inline, end = MARKDOWN.parse(markdown)
    assert (begin.type, end.type) == ("paragraph_open", "paragraph_close")
    assert {child.type for child in inline.children or []} <= {"text", "text_special"}
    return "".join(child.content for child in inline.children or [])


@pytest.mark.parametrize(
    "text",
    [
        "users-data",
        "platform-team",
        "group:payments/backend",
        "Sells shoes (and more), since 1999. Fast! 5 < 6 & 7 > 2 = true",
        "snake_case stays #1 + e-mail a@b.example: 50 % {x}",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert escaped(text) == text
    assert read(text) == text


@pytest.mark.parametrize("text", [HOSTILE, *TEXTS.values(), *MARKUP])
def test_markup_reads_as_text(text: str) -> None:
    assert read(escaped(text)) == text.strip()


@given(text=WRITABLE | st.text(st.sampled_from(r"_*~`[]()<>&;#|\-+=1. a!:/$")))
def test_any_line_reads_as_it_was_written(text: str) -> None:
    if text.strip():
        assert " ".join(read(escaped(text)).split()) == " ".join(text.split())
