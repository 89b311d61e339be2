"""Which of the caller's environment variables a child process may see."""

import re
import site
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

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
# What uv, and git for uv, need on top to reach private indexes and repositories: where an agent, a
# keyring, a profile or a file of credentials is. Keys of a cloud by value stay behind, because
# whatever uv builds sees what uv sees.
_FOR_UV = re.compile(
    r"SSH_AUTH_SOCK|SSH_ASKPASS|SSH_ASKPASS_REQUIRE|GIT_SSH|GIT_SSH_COMMAND|GIT_SSH_VARIANT"
    r"|GIT_ASKPASS|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|NETRC|KRB5\w*"
    r"|AWS_(?:PROFILE|DEFAULT_PROFILE|REGION|DEFAULT_REGION|CONFIG_FILE|SHARED_CREDENTIALS_FILE"
    r"|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE|CONTAINER_CREDENTIALS_\w+)"
    r"|GOOGLE_APPLICATION_CREDENTIALS|CLOUDSDK_\w+|AZURE_CONFIG_DIR|ARTIFACTS_\w+"
    r"|DBUS_SESSION_BUS_ADDRESS|GNUPGHOME|PYTHON_KEYRING_BACKEND|UV_GITHUB_TOKEN"
    r"|UV_CREDENTIALS_DIR",
    re.IGNORECASE,
)
# What of uv's own settings is meant for the caller's commands: it would change what is locked,
# installed or where.
_CALLERS_OWN = frozenset(
    {
        "UV_BUILD_CONSTRAINT", "UV_CONSTRAINT", "UV_DEV", "UV_ENV_FILE", "UV_EXCLUDE",
        "UV_EXCLUDE_NEWER", "UV_EXCLUDE_NEWER_PACKAGE", "UV_FORK_STRATEGY", "UV_FROZEN",
        "UV_ISOLATED", "UV_LOCKED", "UV_NO_DEFAULT_GROUPS", "UV_NO_DEV", "UV_NO_EDITABLE",
        "UV_NO_GROUP", "UV_NO_SOURCES", "UV_NO_SYNC", "UV_OVERRIDE", "UV_PRERELEASE",
        "UV_PROJECT", "UV_PROJECT_ENVIRONMENT", "UV_RESOLUTION", "UV_SYSTEM_PYTHON",
        "UV_TORCH_BACKEND", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY",
    }
)  # fmt: skip
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
    return kept | dict(extra or {})


def code_env_vars(base: Mapping[str, str], home: Path, caches: Path) -> dict[str, str]:
    """The environment of a service's own code: no credential, and a home of its own.

    Args:
        base: the caller's environment.
        home: its home, made when missing.
        caches: where Python puts what it compiles, so that the tree stays as it was.
    """
    home.mkdir(parents=True, exist_ok=True)
    kept = {
        name: value
        for name, value in child_env_vars(base).items()
        if not name.upper().startswith(("UV_", "PIP_", "XDG_"))
    }
    places = {"HOME": str(home), "PYTHONPYCACHEPREFIX": str(caches / "pycache")}
    return kept | places | {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}


def uv_env_vars(base: Mapping[str, str], extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for uv itself: a child's, and the way to private indexes and repositories.

    Args:
        base: the caller's environment.
        extra: set on top of it.
    """
    credentials = {name: value for name, value in base.items() if _FOR_UV.fullmatch(name)}
    return child_env_vars(base) | credentials | {"UV_PYTHON_DOWNLOADS": "never"} | dict(extra or {})


def _allowed(name: str) -> bool:
    if not _KEPT.fullmatch(name) or name in _CALLERS_OWN:
        return False
    return not _SECRET.fullmatch(name) or bool(_INDEX.fullmatch(name))


def own_package_env_vars() -> dict[str, str]:
    """What lets a Python of this environment import this very package, wherever it lies.

    Nothing where that Python looks anyway: on PYTHONPATH a folder of installed packages would come
    before the standard library, and hide its modules.
    """
    folder = str(Path(__file__).resolve().parent.parent)
    installed = {str(Path(place).resolve()) for place in _installed_places()}
    return {} if folder in installed else {"PYTHONPATH": folder}


def _installed_places() -> Iterator[str]:
    yield from site.getsitepackages()
    yield from (sysconfig.get_path(name) for name in ("purelib", "platlib"))


def secrets_in(base: Mapping[str, str]) -> frozenset[str]:
    """The variables that hold a secret, by their names; what an index needs is none of them."""
    return frozenset(
        name
        for name in base
        if (_SECRET.fullmatch(name) or _KEY.fullmatch(name)) and not _INDEX.fullmatch(name)
    )
