"""The lines that the full-screen view keeps: bounded for each service, merged, filtered."""

from generator.cli.screen.scrollback import LineFilter, Scrollback

ALL = LineFilter()


def texts(kept: Scrollback, wanted: LineFilter = ALL, since: int = 0) -> list[str]:
    return [one.text for one in kept.since(since, wanted)[1]]


def test_lines_are_merged_in_the_order_in_which_they_came() -> None:
    kept = Scrollback()
    kept.add("b", "", ["1", "2"])
    kept.add("a", "", ["3"])
    kept.add("b", "", ["4"])
    assert texts(kept) == ["1", "2", "3", "4"]


def test_new_lines_are_found_once() -> None:
    kept = Scrollback()
    kept.add("a", "", ["1"])
    seen, _ = kept.since(0, ALL)
    kept.add("b", "", ["2"])
    kept.add("a", "", ["3"])
    assert texts(kept, since=seen) == ["2", "3"]
    assert texts(kept, since=kept.since(seen, ALL)[0]) == []


def test_a_flood_pushes_out_its_own_lines_and_nobody_elses() -> None:
    kept = Scrollback(most_lines=3, most_characters=100)
    kept.add("quiet", "", ["one"])
    kept.add("loud", "", [str(number) for number in range(1000)])
    assert texts(kept) == ["one", "997", "998", "999"]


def test_long_lines_are_kept_as_far_as_they_fit() -> None:
    kept = Scrollback(most_lines=100, most_characters=10)
    for text in ("aaaa", "bbbb", "cccc"):
        kept.add("a", "", [text])
    assert texts(kept) == ["bbbb", "cccc"]


def test_a_filter_is_by_service_and_by_text_whatever_its_case() -> None:
    kept = Scrollback()
    kept.add("a", "", ["request ABC-1", "another"])
    kept.add("b", "", ["abc-1 too"])
    assert texts(kept, LineFilter(text="abc-1")) == ["request ABC-1", "abc-1 too"]
    assert texts(kept, LineFilter(services=frozenset({"a"}), text="abc")) == ["request ABC-1"]
    assert texts(kept, LineFilter(services=frozenset({"b"}))) == ["abc-1 too"]
