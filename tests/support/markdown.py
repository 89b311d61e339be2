"""Reads Markdown as git forges do: the links of a page, and the anchors of its headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one page links to, and where links into it may lead.

    Attributes:
        links: every target as it is written, of links and of pictures.
        anchors: of its headings, as forges make them.
        blocks: how many there are of each kind of block that renderers disagree about.
    """

    links: tuple[str, ...]
    anchors: frozenset[str]
    blocks: dict[str, int]


def read_page(path: Path) -> Page:
    """Read a page from its file."""
    tokens = _PARSER.parse(path.read_text(encoding="utf-8"))
    kinds = {"table_open": "table", "list_item_open": "li", "fence": "pre", "heading_open": "h"}
    blocks = dict.fromkeys(kinds.values(), 0)
    for token in tokens:
        if token.type in kinds:
            blocks[kinds[token.type]] += 1
    return Page(links=tuple(_links(tokens)), anchors=frozenset(_anchors(tokens)), blocks=blocks)


def broken_links(pages: list[Path], root: Path) -> list[str]:
    """The links of these pages that lead to no file below the root, or to no heading of it."""
    broken = []
    for page in pages:
        for link in read_page(page).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.exists() or not target.is_relative_to(root.resolve()):
                broken.append(f"{page.relative_to(root)}: {link}: no such file")
            elif parts.fragment and parts.fragment not in read_page(target).anchors:
                broken.append(f"{page.relative_to(root)}: {link}: no such heading")
    return broken


def _links(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        for name in ("href", "src"):
            if target := token.attrGet(name):
                yield str(target)
        yield from _links(token.children or [])


def _anchors(tokens: list[Token]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = "".join(
            t.content for t in inline.children or [] if t.type in {"text", "code_inline"}
        )
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        again = seen.get(slug, 0)
        seen[slug] = again + 1
        yield f"{slug}-{again}" if again else slug
