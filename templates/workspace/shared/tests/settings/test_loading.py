"""The environment becomes one typed object."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from shared.settings import (
    ServiceSettings,
    environment_names,
)
from tests.support.settings import Settings, load


def test_lists_and_maps_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch, READERS="a, b,", LIMITS="a=1,b=x=y", API_KEYS="bot=hush,api=hush hush"
    )

    assert settings.readers == ("a", "b")
    assert settings.limits == {"a": "1", "b": "x=y"}
    assert settings.api_keys == {"bot": SecretStr("hush"), "api": SecretStr("hush hush")}
    assert "hush" not in repr(settings)


def test_the_names_of_all_variables_are_known() -> None:
    names = environment_names(Settings)

    assert {"SERVICE_NAME", "PORT", "DATABASE_URL", "API_KEYS"} <= set(names)


def test_settings_cannot_be_changed(settings: ServiceSettings) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.__setattr__("port", 1)
