"""Every text is there in every language, says the same values, and is chosen by the person."""

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.translations import DEFAULT, LOCALES, Translations, gettext, ngettext

SOURCES = Path(__file__).parents[1] / "src" / "app"
FILES = sorted(LOCALES.glob("*.po"))


def extracted() -> Iterator[str | tuple[str, ...]]:
    for _, _, text, _, _ in extract_from_dir(SOURCES):
        yield text


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def texts_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_language_has_every_text_with_the_same_values(file: Path) -> None:
    with file.open("rb") as text:
        catalog = read_po(text, locale=file.stem)
    known = {message.id: message for message in catalog if message.id}
    missing = [text for text in extracted() if text not in known]
    assert missing == []
    for message_id, message in known.items():
        first = message_id if isinstance(message_id, str) else message_id[-1]
        # One thing need not be counted.
        free: set[str] = set() if isinstance(message_id, str) else {"n"}
        assert not message.fuzzy
        assert all(
            text and fields(text) | free == fields(first) | free for text in texts_of(message)
        ), first


@pytest.mark.parametrize(
    ("code", "language"), [("de", "de"), ("de-AT", "de"), ("DE", "de"), ("fr", "en"), (None, "en")]
)
def test_the_language_is_the_persons_or_english(code: str | None, language: str) -> None:
    assert Translations().choose(code) == language


def test_values_are_escaped_in_every_language() -> None:
    translations = Translations()
    for language in (DEFAULT, *translations.available_locales):
        with translations.use_language(language):
            assert gettext("<b>{name}</b>", name="<script>&") == "<b>&lt;script&gt;&amp;</b>"
            assert ngettext("{n} thing", "{n} things", 2) == "2 things"
