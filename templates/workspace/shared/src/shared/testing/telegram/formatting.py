"""Formatted text as Telegram reads it: HTML to text and entities, lengths in UTF-16 units."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from aiogram.types import MessageEntity

from shared.testing.telegram.failures import ApiError

TEXT_UNITS = 4096
CAPTION_UNITS = 1024

_TYPES = {
    "a": "text_link",
    "b": "bold",
    "blockquote": "blockquote",
    "code": "code",
    "del": "strikethrough",
    "em": "italic",
    "i": "italic",
    "ins": "underline",
    "pre": "pre",
    "s": "strikethrough",
    "span": "spoiler",
    "strike": "strikethrough",
    "strong": "bold",
    "tg-emoji": "custom_emoji",
    "tg-spoiler": "spoiler",
    "u": "underline",
}
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[^\s>]*)(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
_ATTRIBUTE = re.compile(r"([^\s=>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
# What HTML calls otherwise (&nbsp;) Telegram leaves as it is written.
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]+|#[xX][0-9a-fA-F]+);")
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?!\S)")


def utf16_length(text: str) -> int:
    """Return how long Telegram finds this text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_text(
    source: str | None, mode: object, entities: list[MessageEntity] | None
) -> tuple[str, list[MessageEntity] | None]:
    """Return a text of a request as it is shown; a mode that is no string is the default."""
    if not isinstance(mode, str) or not mode:
        plain, marked = trim(source or "", entities or [])
    elif mode.lower() == "html":
        plain, marked = parse_html(source or "")
    elif mode.lower() in ("markdown", "markdownv2"):
        raise ApiError(400, "Bad Request: this fake of Telegram reads HTML only, not Markdown")
    else:
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    return plain, marked or None


def read_caption(about: object) -> dict[str, object]:
    """Return the caption of a request, or of a part of an album, as a message has it."""
    source = getattr(about, "caption", None)
    mode, given = getattr(about, "parse_mode", None), getattr(about, "caption_entities", None)
    text, entities = read_text(source, mode, given)
    if utf16_length(text) > CAPTION_UNITS:
        raise ApiError(400, "Bad Request: message caption is too long")
    return {"caption": text or None, "caption_entities": entities}


def parse_html(source: str) -> tuple[str, list[MessageEntity]]:
    """Return the plain text and its entities, trimmed; ApiError in Telegram's words."""
    parser = _HtmlParser(source)
    position = 0
    while (start := source.find("<", position)) >= 0:
        parser.add_text(source[position:start])
        tag = _TAG.match(source, start)
        if tag is None:
            raise _broken(f"Unclosed start tag at byte offset {parser.bytes_until(start)}")
        (parser.close if tag["end"] else parser.open)(tag, parser.bytes_until(start))
        position = tag.end()
    parser.add_text(source[position:])
    if parser.open_tags:
        name = parser.open_tags[-1].name
        raise _broken(f'Can\'t find end tag corresponding to start tag "{name}"')
    return trim(parser.text, parser.entities)


def trim(text: str, entities: list[MessageEntity]) -> tuple[str, list[MessageEntity]]:
    """Return the text without space around it, and the entities moved and cut to fit."""
    stripped = text.strip()
    shift = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(stripped)
    kept = []
    for entity in entities:
        first = max(entity.offset - shift, 0)
        last = min(entity.offset + entity.length - shift, end)
        if last > first:
            kept.append(entity.model_copy(update={"offset": first, "length": last - first}))
    return stripped, sorted(kept, key=lambda each: (each.offset, -each.length))


def find_commands(text: str) -> list[MessageEntity]:
    """Return the entities that Telegram finds in what a person writes: commands."""
    return [
        MessageEntity(
            type="bot_command",
            offset=utf16_length(text[: match.start()]),
            length=utf16_length(match[0]),
        )
        for match in _COMMAND.finditer(text)
    ]


def _broken(what: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {what}")


def _unescape(source: str) -> str:
    return _CHARACTER.sub(lambda match: html.unescape(match[0]), source)


@dataclass
class _OpenTag:
    name: str
    offset: int
    attributes: dict[str, str]
    language: str | None = None

    def entity(self, end: int) -> MessageEntity | None:
        """Return what this tag means for the text up to here; None if it means nothing."""
        kind = _TYPES[self.name]
        if "expandable" in self.attributes and kind == "blockquote":
            kind = "expandable_blockquote"
        if end == self.offset or (kind == "text_link" and not self.attributes.get("href")):
            return None
        return MessageEntity(
            type=kind,
            offset=self.offset,
            length=end - self.offset,
            url=self.attributes.get("href") if kind == "text_link" else None,
            language=self.language,
            custom_emoji_id=self.attributes.get("emoji-id") if kind == "custom_emoji" else None,
        )


class _HtmlParser:
    """Collects text and entities, tag by tag."""

    def __init__(self, source: str) -> None:
        self.text = ""
        self.entities: list[MessageEntity] = []
        self.open_tags: list[_OpenTag] = []
        self._source = source

    def bytes_until(self, position: int) -> int:
        """Return where a character is in UTF-8, as Telegram names places."""
        return len(self._source[:position].encode())

    def add_text(self, source: str) -> None:
        """Add what stands between two tags."""
        self.text += _unescape(source)

    def open(self, tag: re.Match[str], place: int) -> None:
        """Begin an entity."""
        name = tag["name"].lower()
        if name not in _TYPES:
            raise _broken(f'Unsupported start tag "{name}" at byte offset {place}')
        found = _ATTRIBUTE.findall(tag["attributes"])
        attributes = {key.lower(): _unescape("".join(values)) for key, *values in found}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            message = f'Tag "span" must have class "tg-spoiler" at byte offset {place}'
            raise _broken(message)
        self.open_tags.append(_OpenTag(name, utf16_length(self.text), attributes))

    def close(self, tag: re.Match[str], place: int) -> None:
        """End the entity that was begun last."""
        if not self.open_tags:
            raise _broken(f"Unexpected end tag at byte offset {place}")
        opened, name = self.open_tags.pop(), tag["name"].lower()
        if name not in ("", opened.name):
            message = f'Unmatched end tag at byte offset {place}, expected "</{opened.name}>", '
            raise _broken(f'{message}found "</{name}>"')
        language = opened.attributes.get("class", "")
        if opened.name == "code" and language.startswith("language-") and self._in_pre(opened):
            self.open_tags[-1].language = language.removeprefix("language-")
        elif entity := opened.entity(utf16_length(self.text)):
            self.entities.append(entity)

    def _in_pre(self, code: _OpenTag) -> bool:
        around = self.open_tags[-1] if self.open_tags else None
        return around is not None and around.name == "pre" and around.offset == code.offset
