"""The environment is checked before anything starts."""

import re
from pathlib import Path

import pytest

from app.features import Settings
from shared.errors import ConfigurationError
from shared.settings import environment_names, load_settings
from shared.testing import set_environment
from tests.support.environment import variables

URL = "postgresql://user:s3cret@localhost/database"
EXAMPLE = Path(__file__).parents[1] / ".env.example"


@pytest.mark.parametrize("name", ["SERVICE_NAME", "DATABASE_URL", "API_KEYS"])
def test_a_missing_variable_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {key: value for key, value in variables(URL).items() if key != name}
    set_environment(monkeypatch, Settings, **given)
    with pytest.raises(ConfigurationError, match=f"^{name} is missing"):
        load_settings(Settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "s3cret"),
        ("DATABASE_URL", "mysql://user:s3cret@localhost/database"),
        ("DATABASE_URL", "postgresql://user:s3cret@localhost"),
        ("API_KEYS", "users-api=s3cret"),
        ("API_KEYS", "s3cret"),
        ("API_KEYS", ","),
        ("CREDENTIALS_READERS", "s3cret"),
        ("DATABASE_POOL_SIZE", "0"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_not_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, Settings, **variables(URL) | {name: value})
    with pytest.raises(ConfigurationError) as refused:
        load_settings(Settings)
    assert name in str(refused.value)
    assert name == "CREDENTIALS_READERS" or "s3cret" not in str(refused.value)


def test_the_example_environment_names_every_setting_and_nothing_else() -> None:
    named = re.findall("^(?:# )?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert sorted(named) == sorted(environment_names(Settings))


def test_the_example_environment_is_complete_but_for_the_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and line[0] != "#"]
    given = dict(line.split("=", 1) for line in lines)
    set_environment(monkeypatch, Settings, **given)
    with pytest.raises(ConfigurationError, match=r"^API_KEYS is not valid[^\n]*$"):
        load_settings(Settings)
