"""The address of a template repository, in the spelling that Copier, uv and git can all use."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

# `user@host:path` and `alias:path`: what git takes for SSH without saying so.
_SCP = re.compile(r"(?:(?P<user>[\w.-]+)@)?(?P<host>[\w.-]+):(?P<path>(?!//)[^\s]+)\Z")
_SCHEMES = frozenset({"https", "http", "ssh", "git"})


@dataclass(frozen=True, slots=True)
class TemplateUrl:
    """Where a template repository is: an address without credentials, or a folder.

    Copier takes an address for git's when it ends in `.git` or begins with `git+`; uv wants the
    `git+` and no `user@host:path`. So an address that ends in `.git` is kept as a plain URL, to
    which `git+` may be put, and every other one gets it here.
    """

    value: str

    @classmethod
    def parse(cls, text: str, *, base: Path | None = None) -> "TemplateUrl":
        """Bring an address as git knows it into that spelling, without what is secret in it.

        A user's name stays for SSH, which needs it; over HTTP it is a credential or goes with one.

        Args:
            text: a URL, `user@host:path`, or a path.
            base: the folder that a relative path is meant from.
        """
        plain = text.strip().removeprefix("git+")
        if "://" in plain:
            parts = urlsplit(plain)
            if parts.scheme == "file":
                return cls(parts.path)
            if parts.scheme in _SCHEMES:
                return cls(_marked(urlunsplit(parts._replace(netloc=_without_secret(plain)))))
            return cls(plain)
        if (match := _SCP.match(plain)) and not Path(plain).exists():
            user = f"{match['user']}@" if match["user"] else ""
            return cls(_marked(f"ssh://{user}{match['host']}/{match['path'].lstrip('/')}"))
        place = Path(plain).expanduser()
        return cls(str(place if place.is_absolute() or base is None else (base / place).resolve()))

    @property
    def is_remote(self) -> bool:
        """Whether others can use it too; a folder is this machine's."""
        return "://" in self.value

    def __str__(self) -> str:
        return self.value


def _without_secret(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "ssh" and parts.username:
        return f"{parts.username}@{host}"
    return host


def _marked(url: str) -> str:
    return url if url.endswith(".git") else f"git+{url}"
