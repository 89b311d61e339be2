"""Which of the caller's environment variables a child process may see."""

import re
from collections.abc import Mapping

# What a child needs to find programs, a home, certificates, proxies and package indexes.
_KEPT = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|TERM|CI|XDG_\w+"
    r"|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS"
    r"|GIT_SSL_CAINFO|(?:HTTPS?|ALL|NO)_PROXY|PIP_\w+|UV_\w+|COPIER_CACHE_DIR|SOURCE_DATE_EPOCH"
    r"|LD_LIBRARY_PATH|DYLD_\w+|SYSTEMROOT|COMSPEC|PATHEXT|PYENV_\w+|NO_COLOR",
    re.IGNORECASE,
)
# Index settings may hold a credential, and without it nothing can be installed.
_SECRET = re.compile(r".*(PASSWORD|TOKEN|SECRET|CREDENTIAL)\w*", re.IGNORECASE)
_INDEX = re.compile(r"(UV_INDEX_\w+|PIP_\w+)", re.IGNORECASE)
# What a person's own shell may hold beside those.
_KEY = re.compile(r".*(API_?KEY|ACCESS_KEY|PRIVATE_KEY|PASSWD|PASSPHRASE)\w*", re.IGNORECASE)


def child_env_vars(
    base: Mapping[str, str], extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment for a process that runs code we did not write.

    Keeps certificates, proxies, index settings and what programs need to run at all; drops
    everything else, secrets first of all. `PYTHONDONTWRITEBYTECODE` is dropped on purpose:
    many short Pythons are started, and compiling each time triples their start.

    Args:
        base: the caller's environment.
        extra: set on top of it.
    """
    kept = {name: value for name, value in base.items() if _allowed(name)}
    # The caller's virtual environment is not the child's, and what holds uv back from locking or
    # installing is meant for the caller's own commands.
    for name in ("UV_PROJECT_ENVIRONMENT", "UV_FROZEN", "UV_LOCKED", "UV_NO_SYNC"):
        kept.pop(name, None)
    return kept | dict(extra or {})


def _allowed(name: str) -> bool:
    if not _KEPT.fullmatch(name):
        return False
    return not _SECRET.fullmatch(name) or bool(_INDEX.fullmatch(name))


def secrets_in(base: Mapping[str, str]) -> frozenset[str]:
    """The variables that hold a secret, by their names; what an index needs is none of them."""
    return frozenset(
        name
        for name in base
        if (_SECRET.fullmatch(name) or _KEY.fullmatch(name)) and not _INDEX.fullmatch(name)
    )
