"""Answers files: read as a YAML parser reads them, refused in one line when damaged."""

from pathlib import Path

import pytest

from generator.answers import read_answers
from generator.errors import NotAWorkspaceError, UnreadableAnswersError, UsageError
from generator.workspace import open_workspace

GOOD = """\
# Changes here will be overwritten by Copier; NEVER EDIT MANUALLY
_commit: v0.1.0
_src_path: https://git.example/acme/generator.git
description: 'Users: and "files"'
example: false
owner: users-team
port: 8200
service_name: users-data
template: data-postgres
#copier updated
"""


def write(tmp_path: Path, text: str, service: str = "users-data") -> Path:
    path = tmp_path / "services" / service / ".copier-answers.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def make_workspace(root: Path) -> None:
    (root / ".copier-answers.yml").write_text("template: workspace\nworkspace_name: shop\n")


def test_answers_that_only_other_versions_or_templates_ask_for_are_kept(tmp_path: Path) -> None:
    more = GOOD + "billing: billing-api\nlanguages: [de, en]\nsource: of a river\n"
    answers = read_answers(write(tmp_path, more))
    assert answers.others == {
        "billing": "billing-api", "languages": ["de", "en"], "source": "of a river",
    }  # fmt: skip
    assert (answers.link("billing"), answers.link("data_service")) == ("billing-api", "")
    # What is no name of a service is none.
    assert (answers.link("languages"), answers.link("missing")) == ("", "")


def test_every_answer_comes_back_and_a_bots_comment_line_does_no_harm(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path, GOOD))
    assert (answers.service_name, answers.template, answers.port) == (
        "users-data",
        "data-postgres",
        8200,
    )
    assert answers.description == 'Users: and "files"'
    assert (answers.example, answers.features, answers.data_service) == (False, (), "")
    assert (answers.commit, answers.source) == (
        "v0.1.0",
        "https://git.example/acme/generator.git",
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "holds no answers"),
        ("- a\n", "holds no answers"),
        ("a: [\n", "cannot be read"),
        (GOOD.replace("port: 8200", "port: true"), "port is True"),
        (GOOD.replace("port: 8200", "port: '8200'"), "port is '8200'"),
        (GOOD.replace("template: data-postgres\n", ""), "template is None"),
        (GOOD.replace("example: false", "example: maybe"), "example is 'maybe'"),
        ("<<<<<<< HEAD\n" + GOOD, "cannot be read"),
        (GOOD.replace("v0.1.0", "!!python/object/apply:os.system [id]"), "cannot be read"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, named: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UnreadableAnswersError) as refused:
        read_answers(path)
    assert named in refused.value.message
    assert str(path) in refused.value.message
    assert "\n" not in refused.value.message


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableAnswersError):
        read_answers(path)


def test_a_workspace_is_found_from_inside_and_lists_its_services_by_name(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("users-data", "files-data"), "files-data")
    opened = open_workspace(tmp_path / "services" / "users-data")
    assert (opened.root, opened.name) == (tmp_path, "shop")
    assert [a.service_name for a in opened.services()] == ["files-data", "users-data"]


def test_outside_a_workspace_the_way_to_one_is_shown(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspaceError) as refused:
        open_workspace(tmp_path)
    assert "generator init" in refused.value.hint


def test_a_services_own_answers_do_not_make_it_a_workspace(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    with pytest.raises(NotAWorkspaceError):
        open_workspace(path.parent)


def test_a_folder_that_disagrees_with_its_answers_is_refused(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    write(tmp_path, GOOD, "renamed")
    with pytest.raises(UnreadableAnswersError, match="renamed"):
        open_workspace(tmp_path).services()


def test_an_unknown_service_is_answered_with_those_there_are(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    write(tmp_path, GOOD)
    with pytest.raises(UsageError) as refused:
        open_workspace(tmp_path).service("user-data")
    assert "users-data" in refused.value.hint
