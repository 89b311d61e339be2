"""Finds which secrets a `.env` file lacks and appends them, touching nothing that is there."""

import re
from collections.abc import Callable, Iterator

from generator.wiring.model import Secret, Wiring

# One assignment; a quoted value may span lines, and what looks like a name in it is none.
_ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*
    (?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n]*)""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
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


def _values(env_text: str) -> dict[str, str]:
    return dict(_assignments(env_text.removeprefix("\ufeff")))


def _assignments(env_text: str) -> Iterator[tuple[str, str]]:
    for match in _ASSIGNMENT.finditer(env_text):
        value = match["value"]
        if value[:1] in {'"', "'"}:
            yield match["name"], value.strip("\"'")
        else:
            # ` #` begins a comment; so does `#` right after the equals sign.
            yield match["name"], re.split(r"(?:^|\s)#", value)[0].strip()
