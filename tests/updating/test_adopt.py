"""A service without a record that holds gets one, and is updated from then on as any other."""

import subprocess
import sys
from pathlib import Path

import pytest

from generator.rendering.trees import differences, read_tree
from tests.support.checkout import git
from tests.support.cli import Cli

ADOPT = ("adopt", "--no-lock")
DATA, WORKER = "services/users-data", "services/media-worker"
ANSWERS = ".copier-answers.yml"


def commit(shop: Path) -> None:
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "-m", "As people have it")


def test_without_answers_it_is_taken_for_what_its_files_are_nearest_to(
    second: Cli, shop: Path
) -> None:
    wanted = {folder: (shop / folder / ANSWERS).read_text() for folder in (DATA, WORKER)}
    for folder in wanted:
        (shop / folder / ANSWERS).unlink()
    (shop / DATA / "README.md").write_text("mine\n")
    (shop / DATA / "own.md").write_text("own\n")
    commit(shop)
    before = read_tree(shop)
    for name in ("users-data", "media-worker"):
        said = second(*ADOPT, name, "--json", cwd=shop).ok().json()
        assert said["version"] == "v0.1.0"
        assert said["edited"] == (["README.md"] if name == "users-data" else [])
        assert said["missing"] == []
    assert differences(read_tree(shop), before) == sorted(f"{path}/{ANSWERS}" for path in wanted)
    assert {folder: (shop / folder / ANSWERS).read_text() for folder in wanted} == wanted
    commit(shop)
    second("update", "--no-verify", "--no-lock", cwd=shop).ok()
    assert (shop / DATA / "README.md").read_text() == "mine\n"
    assert (shop / WORKER / "NOTES.md").is_file()


def test_what_plain_copier_made_is_wired_and_updated_from_then_on(
    second: Cli, shop: Path, releases: Path
) -> None:
    answers = {"template": "worker", "service_name": "plain-worker", "port": "8477"}
    answers |= {"data_service": "users-data", "features": "[]", "example": "false"}
    words = [word for pair in answers.items() for word in ("-d", "=".join(pair))]
    subprocess.run(
        [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", "--vcs-ref", "v0.1.0",
         *words, str(releases), str(shop / "services/plain-worker")],
        cwd=shop, check=True, env=second.env(), capture_output=True,
    )  # fmt: skip
    (shop / "services/plain-worker" / ANSWERS).unlink()
    said = second("adopt", "services/plain-worker", "--no-lock", cwd=shop).ok()
    assert "plain-worker: worker v0.1.0" in said.stdout
    assert "edited" not in said.stdout
    assert "missing" not in said.stdout
    assert "PLAIN_WORKER__USERS_DATA__API_KEY=" in (shop / ".env").read_text()
    assert "services/plain-worker" in (shop / "wiring/compose.yaml").read_text()
    second("sync", "--check", cwd=shop).ok()
    commit(shop)
    second("update", "plain-worker", "--no-verify", "--no-lock", cwd=shop).ok()
    assert (shop / "services/plain-worker/NOTES.md").is_file()
    second("undo", cwd=shop).ok()
    assert not (shop / "services/plain-worker/NOTES.md").exists()


def test_a_recorded_version_that_is_gone_is_replaced_by_the_nearest_there_is(
    second: Cli, shop: Path
) -> None:
    record = shop / DATA / ANSWERS
    kept = record.read_text()
    record.write_text(kept.replace("_commit: v0.1.0", "_commit: v0.0.7-3-gdeadbee"))
    commit(shop)
    refused = second("update", "users-data", cwd=shop).failed(2)
    assert "generator adopt users-data" in refused.stderr
    second(*ADOPT, "users-data", cwd=shop).ok()
    assert record.read_text() == kept
    before = read_tree(shop)
    second(*ADOPT, "users-data", cwd=shop).ok()
    assert read_tree(shop) == before


def test_what_is_given_is_not_guessed(second: Cli, shop: Path) -> None:
    (shop / WORKER / ANSWERS).unlink()
    words = ("--version", "v0.2.0", "--data", "owner=pictures", "--template", "worker")
    said = second(*ADOPT, "media-worker", *words, "--json", cwd=shop).ok().json()
    assert (said["version"], said["missing"]) == ("v0.2.0", ["NOTES.md"])
    assert "owner: pictures\n" in (shop / WORKER / ANSWERS).read_text()


def test_a_look_writes_nothing_and_shows_what_differs(second: Cli, shop: Path) -> None:
    (shop / WORKER / ANSWERS).unlink()
    (shop / WORKER / "Dockerfile").unlink()
    before = read_tree(shop, leave_out=())
    for option in ("--dry-run", "--diff"):
        said = second(*ADOPT, "media-worker", option, cwd=shop).ok().stdout
        assert "missing  Dockerfile" in said
        assert ANSWERS in said
    assert read_tree(shop, leave_out=()) == before


@pytest.mark.parametrize(
    ("place", "words", "told"),
    [
        ("nowhere", (), "is no folder of"),
        ("shared", (), "is no folder of"),
        ("../elsewhere", (), "is no folder of"),
        ("services/strange", (), "looks like none of the templates"),
        ("services/media-worker", ("--template", "django"), "no service template 'django'"),
        ("services/media-worker", ("--version", "v9.9.9"), "no version 'v9.9.9'"),
        ("services/media-worker", ("--data", "port=often"), "can be rendered"),
        ("services/own_name", (), "cannot be named own_name"),
    ],
)
def test_what_cannot_be_adopted_is_refused_in_one_line(
    second: Cli, shop: Path, place: str, words: tuple[str, ...], told: str
) -> None:
    for name in ("strange", "own_name"):
        (shop / "services" / name).mkdir()
        (shop / "services" / name / "file").write_text("mine")
    before = read_tree(shop)
    assert told in second(*ADOPT, place, *words, cwd=shop).failed(2).stderr
    assert read_tree(shop) == before


def test_whom_it_calls_is_asked_for_where_no_file_says_it(second: Cli, shop: Path) -> None:
    (shop / WORKER / ANSWERS).unlink()
    for name in ("compose.yaml", "pyproject.toml"):
        text = (shop / WORKER / name).read_text()
        (shop / WORKER / name).write_text(text.replace("users-data", "somebody"))
    refused = second(*ADOPT, "media-worker", cwd=shop).failed(2)
    assert "--data data_service=NAME" in refused.stderr
    given = ("--data", "data_service=users-data")
    said = second(*ADOPT, "media-worker", *given, cwd=shop).ok().stdout
    assert "edited   compose.yaml" in said
