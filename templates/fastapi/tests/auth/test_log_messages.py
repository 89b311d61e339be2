"""Without anybody to send messages they are shown to a developer, and to nobody in production."""

from collections.abc import Iterable

import pytest

from app.application import build_application
from app.features import FEATURES, Settings
from shared.errors import ConfigurationError
from shared.settings import load_settings
from shared.testing import client, logged
from tests.auth.examples import EMAIL, USERS, bearing, logged_in, registered

FORGOTTEN = f"{USERS}/password/forgotten"


async def test_in_production_what_needs_a_message_is_refused_and_no_token_is_logged(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with client(build_application(settings, FEATURES)) as api:
        await registered(api)
        headers = bearing((await logged_in(api))["access_token"])
        with logged(settings):
            for method, path, body in requests():
                refused = await api.request(method, path, json=body, headers=headers)
                assert (refused.status_code, refused.json()["code"]) == (503, "no-messages")
    assert "account message" not in capsys.readouterr().out


def requests() -> Iterable[tuple[str, str, dict[str, str]]]:
    yield "POST", FORGOTTEN, {"email": EMAIL}
    yield "POST", f"{USERS}/confirm/resend", {"email": EMAIL}
    yield "POST", f"{USERS}/me/email", {"email": "new@example.org", "password": "x"}


async def test_in_development_the_log_has_the_token(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    developing = settings.model_copy(update={"environment": "development"})
    async with client(build_application(developing, FEATURES)) as api:
        await registered(api)
        with logged(developing):
            assert (await api.post(FORGOTTEN, json={"email": EMAIL})).status_code == 202
    printed = capsys.readouterr().out
    assert '"kind": "reset-password"' in printed
    assert '"token"' in printed


@pytest.mark.usefixtures("settings")
def test_confirming_addresses_in_production_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONFIRM_ADDRESSES", "true")
    with pytest.raises(ConfigurationError, match=r"^CONFIRM_ADDRESSES .* events or tasks") as line:
        load_settings(Settings)
    assert "\n" not in str(line.value)
    monkeypatch.setenv("ENVIRONMENT", "development")
    assert load_settings(Settings).confirm_addresses
