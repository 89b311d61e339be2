"""The names that one run gives are told apart, and fit what reads them."""

import re

from generator.backing.naming import Naming


def test_no_name_is_given_twice_and_no_prefix_begins_another() -> None:
    naming = Naming(run="ab12cd34")
    wanted = ("media", "media", "1", "media-worker", "x" * 40, "x" * 40, "2-media", "-")
    for joint, end in (("_", "."), (":", ":")):
        prefixes = [f"{naming.next(name, joint=joint)}{end}" for name in wanted]
        assert prefixes[0] == f"verify_ab12cd34{joint}media{end}"
        assert len(set(prefixes)) == len(wanted)
        assert not any(a != b and a.startswith(b) for a in prefixes for b in prefixes)
        # What a service takes as its MESSAGING_PREFIX.
        assert all(re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", prefix) for prefix in prefixes)


def test_where_data_are_kept_the_same_service_gets_the_same_name() -> None:
    naming = Naming()
    assert [naming.next("media"), naming.next("media")] == ["media", "media"]
