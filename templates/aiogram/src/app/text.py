"""Text on its way to and from Telegram: names that cannot mislead, and parts that are sent."""

import re
import unicodedata
from html import unescape
from itertools import accumulate

# Counted in UTF-16, after tags and entities were read.
MESSAGE_LIMIT, CAPTION_LIMIT = 4096, 1024
_TOKEN = re.compile(r"<[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);|.", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z-]+)[^>]*>")
# What is invisible (controls, joiners of directions, halves of characters) has no place in a name.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# They join emoji, and tell letters of some scripts apart.
_JOINERS = {"\u200c", "\u200d"}


def clean_name(name: str, *, limit: int = 255) -> str:
    """Return the name in one visible line of so many characters at most; it may be empty."""
    kept = (
        character
        for character in name
        if character in _JOINERS or unicodedata.category(character) not in _HIDDEN
    )
    return " ".join("".join(kept).split())[:limit].strip()


def clean_file_name(name: str, *, limit: int = 255) -> str:
    """Return a file's name without the folders that it may pretend to be in; it may be empty."""
    base = re.split(r"[/\\]", name)[-1]
    cleaned = clean_name(base, limit=limit)
    return cleaned if cleaned.strip(".") else ""


def length(html: str) -> int:
    """Return the length that Telegram counts."""
    return sum(_width(token) for token in _TOKEN.findall(html))


def split_html(html: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Return the text in parts that Telegram takes, cut between lines wherever that is possible.

    A tag that is open at a cut is closed there and opened again in the next part.
    """
    parts, part, used, opened = [], "", 0, list[str]()
    for piece in _pieces(html, limit):
        if part and used + length(piece.rstrip("\n")) > limit:
            parts.append(part.rstrip("\n") + _closing(opened))
            part, used = "".join(opened), 0
        part, used = part + piece, used + length(piece)
        opened = _still_open(opened, piece)
    return [*parts, part.rstrip("\n") + _closing(opened)] if part.strip("\n") else parts


def _pieces(html: str, limit: int) -> list[str]:
    """Return the lines, and lines that are too long in pieces of their own."""
    pieces: list[str] = []
    for line in html.splitlines(keepends=True):
        if length(line.rstrip("\n")) <= limit:
            pieces.append(line)
            continue
        tokens = _TOKEN.findall(line)
        numbers = accumulate((_width(token) for token in tokens), initial=0)
        chunks: dict[int, str] = {}
        for token, before in zip(tokens, numbers, strict=False):
            # One less than the limit, so that no pair of halves goes beyond it.
            number = before // (limit - 1)
            chunks[number] = chunks.get(number, "") + token
        pieces += chunks.values()
    return pieces


def _width(token: str) -> int:
    if len(token) > 1 and token[0] == "<":
        return 0
    return len(unescape(token).encode("utf-16-le")) // 2


def _still_open(opened: list[str], piece: str) -> list[str]:
    found = list(opened)
    for tag in _TAG.finditer(piece):
        if tag[1]:
            found = found[:-1]
        else:
            found.append(tag[0])
    return found


def _closing(opened: list[str]) -> str:
    names = [found[2] for tag in reversed(opened) if (found := _TAG.match(tag))]
    return "".join(f"</{name}>" for name in names)
