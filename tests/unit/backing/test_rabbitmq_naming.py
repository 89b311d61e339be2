"""The names that one run gives are told apart, and fit what reads them."""

import re

from generator.backing.rabbitmq.naming import RoomNames


def test_no_name_is_given_twice_and_no_prefix_begins_another() -> None:
    names = RoomNames(run="ab12cd34")
    wanted = ("media", "media", "Media", "media-worker", "x" * 200, "x" * 200, "2_media", "é")
    prefixes = [f"{names.next(name)}." for name in wanted]
    assert prefixes[0] == "verify_ab12cd34_media."
    assert len(set(prefixes)) == len(wanted)
    assert not any(a != b and a.startswith(b) for a in prefixes for b in prefixes)
    # What a service takes as its MESSAGING_PREFIX.
    assert all(re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", prefix) for prefix in prefixes)
