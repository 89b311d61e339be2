"""A missing or bad variable is named, and no secret shown."""

import re
from pathlib import Path

import pytest

from app.features import Settings
from shared.errors import ConfigurationError
from shared.settings import environment_names, load_settings
from shared.testing import set_environment
from tests.support.environment import variables

REDIS = "redis://:s3cret@localhost:6379/0"
GIVEN = variables("http://users-data:8000", {"REDIS_URL": REDIS, "CACHE_REDIS_URL": REDIS})
EXAMPLE = Path(__file__).parents[1] / ".env.example"
REQUIRED = [
    field.upper() for field, described in Settings.model_fields.items() if described.is_required()
]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {key: value for key, value in GIVEN.items() if key != name}
    set_environment(monkeypatch, Settings, **given)
    with pytest.raises(ConfigurationError, match=f"^{name} is missing, e.g. {name}="):
        load_settings(Settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATA_SERVICE_URL", "users-data:8000"),
        ("DATA_SERVICE_URL", "http://user:s3cret@users-data"),
        ("DATA_SERVICE_API_KEY", "s3cret"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://shop.example/"),
        ("CORS_ORIGINS", "https://shop.example,shop.example"),
        ("IDEMPOTENCY_TTL_SECONDS", "0"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_not_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, Settings, **GIVEN | {name: value})
    with pytest.raises(ConfigurationError, match=f"^{name}") as refused:
        load_settings(Settings)
    assert "s3cret" not in str(refused.value)


def test_origins_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"CORS_ORIGINS": "https://shop.example, http://localhost:3000"}
    set_environment(monkeypatch, Settings, **GIVEN | given)
    origins = load_settings(Settings).cors_origins
    assert origins == ("https://shop.example", "http://localhost:3000")


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
    assert named <= {"DATA_SERVICE_API_KEY", "JWT_SECRET"}
