"""Where values of one schema may not fit another one, member by member."""

import pytest
from pydantic import BaseModel, ConfigDict, Field

from generator.verification.contracts.schemas import Placed, misfits

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def members(*required: str, **properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(required)}


def lines(sent: object, taken: object) -> list[str]:
    found = misfits(Placed(schema=sent, document=sent), Placed(schema=taken, document=taken))
    return [f"{each.field or '-'}: may {each.sent}, {each.taken}" for each in found]


@pytest.mark.parametrize(
    ("sent", "taken", "expected"),
    [
        (members(a=TEXT), members("a", a=TEXT), "a: may leave it out, requires it"),
        (members("a", a=TEXT), members("b", b=TEXT), "b: may leave it out, requires it"),
        (
            members("a", a={"anyOf": [TEXT, {"type": "null"}]}),
            members("a", a=TEXT),
            "a: may send null, takes string only",
        ),
        (
            members("a", a={"type": ["string", "null"]}),
            members("a", a=TEXT),
            "a: may send null, takes string only",
        ),
        (
            members("a", a={"type": "string", "nullable": True}),
            members("a", a=TEXT),
            "a: may send null, takes string only",
        ),
        (members(a=TEXT), members(a=NUMBER), "a: may send string, takes integer only"),
        ({"type": "number"}, NUMBER, "-: may send number, takes integer only"),
        (TEXT, {"enum": ["x", "y"]}, '-: may send string, takes "x" or "y" only'),
        ({"enum": ["x", "z"]}, {"enum": ["x"]}, '-: may send "z", takes "x" only'),
        ({"const": 1}, {"const": True}, "-: may send 1, takes true only"),
        ({}, TEXT, "-: may send anything, takes string only"),
        (
            TEXT,
            {"type": "string", "format": "uuid"},
            "-: may send what is no uuid, takes uuid only",
        ),
        (
            TEXT,
            {"type": "string", "minLength": 1},
            "-: may send fewer than 1 characters, takes 1 characters or more only",
        ),
        (
            {"type": "string", "maxLength": 9},
            {"type": "string", "maxLength": 8},
            "-: may send more than 8 characters, takes 8 characters or fewer only",
        ),
        (
            TEXT,
            {"type": "string", "pattern": "^a"},
            "-: may send text of another pattern, takes text like ^a only",
        ),
        (
            NUMBER,
            {"type": "integer", "minimum": 1},
            "-: may send other numbers, takes 1 or more only",
        ),
        (
            {"type": "integer", "maximum": 5},
            {"type": "integer", "exclusiveMaximum": 5},
            "-: may send other numbers, takes less than 5 only",
        ),
        (
            NUMBER,
            {"type": "integer", "multipleOf": 2},
            "-: may send what is no multiple of 2, takes multiples of 2 only",
        ),
        (
            {"type": "array", "items": TEXT},
            {"type": "array", "items": NUMBER},
            "[]: may send string, takes integer only",
        ),
        (
            members(a={"type": "array", "items": members(b=TEXT)}),
            members(a={"type": "array", "items": members("b", b=TEXT)}),
            "a[].b: may leave it out, requires it",
        ),
        (
            members(a=TEXT, b=TEXT),
            members(a=TEXT) | {"additionalProperties": False},
            "b: may send it, refuses it",
        ),
        (
            {"type": "object", "additionalProperties": TEXT},
            {"type": "object", "additionalProperties": NUMBER},
            "*: may send string, takes integer only",
        ),
        (
            {"allOf": [members("a", a=TEXT), members(b=TEXT)]},
            members("a", "b", a=TEXT, b=TEXT),
            "b: may leave it out, requires it",
        ),
        (
            members("a", a=TEXT),
            {"allOf": [members("a", a=TEXT), members("b", b=TEXT)]},
            "b: may leave it out, requires it",
        ),
        (
            {"anyOf": [TEXT, NUMBER]},
            {"anyOf": [TEXT, {"type": "boolean"}]},
            "-: may send integer, takes string or boolean only",
        ),
        (TEXT, {"not": NUMBER}, "-: may send what `not` refuses, takes what `not` allows only"),
        (TEXT, False, "-: may send string, takes nothing only"),
    ],
)
def test_a_misfit_is_named_with_both_sides(sent: object, taken: object, expected: str) -> None:
    assert lines(sent, taken) == [expected]


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (members("a", "b", a=TEXT, b=TEXT), members("a", a=TEXT)),
        (members("a", a=TEXT), members(a=TEXT, b=TEXT)),
        (NUMBER, {"type": "number"}),
        (TEXT, {"anyOf": [{"type": "null"}, TEXT]}),
        ({"type": "string", "format": "uuid"}, TEXT),
        ({"type": "string", "minLength": 3}, {"type": "string", "minLength": 1}),
        ({"const": "x"}, {"type": "string", "maxLength": 1}),
        ({"const": None}, {"type": "null"}),
        (False, TEXT),
        (TEXT, True),
        (TEXT, {"title": "Anything", "description": "at all"}),
        (TEXT, {"type": "string", "format": "password", "x-shown": False}),
        ({"not": NUMBER}, {"not": NUMBER}),
    ],
)
def test_what_is_narrower_fits(sent: object, taken: object) -> None:
    assert lines(sent, taken) == []


def test_a_schema_that_holds_itself_ends() -> None:
    node = {"$ref": "#/n"}
    closed = {"n": members("next", next={"anyOf": [node, {"type": "null"}]}), **node}
    open_ = {"n": members(next={"anyOf": [node, {"type": "null"}]}), **node}
    assert lines(closed, closed) == lines(closed, open_) == []
    assert "next: may leave it out, requires it" in lines(open_, closed)


@pytest.mark.parametrize("ref", ["#/nowhere", "other.json#/a", "#/circle"])
def test_a_reference_that_leads_nowhere_says_nothing(ref: str) -> None:
    assert lines(TEXT, {"$ref": ref, "circle": {"$ref": "#/circle"}}) == []


class Inner(BaseModel):
    """Something inside."""

    size: int = Field(ge=0, lt=10)
    tags: tuple[str, ...] = ()


class Outer(BaseModel):
    """Everything that contracts are made of."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    name: str = Field(min_length=1)
    inner: Inner | None = None
    sizes: dict[str, list[Inner]] = {}
    pair: tuple[int, str] = (1, "x")


def test_what_pydantic_writes_fits_what_it_reads() -> None:
    sent = Outer.model_json_schema(mode="serialization")
    taken = Outer.model_json_schema(mode="validation")
    assert lines(sent, taken) == []
    # The other way round, what has a default may be missing.
    assert {line.partition(":")[0] for line in lines(taken, sent)} >= {"inner", "sizes", "pair"}
