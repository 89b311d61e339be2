"""What has been made is removed once, last thing first, whichever thread gets there."""

import threading

import pytest

from generator.backing.undo import Undo


def test_the_last_thing_made_is_removed_first_and_only_once() -> None:
    undo, removed = Undo(), list[int]()
    for number in (1, 2):
        with undo.making() as stack:
            stack.callback(removed.append, number)
    undo.close()
    undo.finish()
    assert removed == [2, 1]


def test_one_removal_that_fails_does_not_keep_the_others_from_it() -> None:
    undo, removed = Undo(), list[int]()
    with undo.making() as stack:
        stack.callback(removed.append, 1)
        stack.callback(int, "not a number")
    with pytest.raises(ValueError, match="invalid literal"):
        undo.finish()
    assert removed == [1]


def test_closing_waits_until_what_is_being_made_is_registered() -> None:
    undo, removed = Undo(), threading.Event()
    closing = threading.Thread(target=undo.finish)
    with undo.making() as stack:
        closing.start()
        stack.callback(removed.set)
    closing.join()
    assert removed.is_set()


def test_nothing_is_made_after_the_end() -> None:
    undo = Undo()
    undo.finish()
    with pytest.raises(RuntimeError, match="closing"), undo.making():
        pass
