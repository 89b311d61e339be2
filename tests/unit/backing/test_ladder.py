"""Rungs are tried in order; each that does not fit is told and cleared away."""

import pytest

from generator.backing.ladder import Request, Rung, UnsuitableError, climb
from generator.backing.model import Attempt, BackingKind, Opened, Started
from generator.backing.undo import Undo
from generator.errors import BackingUnavailableError


def _fits(_request: Request, _undo: Undo) -> Opened:
    return Opened(detail="here", isolate=lambda name: {"NAME": name})


def _climb(*rungs: Rung) -> Started:
    request = Request(environment={})
    started, _ = climb(BackingKind.POSTGRES, "Thing", rungs, request=request, undo=Undo())
    return started


def _unfit(name: str, *, final: str = "", log: tuple[str, ...] = ()) -> Rung:
    def refuse(_request: Request, _undo: Undo) -> Opened:
        raise UnsuitableError(f"no {name}", final=final, log=log)

    return Rung(name=name, open=refuse, fix=f"get {name}")


def test_the_first_that_fits_is_taken_and_the_others_before_it_are_told() -> None:
    started = _climb(_unfit("one"), Rung(name="two", open=_fits), _unfit("three"))
    assert started == Started(
        kind=BackingKind.POSTGRES,
        rung="two",
        detail="here",
        attempts=(Attempt(rung="one", outcome="no one"),),
    )


def test_where_none_fits_all_are_listed_with_their_cures_and_the_log() -> None:
    log = tuple(f"line {number}" for number in range(40))
    with pytest.raises(BackingUnavailableError) as caught:
        _climb(_unfit("one"), _unfit("two", log=log))
    assert caught.value.message == "Thing is needed, and none could be started or found."
    assert caught.value.hint.splitlines() == [
        "  one          no one",
        "  two          no two",
        "Fix one of:",
        "  get one",
        "  get two",
        "Last lines of two:",
        *(f"  line {number}" for number in range(10, 40)),
    ]


def test_a_rung_the_user_named_is_the_last_one_tried() -> None:
    with pytest.raises(BackingUnavailableError, match="where it was named: no one") as caught:
        _climb(_unfit("one", final="mend it"), Rung(name="two", open=_fits))
    assert caught.value.hint == "mend it"


def test_what_a_rung_made_in_vain_is_removed_before_the_next() -> None:
    seen: list[str] = []

    def makes_and_fails(_request: Request, undo: Undo) -> Opened:
        with undo.making() as stack:
            stack.callback(seen.append, "removed")
        raise UnsuitableError("no")

    def looks(_request: Request, _undo: Undo) -> Opened:
        assert seen == ["removed"]
        return Opened(detail="", isolate=lambda _name: {})

    _climb(Rung(name="one", open=makes_and_fails), Rung(name="two", open=looks))
