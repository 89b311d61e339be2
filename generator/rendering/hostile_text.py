"""Sees whether free text of any kind comes back from every format that a template writes it to."""

import ast
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from generator.rendering.questions import Question

HOSTILE = (
    'He said "hi" \\ it\'s {{ 7*7 }} {% raw %} ${HOME} $(id) `id` # --- <b>&amp; | [x](y) 😀 ~é*_'
)
TEXTS: Mapping[str, str] = {
    "hostile": HOSTILE,
    "quotes": "\"\"\" ''' \\\" \\' \\",
    "looks like yaml": "yes: [no, {on: off}] # &a *b !!python/object",
    "looks like a key": "---",
    "number": "007",
    "toml": '"]]\\u0000 = {x = 1}',
    "jinja": "{{ undefined_name }}{% include 'x' %}{# gone #}",
    "shell": "$(touch /tmp/x) `id` ${PATH} $PATH; rm -rf / && :",
    "compose": "${MISSING:?no} $$ ${X:-y}",
    "markup": "<script>alert(1)</script><!-- --> [x](javascript:alert(1)) | a | b |",
    "emoji": "\U0001f600 \u00e9\u4e2d\u6587\u0627\u0644\u0639 \u200b \ufeff",
    "spaces": "  leading and trailing  ",
    "long": "0123456789" * 1000,
}
# What a line break breaks is a comment, or text that was not quoted at all.
TWO_LINES = "the first line\nanother: [line"
# Plain words that stand nowhere else, for comparison.
PLAIN = "Plain words of nobody else"
_NAMES = frozenset({"template", "workspace_name", "service_name"})


class _TolerantLoader(yaml.SafeLoader):
    """Reads YAML whose tags only its consumer knows, such as compose's `!reset`."""


def _untagged(loader: _TolerantLoader, _tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


yaml.add_multi_constructor("!", _untagged, Loader=_TolerantLoader)
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _yaml(text: str) -> object:
    return list(yaml.load_all(text, Loader=_TolerantLoader))


def _python(text: str) -> object:
    return _literals(ast.parse(text))


def _literals(node: object) -> object:
    """A syntax tree as plain data, with its literals as they are."""
    if isinstance(node, ast.AST):
        fields = (name for name in node._fields if name != "type_comment")
        return [type(node).__name__, *(_literals(getattr(node, name, None)) for name in fields)]
    if isinstance(node, list):
        return [_literals(item) for item in node]
    return node


def _markdown(text: str) -> object:
    """The structure of a document, and the words in it."""
    return [[token.type, *_words(token.children or [])] for token in _MARKDOWN.parse(text)]


def _words(tokens: list[Token]) -> Iterator[object]:
    """What stands in a line: its words joined, its markup by its kind."""
    said = ""
    for token in tokens:
        if token.type in {"text", "text_special"}:
            said += token.content
            continue
        yield from (said, token.type, token.content)
        said = ""
    yield said


PARSERS: Mapping[str, Callable[[str], object]] = {
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".py": _python,
    ".md": _markdown,
}


def free_texts(questions: tuple[Question, ...], links: frozenset[str]) -> tuple[Question, ...]:
    """The questions that may be answered by any text: those that name nothing and choose nothing.

    Args:
        questions: all that a template asks.
        links: the answers that name services.
    """
    return tuple(
        one
        for one in questions
        if one.kind == "str"
        and not (one.multiple or one.computed or one.choices or one.name in _NAMES | links)
    )


def documents(
    folder: Path, *, unlike: Path | None = None
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Every file of a format that we can parse, and a line for each that does not parse.

    Args:
        folder: what was rendered.
        unlike: what was rendered elsewhere; files that are the same there are left out.
    """
    found: dict[str, object] = {}
    faults = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in PARSERS:
            continue
        relative, content = path.relative_to(folder), path.read_bytes()
        if unlike and _has(unlike / relative, content):
            continue
        name = relative.as_posix()
        try:
            found[name] = PARSERS[path.suffix](content.decode())
        except (ValueError, SyntaxError, yaml.YAMLError, RecursionError) as error:
            faults.append(f"{name} does not parse: {' '.join(str(error).split())}")
    return found, tuple(faults)


def _has(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def differing(
    plain: Mapping[str, object], hostile: Mapping[str, object], text: str
) -> tuple[str, ...]:
    """The files that say something else than with plain words, but for the words themselves.

    Args:
        plain: the documents with `PLAIN` as the answer.
        hostile: the documents with `text` as the answer.
        text: the answer.
    """
    return tuple(
        name
        for name, document in hostile.items()
        if name in plain
        and not (name.endswith(".md") and "\n" in text)
        and not _same(name, plain[name], document, text)
    )


def _same(name: str, plain: object, hostile: object, text: str) -> bool:
    # Markdown knows no spaces at the ends of a line.
    shown = text.strip() if name.endswith(".md") else text
    return bool(_with_plain_words(hostile, shown) == plain)


def _with_plain_words(document: Any, text: str) -> object:  # noqa: ANN401 - what a parser gives
    if isinstance(document, str):
        return document.replace(text, PLAIN)
    if isinstance(document, list):
        return [_with_plain_words(item, text) for item in document]
    if isinstance(document, dict):
        return {
            _with_plain_words(key, text): _with_plain_words(value, text)
            for key, value in document.items()
        }
    return document
