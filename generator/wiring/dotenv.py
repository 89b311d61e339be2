"""Reads `.env` files, and appends the secrets that one lacks, touching nothing that is there."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from generator.naming import env_prefix
from generator.wiring.interpolation import interpolate
from generator.wiring.model import Secret, Wiring

# One assignment; a quoted value may span lines, and what looks like a name in it is none.
_ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*
    (?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n]*)""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}

# The line that is written above a secret of a service or of a link, right before it.
_MADE = re.compile(
    r"""^\#\ (?:the\ database\ role\ (?P<role>\w+)
    |the\ key\ with\ which\ (?P<consumer>[\w-]+)\ calls\ (?P<provider>[\w-]+)
    |(?P<service>[a-z0-9-]+):\ [^\r\n]*)\r?\n\Z""",
    re.MULTILINE | re.VERBOSE,
)


def missing_secrets(wiring: Wiring, env_text: str) -> tuple[Secret, ...]:
    """The secrets to make that the text does not set; an empty value sets nothing.

    Args:
        wiring: whose secrets are looked for.
        env_text: a `.env` file's content.
    """
    values = _values(env_text)
    return tuple(s for s in wiring.secrets if s.kind != "external" and not values.get(s.name))


def unfilled_secrets(wiring: Wiring, env_text: str) -> tuple[Secret, ...]:
    """The secrets that only a person can give and that the text does not set."""
    values = _values(env_text)
    return tuple(s for s in wiring.secrets if s.kind == "external" and not values.get(s.name))


def complete_env(wiring: Wiring, env_text: str, make: Callable[[Secret], str]) -> str:
    """The text with every missing secret appended; every byte that was there stays.

    A secret that only a person can give gets a line without a value, once.

    Args:
        wiring: whose secrets are needed.
        env_text: a `.env` file's content, read without translating line ends.
        make: makes the value of a secret.
    """
    present = _values(env_text)
    missing = {secret.name: make(secret) for secret in missing_secrets(wiring, env_text)}
    missing |= {s.name: "" for s in unfilled_secrets(wiring, env_text) if s.name not in present}
    if not missing:
        return env_text
    newline = "\r\n" if "\r\n" in env_text else "\n"
    joint = "" if not env_text or env_text.endswith("\n") else newline
    added = [
        line
        for secret in wiring.secrets
        if secret.name in missing
        for line in (f"# {secret.purpose}", f"{secret.name}={missing[secret.name]}")
    ]
    return env_text + joint + "".join(line + newline for line in added)


def _made_above(env_text: str, assignment: re.Match[str]) -> re.Match[str] | None:
    """The line above an assignment, if it was written when the secret of this name was made."""
    made = _MADE.search(env_text, 0, assignment.start())
    if made is None:
        return None
    if made["service"]:
        fits = assignment["name"].startswith(f"{env_prefix(made['service'])}__")
    elif made["role"]:
        fits = assignment["name"] == f"{made['role'].upper()}_DB_PASSWORD"
    else:
        link = f"{env_prefix(made['consumer'])}__{env_prefix(made['provider'])}__API_KEY"
        fits = assignment["name"] == link
    return made if fits else None


def env_values(env_text: str, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the text sets, as Compose reads it.

    Args:
        env_text: a `.env` file's content.
        known: what may be filled in beside what the text has set before; it counts more.

    Raises:
        UnsetVariableError: a variable that a value demands is not set.
    """
    found: dict[str, str] = {}
    for match in _ASSIGNMENT.finditer(env_text.removeprefix("\ufeff")):
        value = match["value"]
        if value.startswith("'"):
            found[match["name"]] = value.strip("'")
            continue
        filled = interpolate(_bare(value).strip('"'), found | dict(known or {}))
        if value.startswith('"'):
            filled = _ESCAPED.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), filled)
        found[match["name"]] = filled
    return found


def assignments(env_text: str) -> Iterator[tuple[str, str, int]]:
    """What the text sets as it is written, without quotes: names, values and lines."""
    for match in _ASSIGNMENT.finditer(env_text):
        line = env_text.count("\n", 0, match.start("name")) + 1
        yield match["name"], _bare(match["value"]).strip("\"'"), line


def _values(env_text: str) -> dict[str, str]:
    return {name: value for name, value, _ in assignments(env_text.removeprefix("\ufeff"))}


def _bare(value: str) -> str:
    """The value without a comment behind it; quotes stay."""
    if value[:1] in {'"', "'"}:
        return value
    # ` #` begins a comment; so does `#` right after the equals sign.
    return re.split(r"(?:^|\s)#", value)[0].strip()


def orphaned_secrets(
    wiring: Wiring, env_text: str, *, kept: Collection[str] = ()
) -> tuple[str, ...]:
    """The secrets that were made for a service or a link that is not there any more.

    Known by what was written above each when it was made; what a person wrote is none of them.

    Args:
        wiring: whose secrets are needed.
        env_text: a `.env` file's content.
        kept: spellings of services that cannot be judged; what names one of them stays.
    """
    needed = {secret.name for secret in wiring.secrets}
    return tuple(
        match["name"]
        for match in _ASSIGNMENT.finditer(env_text)
        if match["name"] not in needed
        and _made_above(env_text, match)
        and not any(service in match["name"] for service in kept)
    )


def without_secrets(env_text: str, names: Collection[str]) -> str:
    """The text without these assignments and the comment above each; the rest stays as it is."""
    kept, end = [], 0
    for match in _ASSIGNMENT.finditer(env_text):
        made = _made_above(env_text, match)
        if match["name"] in names and made:
            kept.append(env_text[end : made.start()])
            end = _next_line(env_text, match.end())
    return "".join([*kept, env_text[end:]])


def unneeded_secrets(before: Wiring, after: Wiring, env_text: str) -> tuple[Secret, ...]:
    """The secrets that a change of the wiring leaves without use and that the text sets.

    Only those whose line above is still the one that was written when they were made: what a
    person wrote there is none of them.

    Args:
        before: the wiring as it is.
        after: the wiring to come.
        env_text: a `.env` file's content.
    """
    needed = {secret.name for secret in after.secrets}
    gone = {secret.name: secret for secret in before.secrets if secret.name not in needed}
    return tuple(
        gone[match["name"]]
        for match in _ASSIGNMENT.finditer(env_text)
        if match["name"] in gone and _line_above(env_text, match, gone[match["name"]].purpose)
    )


def without_made(env_text: str, secrets: Collection[Secret]) -> str:
    """The text without these secrets and the line above each; every other byte stays."""
    purposes = {secret.name: secret.purpose for secret in secrets}
    kept, end = [], 0
    for match in _ASSIGNMENT.finditer(env_text):
        above = _line_above(env_text, match, purposes.get(match["name"], ""))
        if match["name"] in purposes and above:
            kept.append(env_text[end : match.start() - len(above)])
            end = _next_line(env_text, match.end())
    return "".join([*kept, env_text[end:]])


def filled_in(env_text: str, secrets: Collection[Secret]) -> tuple[Secret, ...]:
    """Those of the secrets that only a person can give and that the text sets."""
    values = _values(env_text)
    return tuple(s for s in secrets if s.kind == "external" and values.get(s.name))


def rename_variables(env_text: str, names: Mapping[str, str], comments: Mapping[str, str]) -> str:
    """The text with other names for some variables; their values, and all the rest, stay.

    Args:
        env_text: a `.env` file's content.
        names: the new name by the old one.
        comments: the new comment by the old one, where it stands right above such a variable.
    """
    kept, end = [], 0
    for match in _ASSIGNMENT.finditer(env_text):
        if match["name"] not in names:
            continue
        begin = match.start()
        for old, new in comments.items():
            if above := _line_above(env_text, match, old):
                begin -= len(above)
                kept += [env_text[end:begin], above.replace(old, new)]
                end = match.start()
                break
        kept += [env_text[end : match.start("name")], names[match["name"]]]
        end = match.end("name")
    return "".join([*kept, env_text[end:]])


def _line_above(env_text: str, assignment: re.Match[str], purpose: str) -> str:
    """The comment that was written above a secret when it was made; empty when it is not there."""
    for newline in ("\n", "\r\n"):
        line = f"# {purpose}{newline}"
        if env_text.endswith(line, 0, assignment.start()):
            return line
    return ""


def _next_line(env_text: str, end: int) -> int:
    rest = env_text[end:]
    return end + len(rest) - len(rest.removeprefix("\r").removeprefix("\n"))
