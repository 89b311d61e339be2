"""Where broker and store are is checked when the process starts, and is never shown."""

from __future__ import annotations

import pytest

from shared.errors import ConfigurationError
from shared.messaging.settings import TaskSettings
from shared.settings import load_settings
from shared.testing import set_environment

GOOD = {
    "SERVICE_NAME": "tested",
    "AMQP_URL": "amqp://user:hush@rabbitmq:5672/vhost",
    "REDIS_URL": "redis://:hush@redis:6379/0",
}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("AMQP_URL", "http://hush", "not of the form amqp://user:password@host:5672/vhost"),
        ("AMQP_URL", "amqp://hush@:5672", "not of the form"),
        ("AMQP_URL", "amqp://hush@host:0", "not of the form"),
        ("REDIS_URL", "http://hush", "not of the form redis://:password@host:6379/0"),
        ("MESSAGING_PREFIX", "a b", "has more than 128 letters, digits and .:_-"),
        ("MESSAGING_PREFIX", "a" * 129, "has more than 128"),
        ("TASK_CLAIM_SECONDS", "0", "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    set_environment(monkeypatch, TaskSettings, **GOOD | {name: value})

    with pytest.raises(ConfigurationError) as caught:
        load_settings(TaskSettings)

    assert str(caught.value).startswith(f"{name} is not valid: ")
    assert why in str(caught.value)
    assert "hush" not in str(caught.value)


def test_the_defaults_keep_records_for_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, TaskSettings, **GOOD)

    settings = load_settings(TaskSettings)

    assert (settings.task_status_seconds, settings.event_claim_seconds) == (48 * 3600, 6 * 3600)
    assert settings.messaging_prefix == ""
    assert "hush" not in repr(settings)
