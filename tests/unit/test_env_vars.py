"""What a child process may see of the caller's environment."""

from pathlib import Path

import pytest

from generator.env_vars import child_env_vars, own_package_env_vars, uv_env_vars


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "DATABASE_URL", "PGPASSWORD", "PGHOST", "API_KEYS",
        "MY_APP_SETTING", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV", "RABBITMQ_HOME",
        "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "UV_PROJECT_ENVIRONMENT", "LC_SECRET",
        "SSH_AUTH_SOCK",
    ],
)  # fmt: skip
def test_secrets_and_the_callers_own_settings_stay_behind(name: str) -> None:
    assert child_env_vars({name: "x"}) == {}


@pytest.mark.parametrize(
    "name",
    [
        "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
        "https_proxy", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL", "UV_DEFAULT_INDEX",
        "UV_INDEX_INTERNAL_PASSWORD", "UV_CACHE_DIR", "XDG_CACHE_HOME",
    ],
)  # fmt: skip
def test_what_programs_need_to_run_and_install_goes_along(name: str) -> None:
    assert child_env_vars({name: "x"}) == {name: "x"}


def test_what_the_caller_sets_for_the_child_wins() -> None:
    assert child_env_vars({"PATH": "/bin"}, {"PATH": "/usr/bin", "API_KEYS": "a"}) == {
        "PATH": "/usr/bin",
        "API_KEYS": "a",
    }


@pytest.mark.parametrize(
    "name",
    [
        "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_VALUE_0", "NETRC",
        "AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS", "DBUS_SESSION_BUS_ADDRESS",
        "UV_GITHUB_TOKEN", "UV_KEYRING_PROVIDER", "UV_INDEX_INTERNAL_PASSWORD",
        "UV_INDEX_INTERNAL_USERNAME", "UV_DEFAULT_INDEX", "UV_CREDENTIALS_DIR",
    ],
)  # fmt: skip
def test_uv_finds_private_indexes_and_repositories(name: str) -> None:
    assert uv_env_vars({name: "x"})[name] == "x"


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "DATABASE_URL", "UV_PUBLISH_TOKEN", "UV_LOCKED",
        "UV_EXCLUDE_NEWER", "UV_RESOLUTION", "UV_NO_DEV", "VIRTUAL_ENV", "PYTHONPATH",
    ],
)  # fmt: skip
def test_uv_gets_no_other_secret_and_no_setting_that_changes_what_comes_out(name: str) -> None:
    assert uv_env_vars({name: "x"}) == {"UV_PYTHON_DOWNLOADS": "never"}


def test_installed_packages_do_not_come_before_the_standard_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = own_package_env_vars()["PYTHONPATH"]
    assert (Path(here) / "generator/env_vars.py").is_file()
    monkeypatch.setattr("generator.env_vars._installed_places", lambda: [here])
    assert own_package_env_vars() == {}
