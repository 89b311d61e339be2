"""Names: what is taken, what is turned, what is refused and why."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import NameRefusedError
from generator.naming import PATTERN, RESERVED, env_prefix, parse_name, refuse_taken, snake


@pytest.mark.parametrize("name", ["users-api", "abc", "a1b", "x" * 40, "users-data-2"])
def test_good_names_are_taken_as_they_are(name: str) -> None:
    parsed = parse_name(name)
    assert (parsed.value, parsed.changed) == (name, False)


def test_an_underscore_becomes_a_dash_and_the_change_is_known() -> None:
    parsed = parse_name("users_data")
    assert (parsed.value, parsed.changed) == ("users-data", True)


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "../x", "/etc/passwd", "a/b", "a\\b", "-rf", "--help", "a b", "ab\n",
        "\nab", "ab\x00", "1abc", "Users", "a--b", "ab-", "us\u0435rs", "café", "users.data",
        "ab", "x" * 41,
        "{{ 7*7 }}", "${HOME}", "shared", "wiring", "infra", "postgres", "redis", "rabbitmq", "con",
        "nul", "class", "import", "match", "~", "abc~", "a\u200bbc", "\uff41\uff42\uff43", "😀",
    ],
)  # fmt: skip
def test_bad_names_are_refused_in_one_line_each_of_cause_and_cure(name: str) -> None:
    with pytest.raises(NameRefusedError) as refused:
        parse_name(name)
    assert refused.value.message.isprintable()
    assert refused.value.message.isascii()
    assert refused.value.hint


@given(st.text(max_size=60))
def test_whatever_is_typed_the_result_fits_every_consumer_or_is_refused(typed: str) -> None:
    try:
        name = parse_name(typed).value
    except NameRefusedError as error:
        refused = error.message
    else:
        refused = ""
        assert PATTERN.fullmatch(name)
        assert 3 <= len(name) <= 40
        assert name not in RESERVED
        assert set(snake(name)) <= set(string.ascii_lowercase + string.digits + "_")
        assert env_prefix(name).isupper()
    assert refused.isprintable()


@pytest.mark.parametrize("twin", ["users-data", "users_data", "Users-Data", "users.data"])
def test_a_twin_by_case_or_separator_is_refused_and_named(twin: str) -> None:
    with pytest.raises(NameRefusedError, match=twin.replace(".", r"\.")):
        refuse_taken(parse_name("users-data"), services=[twin], distributions=[])


def test_the_name_of_a_locked_distribution_is_refused() -> None:
    with pytest.raises(NameRefusedError, match="distribution"):
        refuse_taken(parse_name("pydantic-core"), services=[], distributions=["pydantic_core"])


def test_a_free_name_passes() -> None:
    refuse_taken(parse_name("users-data"), services=["files-data"], distributions=["fastapi"])
