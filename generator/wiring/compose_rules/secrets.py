"""Secrets stand in `.env`, which git ignores, and in no compose file and no argument."""

import re
from collections.abc import Iterator

import yaml

from generator.wiring.compose_rules.model import ComposeEntry, Place, Problem, Scene, filled
from generator.wiring.compose_text import entries
from generator.wiring.dotenv import assignments

_SECRET = re.compile(
    r".*(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(?:^|_)PASS$|(?:^|_)KEYS?$|API_?KEY)"
    r".*",
    re.IGNORECASE,
)
# What tells of a secret and is none: where it lies, how long it lives, who may read it.
_ABOUT = re.compile(
    r".*_(?:FILE|PATH|URL|ID|NAME|HEADER|ALGORITHM|READERS|SECONDS|MINUTES|HOURS|DAYS|TTL|LENGTH"
    r"|MIN|MAX|SIZE|COUNT|PREFIX|PUBLIC)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"[\d.]*|true|false|/run/secrets/\S*", re.IGNORECASE)
_IN_URL = re.compile(r"://[^:/@\s]*:[^/@\s]+@")
_VARIABLE = re.compile(r"(?<!\$)(?:\$\$)*\$\{?(?P<name>[A-Za-z_]\w*)")
# A variable with whatever it says for the case that it is not set.
_WHOLE = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}|\$[A-Za-z_]\w*")
# `${NAME:?said}`: what stands there is not its value.
_DEMANDED = re.compile(r"\$\{[A-Za-z_]\w*:?\?[^{}]*\}")
_CURE = "put it into .env and write ${%s:?is missing in .env} here"


def find_inline_secrets(entry: ComposeEntry, scene: Scene) -> Iterator[Problem]:
    """Secrets that whoever reads the repository reads, or whoever lists processes."""
    for key, inner in (("environment", ()), ("build", ("args",))):
        for name, text, place in _pairs(entry, key, *inner):
            if _is_inline(name, text):
                yield _problem(name, place)
    for env_file in scene.env_files[entry.name]:
        if env_file.text is None or scene.is_ignored(env_file.file):
            continue
        for name, text, line in assignments(env_file.text):
            if _is_inline(name, text):
                yield _problem(name, Place(file=env_file.file, line=line))
    yield from _arguments(entry)


def _problem(name: str, place: Place) -> Problem:
    return Problem(
        place=place,
        cause=f"has the secret {name} in a file that git keeps",
        cure=_CURE % (name if name.isidentifier() else "NAME"),
    )


def _arguments(entry: ComposeEntry) -> Iterator[Problem]:
    for key in ("command", "entrypoint"):
        for item in entry.items(key):
            text = item.node.value if isinstance(item.node, yaml.ScalarNode) else ""
            shown = [m["name"] for m in _VARIABLE.finditer(text) if _sounds_secret(m["name"])]
            if shown:
                yield Problem(
                    place=item.place,
                    cause=f"shows {shown[0]} in its arguments to whoever lists processes",
                    cure="give it as a variable or a file",
                )
            elif _IN_URL.search(_written(text)):
                yield Problem(
                    place=item.place,
                    cause="has a password in its arguments",
                    cure="give it as a variable or a file",
                )


def _pairs(entry: ComposeEntry, key: str, *inner: str) -> Iterator[tuple[str, str, Place]]:
    """Variables as they are written, in either form, of all files."""
    for found in entry.located(key):
        node: yaml.Node | None = found.node
        for name in inner:
            node = entries(node).get(name)
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                name, _, text = str(item.value).partition("=")
                yield name, text, Place(file=found.file, line=item.start_mark.line + 1)
        for name, value in entries(node).items():
            if isinstance(value, yaml.ScalarNode) and value.tag != "tag:yaml.org,2002:null":
                yield name, value.value, Place(file=found.file, line=value.start_mark.line + 1)


def _sounds_secret(name: str) -> bool:
    return bool(_SECRET.fullmatch(name)) and not _ABOUT.fullmatch(name)


def _is_inline(name: str, text: str) -> bool:
    """Whether the text itself holds a secret, rather than the name of a variable."""
    written = _written(text)
    if _IN_URL.search(written):
        return True
    if not _sounds_secret(name):
        return False
    places = [match[0] for match in _WHOLE.finditer(text.replace("$$", ""))]
    # Beside a variable a secret can only be that one's default.
    return any(not _HARMLESS.fullmatch(_written(part)) for part in places or [text])


def _written(text: str) -> str:
    """The text when no variable is set: what is in the file itself."""
    return filled(_DEMANDED.sub("", text), {})
