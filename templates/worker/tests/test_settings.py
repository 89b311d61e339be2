"""A missing or bad variable is named, and no secret shown."""

import re
from pathlib import Path

import pytest

from app.features import Settings
from shared.errors import ConfigurationError
from shared.settings import environment_names, load_settings
from shared.testing import set_environment
from tests.support.environment import variables

GIVEN = variables(
    "http://users-data:8000",
    {"REDIS_URL": "redis://:s3cret@redis/0", "AMQP_URL": "amqp://a:s3cret@mq/v"},
)
EXAMPLE = Path(__file__).parents[1] / ".env.example"
REQUIRED = [
    field.upper() for field, described in Settings.model_fields.items() if described.is_required()
]
BAD = {
    "DATA_SERVICE_URL": "users-data:8000",
    "DATA_SERVICE_API_KEY": "s3cret",
    "AMQP_URL": "http://u:s3cret@mq",
    "REDIS_URL": "http://u:s3cret@redis",
    "BLOB_STORE_URL": "ftp://u:s3cret@blobs",
    "MEDIA_MEMORY_MIB": "0",
    "NOTIFICATION_URL": "https://u:s3cret@mailer",
    "ANALYTICS_DAYS": "1",
}


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {key: value for key, value in GIVEN.items() if key != name}
    set_environment(monkeypatch, Settings, **given)
    with pytest.raises(ConfigurationError, match=f"^{name} is missing, e.g. {name}="):
        load_settings(Settings)


@pytest.mark.parametrize("name", sorted(set(BAD) & set(environment_names(Settings))))
def test_a_bad_value_is_refused_by_name_and_not_shown(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, Settings, **GIVEN | {name: BAD[name]})
    with pytest.raises(ConfigurationError, match=f"^{name}") as refused:
        load_settings(Settings)
    assert "s3cret" not in str(refused.value)


def test_the_example_environment_names_every_setting_and_nothing_else() -> None:
    named = re.findall("^(?:# )?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert sorted(named) == sorted(environment_names(Settings))


def test_the_example_environment_is_complete_but_for_the_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and line[0] != "#"]
    given = dict(line.split("=", 1) for line in lines)
    set_environment(monkeypatch, Settings, **given)
    with pytest.raises(ConfigurationError) as refused:
        load_settings(Settings)
    named = {line.split()[0] for line in str(refused.value).splitlines()}
    assert named <= {"DATA_SERVICE_API_KEY"}
