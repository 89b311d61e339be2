import pytest

from generator.wiring import UnsetVariableError, env_values
from generator.wiring.interpolation import interpolate

VALUES = {"A": "one", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$A ${A} $$A $${A}", "one one $A ${A}"),
        ("${EMPTY:-d}${EMPTY-d}${NONE-d}${NONE:-d}", "ddd"),
        ("${A:+x}${EMPTY:+x}${EMPTY+y}${NONE+y}", "xy"),
        ("${NONE:-${A}}${NONE:-a$A}", "oneaone"),
        ("${A:?no}${NONE}$NONE", "one"),
        ("100% ${ $ {A} $1", "100% ${ $ {A} $1"),
    ],
)
def test_places_are_filled_as_compose_does(text: str, filled: str) -> None:
    assert interpolate(text, VALUES) == filled


@pytest.mark.parametrize(
    "text", ["${NONE:?is missing}", "${NONE?is missing}", "${EMPTY:?is missing}"]
)
def test_a_demand_is_named(text: str) -> None:
    with pytest.raises(UnsetVariableError, match="is missing"):
        interpolate(text, VALUES)


def test_an_env_file_is_read_with_its_quotes_comments_and_earlier_values() -> None:
    text = (
        "\ufeffA=one # not this\nexport B = '$A'\nC=\"${A}-\\n$Z\"\nD=${A}${B}\n"
        '# E=x\nF=\nG="a b" # c\n'
    )
    assert env_values(text, {"Z": "from elsewhere", "A": "caller's"}) == {
        "A": "one", "B": "$A", "C": "caller's-\nfrom elsewhere", "D": "caller's$A", "F": "",
        "G": "a b",
    }  # fmt: skip
