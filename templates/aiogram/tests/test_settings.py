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
    "https://api.telegram.org",
    {"REDIS_URL": "redis://:s3cret@redis/0", "AMQP_URL": "amqp://a:s3cret@mq/v"},
)
EXAMPLE = Path(__file__).parents[1] / ".env.example"
REQUIRED = [
    field.upper() for field, described in Settings.model_fields.items() if described.is_required()
]
BAD = {
    "DATA_SERVICE_URL": "users-data:8000",
    "DATA_SERVICE_API_KEY": "s3cret",
    "TELEGRAM_TOKEN": "s3cret",
    "TELEGRAM_API_URL": "api.telegram.org",
    "WEBHOOK_URL": "https://u:s3cret@bot.example",
    "BOT_MODE": "pigeons",
    "ADMIN_IDS": "1001,@ann",
    "AMQP_URL": "http://u:s3cret@mq",
    "REDIS_URL": "http://u:s3cret@redis",
    "BLOB_STORE_URL": "ftp://u:s3cret@blobs",
    "UPDATES_IN_FLIGHT": "0",
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
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"BOT_MODE": "webhook"}, "WEBHOOK_URL is missing"),
        (
            {"BOT_MODE": "webhook", "WEBHOOK_URL": "http://bot.example/telegram/webhook"},
            "WEBHOOK_URL is not valid: Telegram takes only https",
        ),
    ],
)
def test_a_webhook_that_telegram_cannot_use_is_refused_in_one_line(
    given: dict[str, str], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, Settings, **GIVEN | given)
    with pytest.raises(ConfigurationError, match=f"^{line}") as refused:
        load_settings(Settings)
    assert len(str(refused.value).splitlines()) == 1


def test_a_server_of_ones_own_may_send_updates_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {
        "BOT_MODE": "webhook",
        "TELEGRAM_API_URL": "http://bot-api:8081",
        "WEBHOOK_URL": "http://support-bot:8000/telegram/webhook",
    }
    set_environment(monkeypatch, Settings, **GIVEN | own)
    assert load_settings(Settings).webhook_url == own["WEBHOOK_URL"]


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
    assert named == {"DATA_SERVICE_API_KEY", "TELEGRAM_TOKEN"}
