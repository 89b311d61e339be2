"""A weak secret is refused by its name."""

import pytest

from app.features import Settings
from shared.errors import ConfigurationError
from shared.settings import load_settings


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET", "s3cret"),
        ("JWT_SECRET", "s3cret" * 5),
        ("ACCESS_TOKEN_SECONDS", "0"),
        ("LOGIN_ATTEMPTS", "0"),
        ("PASSWORD_MEMORY_KIB", "7"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_not_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"^{name} is not valid") as refused:
        load_settings(Settings)
    assert "s3cret" not in str(refused.value)
