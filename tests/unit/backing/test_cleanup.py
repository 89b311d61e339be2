"""What has been made is removed once, last thing first, whichever thread gets there."""

import threading

import pytest

from generator.backing.cleanup import Cleanup


def test_the_last_thing_made_is_removed_first_and_only_once() -> None:
    cleanup, removed = Cleanup(), list[int]()
    for number in (1, 2):
        with cleanup.making() as stack:
            stack.callback(removed.append, number)
    cleanup.close()
    cleanup.finish()
    assert removed == [2, 1]


def test_one_removal_that_fails_does_not_keep_the_others_from_it() -> None:
    cleanup, removed = Cleanup(), list[int]()
    with cleanup.making() as stack:
        stack.callback(removed.append, 1)
        stack.callback(int, "not a number")
    with pytest.raises(ValueError, match="invalid literal"):
        cleanup.finish()
    assert removed == [1]


def test_closing_waits_until_what_is_being_made_is_registered() -> None:
    cleanup, removed = Cleanup(), threading.Event()
    closing = threading.Thread(target=cleanup.finish)
    with cleanup.making() as stack:
        closing.start()
        stack.callback(removed.set)
    closing.join()
    assert removed.is_set()


def test_nothing_is_made_after_the_end() -> None:
    cleanup = Cleanup()
    cleanup.finish()
    with pytest.raises(RuntimeError, match="closing"), cleanup.making():
        pass
