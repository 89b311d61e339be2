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
    """The secrets that the text does not set; an empty value sets nothing.

    Args:
        wiring: whose secrets are looked for.
        env_text: a `.env` file's content.
    """
    values = dict(_assignments(env_text.removeprefix("\ufeff")))
    return tuple(secret for secret in wiring.secrets if not values.get(secret.name))


def complete_env(wiring: Wiring, env_text: str, make: Callable[[Secret], str]) -> str:
    """The text with every missing secret appended; every byte that was there stays.

    Args:
        wiring: whose secrets are needed.
        env_text: a `.env` file's content, read without translating line ends.
        make: makes the value of a secret.
    """
    missing = missing_secrets(wiring, env_text)
    if not missing:
        return env_text
    newline = "\r\n" if "\r\n" in env_text else "\n"
    joint = "" if not env_text or env_text.endswith("\n") else newline
    added = [
        line
        for secret in missing
        for line in (f"# {secret.purpose}", f"{secret.name}={make(secret)}")
    ]
    return env_text + joint + "".join(line + newline for line in added)


def _assignments(env_text: str) -> Iterator[tuple[str, str]]:
    for match in _ASSIGNMENT.finditer(env_text):
        value = match["value"]
        if value[:1] in {'"', "'"}:
            yield match["name"], value.strip("\"'")
        else:
            # ` #` begins a comment; so does `#` right after the equals sign.
            yield match["name"], re.split(r"(?:^|\s)#", value)[0].strip()
