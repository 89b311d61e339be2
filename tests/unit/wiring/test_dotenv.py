from dataclasses import replace
from io import StringIO

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import ExternalSecret
from generator.wiring import (
    Secret,
    complete_env,
    filled_in,
    missing_secrets,
    orphaned_secrets,
    unfilled_secrets,
    unneeded_secrets,
    without_made,
    without_secrets,
)
from tests.support.wiring import BOT, consumer, data, wire

WIRING = wire([data()])
NAMES = ["POSTGRES_PASSWORD", "USERS_DATA_DB_PASSWORD", "OPERATOR__USERS_DATA__API_KEY"]


def made(secret: Secret) -> str:
    return f"made-{secret.kind}"


def values(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=StringIO(text), interpolate=False))


def missing(text: str) -> list[str]:
    return [secret.name for secret in missing_secrets(WIRING, text)]


def test_an_empty_file_lacks_every_secret() -> None:
    assert missing("") == NAMES


def test_what_is_missing_is_appended_with_its_purpose() -> None:
    text = complete_env(WIRING, "", made)
    assert values(text) == {
        "POSTGRES_PASSWORD": "made-password",
        "USERS_DATA_DB_PASSWORD": "made-password",
        "OPERATOR__USERS_DATA__API_KEY": "made-api-key",
    }
    assert "# the key with which operator calls users-data\n" in text


def test_completing_twice_changes_nothing() -> None:
    once = complete_env(WIRING, "", made)
    assert complete_env(WIRING, once, lambda _: "other") == once


def test_a_value_set_by_hand_stays() -> None:
    text = "POSTGRES_PASSWORD=mine # the old one\nexport  USERS_DATA_DB_PASSWORD = 'also mine'\n"
    completed = complete_env(WIRING, text, made)
    assert completed.startswith(text)
    assert values(completed)["POSTGRES_PASSWORD"] == "mine"
    assert missing(text) == NAMES[2:]


@pytest.mark.parametrize(
    "line", ["POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=''", 'POSTGRES_PASSWORD=""',
             "POSTGRES_PASSWORD=  # to do", "#POSTGRES_PASSWORD=x", "XPOSTGRES_PASSWORD=x"],
)  # fmt: skip
def test_an_empty_or_other_variable_sets_nothing(line: str) -> None:
    assert missing(line) == NAMES
    assert values(complete_env(WIRING, line, made))["POSTGRES_PASSWORD"] == "made-password"


def test_what_looks_like_a_variable_inside_a_quoted_value_is_none() -> None:
    text = 'CERTIFICATE="one\nPOSTGRES_PASSWORD=two\n"\n'
    assert missing(text) == NAMES


def test_the_line_ends_and_the_last_line_are_kept() -> None:
    completed = complete_env(WIRING, "A=1\r\nB=2", made)
    assert completed.startswith("A=1\r\nB=2\r\n# the PostgreSQL")
    assert completed.count("\n") == completed.count("\r\n")


def test_a_byte_order_mark_is_kept() -> None:
    text = "\ufeffPOSTGRES_PASSWORD=x\n"
    assert missing(text) == NAMES[1:]
    assert complete_env(WIRING, text, made).startswith(text)


@given(st.text())
def test_every_byte_that_was_there_stays(text: str) -> None:
    completed = complete_env(WIRING, text, made)
    assert completed.startswith(text)
    assert missing(completed) == []


TOKEN = "HELP_BOT__TELEGRAM_TOKEN"
GIVEN = (ExternalSecret(name="TELEGRAM_TOKEN", purpose="from @BotFather"),)
EXTERNAL = wire([consumer(replace(BOT, external_secrets=GIVEN), "help-bot", "")])


def unfilled(text: str) -> list[str]:
    return [secret.name for secret in unfilled_secrets(EXTERNAL, text)]


def test_what_only_a_person_can_give_gets_an_empty_line_once_and_no_value() -> None:
    text = complete_env(EXTERNAL, "A=1\n", made)
    assert text == f"A=1\n# help-bot: from @BotFather\n{TOKEN}=\n"
    assert complete_env(EXTERNAL, text, made) == text
    assert unfilled(text) == unfilled("") == [TOKEN]
    assert missing_secrets(EXTERNAL, "") == ()


@pytest.mark.parametrize("value", ["1:a", "'1:a'", '"1:a" # mine'])
def test_what_a_person_filled_in_is_not_asked_for_again(value: str) -> None:
    assert unfilled(f"{TOKEN}={value}\n") == []
    assert complete_env(EXTERNAL, f"{TOKEN}={value}\n", made) == f"{TOKEN}={value}\n"


def test_what_was_made_for_a_service_that_is_gone_is_found_and_taken_out() -> None:
    both = wire([data(), data("orders-data", 8201)])
    text = complete_env(both, "# mine: by hand\r\nTEAM__TOKEN=kept\r\n", lambda s: s.name.lower())
    orphans = orphaned_secrets(WIRING, text)
    assert orphans == ("ORDERS_DATA_DB_PASSWORD", "OPERATOR__ORDERS_DATA__API_KEY")
    assert orphaned_secrets(both, text) == ()
    assert orphaned_secrets(WIRING, text, kept=["ORDERS_DATA"]) == ()
    left = without_secrets(text, orphans)
    assert orphaned_secrets(WIRING, left) == ()
    assert not missing_secrets(WIRING, left)
    assert left.startswith("# mine: by hand\r\nTEAM__TOKEN=kept\r\n")
    assert len(text.splitlines()) - len(left.splitlines()) == 4
    assert left.count("\r\n") == left.count("\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_a_service_brought_goes_with_it_and_every_other_byte_stays(newline: str) -> None:
    before = wire([data(), consumer(BOT, "users-bot", "users-data")])
    mine = f"# mine{newline}TEAM_TOKEN='a\nUSERS_BOT_PORT=1'{newline}"
    kept = complete_env(WIRING, mine, made)
    text = complete_env(before, kept, made) + "# mine too\n"
    gone = unneeded_secrets(before, WIRING, text)
    assert gone
    assert without_made(text, gone) == kept + "# mine too\n"


def test_the_last_service_of_a_server_takes_the_servers_secret_along() -> None:
    text = complete_env(WIRING, "", made)
    assert without_made(text, unneeded_secrets(WIRING, wire([]), text)) == ""


def test_a_secret_whose_comment_a_person_changed_is_the_persons() -> None:
    text = complete_env(WIRING, "", made).replace("# the database role", "# MY database role")
    gone = unneeded_secrets(WIRING, wire([]), text)
    assert "USERS_DATA_DB_PASSWORD" not in [secret.name for secret in gone]
    assert "USERS_DATA_DB_PASSWORD=made-password" in without_made(text, gone)


def test_only_a_value_that_a_person_gave_is_filled_in() -> None:
    secrets = [Secret(name="TOKEN", purpose="x", kind="external"), *WIRING.secrets]
    assert filled_in("TOKEN=\nPOSTGRES_PASSWORD=x\n", secrets) == ()
    assert filled_in("TOKEN=1\n", secrets) == (secrets[0],)
