"""The environment becomes one typed object, or a line for each variable that is wrong."""

from __future__ import annotations

import pytest
from pydantic import Field, SecretStr, field_validator

from shared.errors import ConfigurationError
from shared.settings import (
    CommaList,
    SecretMap,
    ServiceSettings,
    environment_names,
    exit_on_configuration_error,
    load_settings,
)
from shared.testing import set_environment


class Settings(ServiceSettings):
    database_url: SecretStr = Field(examples=["postgresql://app:secret@localhost/app"])
    readers: CommaList = ()
    api_keys: SecretMap = Field(default={})
    sizes: list[int] = Field(default=[1])

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("postgresql://"):
            message = f"{value.get_secret_value()} is no PostgreSQL URL"
            raise ValueError(message)
        return value


REQUIRED = {"SERVICE_NAME": "users-data", "DATABASE_URL": "postgresql://db/app"}


def load(patch: pytest.MonkeyPatch, **variables: str) -> Settings:
    set_environment(patch, Settings, **(REQUIRED | variables))
    return load_settings(Settings)


def failure(patch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(patch, **variables)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value).splitlines()


def test_lists_and_maps_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, READERS="a, b,", API_KEYS="bot=hush,api=hush=hush hush")

    assert settings.readers == ("a", "b")
    assert settings.api_keys == {"bot": SecretStr("hush"), "api": SecretStr("hush=hush hush")}
    assert "hush" not in repr(settings)


def test_the_names_of_all_variables_are_known() -> None:
    names = environment_names(Settings)

    assert {"SERVICE_NAME", "PORT", "DATABASE_URL", "API_KEYS"} <= set(names)


def test_settings_cannot_be_changed(settings: ServiceSettings) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.__setattr__("port", 1)


def test_every_missing_variable_has_a_line_with_an_example(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert failure(monkeypatch, SERVICE_NAME="", DATABASE_URL="") == [
        "SERVICE_NAME is missing, e.g. SERVICE_NAME=users-data",
        "DATABASE_URL is missing, e.g. DATABASE_URL=postgresql://app:secret@localhost/app",
    ]


def test_a_malformed_variable_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = failure(monkeypatch, PORT="x", LOG_LEVEL="loud", SIZES="1,2")

    assert lines == ['error parsing value for field "sizes" from source "EnvSettingsSource"']
    level, port = failure(monkeypatch, PORT="x", LOG_LEVEL="loud")
    assert port.startswith("PORT is not valid: Input should be a valid integer")
    assert port.endswith(", e.g. PORT=8000")
    assert "LOG_LEVEL" in level
    assert "'DEBUG', 'INFO'" in level


@pytest.mark.parametrize("keys", ["hush", "a=hush,b", "a=x,hush", "a=hush,a=hush", "=hush"])
def test_a_secret_is_never_in_the_error(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    lines = failure(monkeypatch, API_KEYS=keys, DATABASE_URL="hush://hush")

    assert [line.split()[0] for line in lines] == ["DATABASE_URL", "API_KEYS"]
    assert "hush" not in "".join(lines)


def test_the_process_exits_with_2_and_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught, exit_on_configuration_error():
        load(monkeypatch, SERVICE_NAME="")

    assert caught.value.code == 2
    assert capsys.readouterr() == ("", "SERVICE_NAME is missing, e.g. SERVICE_NAME=users-data\n")


@pytest.mark.parametrize(
    ("variables", "port"),
    [
        ({}, 9000),
        ({"PORT": "65000"}, 64000),
        ({"PORT": "0"}, 0),
        ({"METRICS_PORT": "9090"}, 9090),
        ({"METRICS_PORT": "8000"}, 8000),
    ],
)
def test_metrics_have_a_port_beside_the_services_own_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], port: int
) -> None:
    assert load(monkeypatch, **variables).metrics_at_port == port


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({}, False),
        ({"ENVIRONMENT": "development"}, True),
        ({"ENVIRONMENT": "development", "API_DOCS": "false"}, False),
        ({"API_DOCS": "true"}, True),
    ],
)
def test_documentation_is_shown_in_development_or_where_it_is_switched_on(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, shown: bool
) -> None:
    assert load(monkeypatch, **variables).shows_docs == shown


def test_proxies_are_named_by_address_or_network(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, FORWARDED_ALLOW_IPS="10.0.0.0/8, ::1")

    assert settings.forwarded_allow_ips == ("10.0.0.0/8", "::1")
    assert failure(monkeypatch, FORWARDED_ALLOW_IPS="10.0.0.0/8,proxy")[0].startswith(
        "FORWARDED_ALLOW_IPS is not valid: 'proxy' does not appear to be an IPv4 or IPv6 network"
    )
