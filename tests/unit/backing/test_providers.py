"""Providers are tried in order; each that does not fit is told and cleared away."""

import pytest

from generator.backing.cleanup import Cleanup
from generator.backing.model import Attempt, BackingKind, Opened, Started
from generator.backing.providers import Provider, Request, UnsuitableError, resolve
from generator.errors import BackingUnavailableError


def _fits(_request: Request, _cleanup: Cleanup) -> Opened:
    return Opened(detail="here", isolate=lambda name: {"NAME": name})


def _resolve(*providers: Provider) -> Started:
    request = Request(environment={})
    started, _ = resolve(BackingKind.POSTGRES, providers, request=request, cleanup=Cleanup())
    return started


def _unfit(name: str, *, final: str = "", log: tuple[str, ...] = ()) -> Provider:
    def refuse(_request: Request, _cleanup: Cleanup) -> Opened:
        raise UnsuitableError(f"no {name}", final=final, log=log)

    return Provider(name=name, open=refuse, fix=f"get {name}")


def test_the_first_that_fits_is_taken_and_the_others_before_it_are_told() -> None:
    started = _resolve(_unfit("one"), Provider(name="two", open=_fits), _unfit("three"))
    assert started == Started(
        kind=BackingKind.POSTGRES,
        provider="two",
        detail="here",
        attempts=(Attempt(provider="one", outcome="no one"),),
    )


def test_where_none_fits_all_are_listed_with_their_cures_and_the_log() -> None:
    log = tuple(f"line {number}" for number in range(40))
    with pytest.raises(BackingUnavailableError) as caught:
        _resolve(_unfit("one"), _unfit("two", log=log))
    assert caught.value.message == "PostgreSQL is needed, and none could be started or found."
    assert caught.value.hint.splitlines() == [
        "  one          no one",
        "  two          no two",
        "Fix one of:",
        "  get one",
        "  get two",
        "Last lines of two:",
        *(f"  line {number}" for number in range(10, 40)),
    ]


def test_a_provider_the_user_named_is_the_last_one_tried() -> None:
    with pytest.raises(
        BackingUnavailableError, match="PostgreSQL cannot be used: no one"
    ) as caught:
        _resolve(_unfit("one", final="mend it"), Provider(name="two", open=_fits))
    assert caught.value.hint == "mend it"


def test_what_a_provider_made_in_vain_is_removed_before_the_next() -> None:
    seen: list[str] = []

    def makes_and_fails(_request: Request, cleanup: Cleanup) -> Opened:
        with cleanup.making() as stack:
            stack.callback(seen.append, "removed")
        raise UnsuitableError("no")

    def looks(_request: Request, _cleanup: Cleanup) -> Opened:
        assert seen == ["removed"]
        return Opened(detail="", isolate=lambda _name: {})

    _resolve(Provider(name="one", open=makes_and_fails), Provider(name="two", open=looks))
