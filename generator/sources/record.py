"""The sources that a workspace names, in `[tool.generator.sources]` of its `pyproject.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit
import tomlkit.exceptions

from generator.errors import UnreadableAnswersError, UsageError
from generator.template_url import TemplateUrl

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_KEYS = {"url", "ref", "commit"}
# What we call our own templates where a source is named.
OWN = "generator"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRecord:
    """A template repository that a workspace uses.

    Attributes:
        name: what stands before the slash in `new-service acme/django`.
        url: its address, without credentials.
        ref: the tag or branch that was asked for.
        commit: the full hash that `ref` named then; services are rendered from it.
    """

    name: str
    url: str
    ref: str
    commit: str


def parse_source_name(text: str) -> str:
    """The name of a source as a person gives it.

    Raises:
        UsageError: unless it is small letters, digits and single dashes.
    """
    if not _NAME.match(text) or text == OWN:
        raise UsageError(
            f"A source cannot be named {text!a}.",
            hint=f"Use small letters, digits and single dashes, and not {OWN!r}.",
        )
    return text


def read_sources(pyproject: str, *, where: str) -> tuple[SourceRecord, ...]:
    """The sources in the text of a `pyproject.toml`, by name.

    Args:
        pyproject: the text.
        where: the file's name, for messages.

    Raises:
        UnreadableAnswersError: when the text or one of the entries is not what it should be.
    """
    try:
        document = tomllib.loads(pyproject)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableAnswersError(f"{where} cannot be read: {error}.") from error
    entries: Any = document
    for key in ("tool", "generator", "sources"):
        entries = entries.get(key, {}) if isinstance(entries, dict) else {}
    if not isinstance(entries, dict):
        raise _refused(where, "tool.generator.sources is no table")
    return tuple(_record(name, entries[name], where) for name in sorted(entries))


def with_source(pyproject: str, record: SourceRecord) -> str:
    """The text with this source in it, in place of one of the same name."""
    document = tomlkit.parse(pyproject)
    entry = tomlkit.inline_table()
    entry.update({"url": record.url, "ref": record.ref, "commit": record.commit})
    table: Any = document
    for key in ("tool", "generator", "sources"):
        if key not in table:
            table[key] = tomlkit.table(is_super_table=key != "sources")
        table = table[key]
    table[record.name] = entry
    return tomlkit.dumps(document)


def without_source(pyproject: str, name: str) -> str:
    """The text without this source; tables that are empty then go with it."""
    document: Any = tomlkit.parse(pyproject)
    way = [document]
    for key in ("tool", "generator", "sources"):
        way.append(way[-1][key])
    del way[-1][name]
    for key, table in zip(("sources", "generator"), (way[2], way[1]), strict=True):
        if not table[key]:
            del table[key]
    # The line that stood before the entry stays behind otherwise.
    return f"{tomlkit.dumps(document).rstrip()}\n"


def _record(name: str, entry: object, where: str) -> SourceRecord:
    if not _NAME.match(name) or name == OWN:
        raise _refused(where, f"{name!a} is no name of a source")
    at = f"tool.generator.sources.{name}"
    if not isinstance(entry, Mapping) or not all(isinstance(v, str) for v in entry.values()):
        raise _refused(where, f"{at} holds more than url, ref and commit as text")
    if set(entry) != _KEYS:
        odd = ", ".join(sorted(set(entry) ^ _KEYS))
        raise _refused(where, f"{at} has too much or too little: {odd}")
    if str(TemplateUrl.parse(entry["url"])) != entry["url"]:
        raise _refused(where, f"{at}.url is not the plain address of a repository")
    if not _COMMIT.match(entry["commit"]):
        raise _refused(where, f"{at}.commit is no full hash")
    return SourceRecord(name=name, **entry)


def _refused(where: str, what: str) -> UnreadableAnswersError:
    return UnreadableAnswersError(
        f"{where}: {what}.",
        hint="Restore it from git, or remove the entry and run `generator source add`.",
    )
