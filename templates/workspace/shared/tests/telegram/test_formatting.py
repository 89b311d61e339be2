"""HTML is read as Telegram reads it, and refused in its words."""

from __future__ import annotations

import pytest
from aiogram.types import MessageEntity
from aiogram.utils.text_decorations import html_decoration

from shared.testing.telegram.failures import ApiError
from shared.testing.telegram.formatting import find_commands, parse_html, trim, utf16_length


@pytest.mark.parametrize(
    "source",
    [
        "plain &lt;script&gt; &amp; more",
        "<b>bold</b>, <i>italic</i>, <u>under</u>, <s>struck</s>, <code>code</code>",
        "<tg-spoiler>hidden</tg-spoiler> and <b>bold <i>both</i></b>",
        '<a href="https://example.com/?a=1&copy=2">a link</a>',
        "<pre>print(1)</pre>",
        "<blockquote>cited</blockquote>",
        "<blockquote expandable>cited at length</blockquote>",
        '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
        "emoji 👩\u200d👩\u200d👧 before <b>bold 👍</b>",
    ],
)
def test_what_aiogram_writes_is_read_as_it_was_meant(source: str) -> None:
    text, entities = parse_html(source)

    assert html_decoration.unparse(text, entities) == source


def test_offsets_count_utf16_units_and_follow_the_trimming() -> None:
    text, entities = parse_html("\n 👍<b>x </b> ")

    assert text == "👍x"
    assert [(each.offset, each.length) for each in entities] == [(2, 1)]
    assert utf16_length(text) == 3


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("ä<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("a </b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>x</b>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)

    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_code_has_a_language() -> None:
    text, entities = parse_html('<pre><code class="language-python">a &lt; 1</code></pre>')

    assert text == "a < 1"
    assert [(each.type, each.language) for each in entities] == [("pre", "python")]


def test_empty_entities_and_links_without_address_mean_nothing() -> None:
    assert parse_html("<b></b><a>x</a>&nbsp;") == ("x&nbsp;", [])


def test_given_entities_are_moved_and_cut_to_the_trimmed_text() -> None:
    given = [
        MessageEntity(type="bold", offset=0, length=4),
        MessageEntity(type="italic", offset=4, length=2),
    ]

    assert trim("  ab  ", given) == ("ab", [MessageEntity(type="bold", offset=0, length=2)])


def test_commands_of_people_are_marked() -> None:
    found = find_commands("👍 /start@fake_bot now/not /help")

    assert [(each.offset, each.length) for each in found] == [(3, 15), (27, 5)]
