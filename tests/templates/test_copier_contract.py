"""Plain Copier is a tested contract: the same bytes, updates that keep edits, and no --trust."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pytest_copie.plugin import Copie

from generator.rendering.answer_sets import AnswerSet
from generator.rendering.trees import differences, read_tree
from tests.support.answers import ANSWER_SETS, SERVICE_SETS, flags_of
from tests.support.checkout import commit_version, git
from tests.support.cli import Cli
from tests.support.rendered import Renderer

NEXT = "v0.2.0"


def copier(*arguments: str, cwd: Path, cache: Path) -> None:
    """Run the program `copier` as people and bots do; without --trust."""
    done = subprocess.run(
        [sys.executable, "-m", "copier", *arguments],
        cwd=cwd,
        env={**os.environ, "COPIER_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# An update takes long and its way is the same for all: the first and the last variant of each kind.
OUTERMOST = [
    variant
    for variants in (
        [s for s in SERVICE_SETS if s.template == template]
        for template in dict.fromkeys(s.template for s in SERVICE_SETS)
    )
    for variant in (variants[0], variants[-1])
]


@pytest.fixture(params=SERVICE_SETS, ids=[s.name for s in SERVICE_SETS])
def service(request: pytest.FixtureRequest) -> AnswerSet:
    """Each supported variant of each service template."""
    assert isinstance(request.param, AnswerSet)
    return request.param


def as_typed(value: object) -> str:
    """An answer as a person types it behind `-d key=`."""
    return value if isinstance(value, str) else json.dumps(value)


def new_service(cli: Cli, workspace: Path, service: AnswerSet) -> None:
    """Add a service, and before it the one that it calls."""
    adding = [(service.template, service.data["service_name"], *flags_of(service))]
    if provider := service.data.get("data_service"):
        adding.insert(0, ("data-postgres", provider))
    for words in adding:
        cli("new-service", *words, "--no-verify", "--no-lock", cwd=workspace).ok()


def test_copier_copy_gives_the_same_bytes_as_new_service(
    cli: Cli, checkout: Path, workspace: Path, service: AnswerSet, tmp_path: Path
) -> None:
    name = service.data["service_name"]
    new_service(cli, workspace, service)
    pairs = [word for k, v in service.answers.items() for word in ("-d", f"{k}={as_typed(v)}")]
    copier(
        "copy", "--quiet", "--defaults", "--vcs-ref", "v0.1.0", *pairs, str(checkout), "copied",
        cwd=tmp_path, cache=tmp_path / "cache",
    )  # fmt: skip
    ours = read_tree(workspace / "services" / name)
    assert differences(ours, read_tree(tmp_path / "copied")) == []


@pytest.fixture(scope="module")
def two_versions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose v0.2.0 changes a file of each kind and adds one."""
    clone = tmp_path_factory.mktemp("versions") / "generator"
    git(checkout, "clone", "--quiet", str(checkout), str(clone))
    # Without an origin the clone itself is what answers files record.
    git(clone, "remote", "remove", "origin")
    for template in {service.template for service in SERVICE_SETS}:
        folder = clone / "templates" / template
        dockerfile = folder / "Dockerfile.jinja"
        dockerfile.write_text(dockerfile.read_text() + "# a line of the next version\n")
        (folder / "added.txt").write_text("new in the next version\n")
    commit_version(clone, NEXT)
    return clone


@pytest.mark.parametrize("service", OUTERMOST, ids=[s.name for s in OUTERMOST])
def test_an_edited_service_survives_copier_update(
    two_versions: Path, caches: dict[str, str], workspace: Path, service: AnswerSet, tmp_path: Path
) -> None:
    git(two_versions, "checkout", "--quiet", "v0.1.0")
    old = Cli(checkout=two_versions, environment=caches)
    name = service.data["service_name"]
    new_service(old, workspace, service)
    folder = workspace / "services" / name
    (folder / "mine.py").write_text("MINE = True\n")
    pyproject = folder / "pyproject.toml"
    pyproject.write_text("# my first line\n" + pyproject.read_text())
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "-m", "Edit the service")
    before = read_tree(folder)

    copier(
        "update", "--quiet", "--defaults", "--skip-answered", "--vcs-ref", NEXT,
        "--answers-file", ".copier-answers.yml", cwd=folder, cache=tmp_path / "cache",
    )  # fmt: skip

    after = read_tree(folder)
    assert differences(before, after) == [".copier-answers.yml", "Dockerfile", "added.txt"]
    assert "# a line of the next version\n" in (folder / "Dockerfile").read_text()
    assert f"_commit: {NEXT}\n" in (folder / ".copier-answers.yml").read_text()
    assert git(workspace, "ls-files", "--unmerged") == ""


def test_a_service_from_an_untagged_commit_can_be_updated_to_a_tag(
    caches: dict[str, str], checkout: Path, workspace: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "untagged"
    git(tmp_path, "clone", "--quiet", "--no-tags", str(checkout), str(clone))
    git(clone, "remote", "remove", "origin")
    untagged = Cli(checkout=clone, environment=caches)
    untagged(
        "new-service", "data-postgres", "users-data", "--no-verify", "--no-lock", cwd=workspace
    ).ok()
    folder = workspace / "services/users-data"
    recorded = (folder / ".copier-answers.yml").read_text()
    # One of digits alone stands in quotes.
    assert yaml.safe_load(recorded)["_commit"] == git(clone, "rev-parse", "--short", "HEAD")
    (clone / "templates/data-postgres/added.txt").write_text("new\n")
    commit_version(clone, NEXT)
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "-m", "Add the service")
    copier(
        "update", "--quiet", "--defaults", "--vcs-ref", NEXT, cwd=folder, cache=tmp_path / "cache"
    )
    assert (folder / "added.txt").read_text() == "new\n"


@pytest.mark.parametrize("answer_set", ANSWER_SETS, ids=[s.name for s in ANSWER_SETS])
def test_every_variant_renders_through_the_copie_plugin_like_through_ours(
    copie: Copie, checkout: Path, renderer: Renderer, answer_set: AnswerSet
) -> None:
    result = copie.copy(extra_answers=answer_set.answers, template_dir=checkout)
    # The plugin's result is truthy even when rendering failed.
    assert (result.exit_code, result.exception) == (0, None)
    assert result.project_dir is not None
    theirs, ours = read_tree(result.project_dir), read_tree(renderer(answer_set))
    assert differences(theirs, ours) == [".copier-answers.yml"]
