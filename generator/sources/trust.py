"""Which template repositories this person trusts: a list of their own, never a file of a clone."""

import json
import os
from pathlib import Path

from generator.errors import UntrustedSourceError
from generator.files import write_atomically


def is_trusted(url: str) -> bool:
    """Whether this person has said that the templates at this address may be used."""
    return url in trusted_urls()


def trusted_urls() -> tuple[str, ...]:
    """The addresses that this person trusts.

    Raises:
        UntrustedSourceError: when the list cannot be read.
    """
    path = trust_file()
    try:
        urls = json.loads(path.read_text(encoding="utf-8"))["trusted"]
        return tuple(map(str, urls))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UntrustedSourceError(
            f"{path} cannot be read, so no source is trusted: {error}.",
            hint="Remove it, then add your sources again: generator source add NAME URL.",
        ) from error


def trust(url: str) -> None:
    """Note that this person trusts an address. Raises `DestinationRefusedError`."""
    _write((*trusted_urls(), url))


def distrust(url: str) -> None:
    """Forget that this person trusts an address. Raises `DestinationRefusedError`."""
    _write(tuple(each for each in trusted_urls() if each != url))


def trust_file() -> Path:
    """Where the list is, in the person's configuration folder."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
    return Path(base) / "generator" / "sources.json"


def _write(urls: tuple[str, ...]) -> None:
    path = trust_file()
    text = json.dumps({"trusted": sorted(set(urls))}, indent=2) + "\n"
    write_atomically(path, text, scratch=path.parent, mode=0o600)
