import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.wiring import is_hand_edited, with_checksums

ENV = "# GENERATED\nAPI_KEYS=operator=1\nNAME=x\n"


def test_checksums_are_a_comment_like_the_first_line() -> None:
    assert with_checksums("# a\nb: 1\n").splitlines()[-1].startswith("# checksum: ")
    assert with_checksums("-- a\nSELECT 1;\n").splitlines()[-1].startswith("-- checksum: ")
    last = with_checksums("<!-- a -->\n# Title\n").splitlines()[-1]
    assert last.startswith("<!-- checksum: ")
    assert last.endswith(" -->")


def test_a_text_that_does_not_begin_with_a_comment_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a comment"):
        with_checksums("a: 1\n")


def test_checksums_keep_the_text_and_are_the_same_every_time() -> None:
    assert with_checksums(ENV).startswith(ENV)
    assert with_checksums(ENV) == with_checksums(ENV)


def test_a_file_as_it_was_generated_is_not_hand_edited() -> None:
    assert not is_hand_edited(with_checksums(ENV), with_checksums(ENV))


def test_what_the_first_versions_called_a_seal_counts_as_well() -> None:
    first = with_checksums(ENV).replace("# checksum: ", "# seal: ")
    assert not is_hand_edited(first, with_checksums(ENV))
    assert is_hand_edited(first + "MINE=1\n", with_checksums(ENV))


def test_an_older_generated_file_is_not_hand_edited() -> None:
    assert not is_hand_edited(with_checksums("# OLDER NOTICE\nGONE=1\n"), with_checksums(ENV))


def test_the_file_of_a_service_that_is_gone_is_not_hand_edited() -> None:
    assert not is_hand_edited(with_checksums(ENV), "")


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + "MINE=1\n",
        lambda text: "MINE=1\n" + text,
        lambda text: text.replace("NAME=x", "NAME=y"),
        lambda text: text.replace("NAME=x", "  NAME=x"),
        lambda text: text.replace("NAME=x", "NAME=x\n# a note to myself"),
        lambda text: "".join(
            line for line in text.splitlines(keepends=True) if "checksum" not in line
        ),
    ],
)
def test_a_line_that_a_person_wrote_is_a_hand_edit(edit: object) -> None:
    assert callable(edit)
    assert is_hand_edited(edit(with_checksums(ENV)), with_checksums("# GENERATED\nOTHER=1\n"))


def test_a_line_that_a_person_took_out_is_a_hand_edit() -> None:
    assert is_hand_edited(with_checksums(ENV).replace("NAME=x\n", ""), with_checksums(ENV))


def test_a_line_that_is_no_longer_expected_may_be_taken_out() -> None:
    current = with_checksums(ENV).replace("NAME=x\n", "")
    assert not is_hand_edited(current, with_checksums(ENV.replace("NAME=x\n", "")))


def test_line_ends_order_and_blank_lines_are_no_hand_edit() -> None:
    assert not is_hand_edited(with_checksums(ENV).replace("\n", "\r\n"), with_checksums(ENV))
    assert not is_hand_edited(with_checksums(ENV).replace("\n", " \n\n"), with_checksums(ENV))


def test_what_a_merge_of_two_branches_left_is_no_hand_edit() -> None:
    ours = with_checksums("# GENERATED\nAPI_KEYS=operator=1,bot=2\nNAME=x\n")
    theirs = with_checksums("# GENERATED\nAPI_KEYS=operator=1,api=3\nNAME=x\n")
    merged = with_checksums("# GENERATED\nAPI_KEYS=operator=1,api=3,bot=2\nNAME=x\n")
    assert not is_hand_edited(ours + theirs, merged)
    base = with_checksums(ENV)
    conflict = f"<<<<<<< HEAD\n{ours}||||||| 1234567\n{base}=======\n{theirs}>>>>>>> other\n"
    assert not is_hand_edited(conflict, merged)
    assert is_hand_edited(conflict.replace("bot=2", "bot=9"), merged)


def test_a_line_that_one_side_of_a_merge_took_out_is_no_hand_edit() -> None:
    ours = with_checksums("# GENERATED\nNAME=x\n")
    union = ours + with_checksums(ENV).replace("API_KEYS=operator=1\n", "")
    assert not is_hand_edited(union, with_checksums(ENV))


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)), st.data())
def test_any_changed_line_is_found_and_none_is_invented(
    lines: list[str], data: st.DataObject
) -> None:
    text = "# GENERATED\n" + "".join(f"{line}\n" for line in lines)
    current = with_checksums(text)
    assert not is_hand_edited(current, "")
    position = data.draw(st.integers(0, len(current.splitlines())))
    edited = current.splitlines()
    edited.insert(position, "a line that only a person writes")
    assert is_hand_edited("\n".join(edited), current)
