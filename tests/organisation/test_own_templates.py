"""An organisation's own templates are named, trusted, rendered, wired and updated like ours."""

import tomllib
from pathlib import Path

import pytest

from generator.rendering.trees import read_tree
from tests.support.checkout import commit_version, git
from tests.support.cli import Cli, completions
from tests.support.terminal import ENTER, on_terminal

NEW = ("new-service", "acme/orders", "orders", "--no-verify", "--no-lock")


def sources(workspace: Path) -> dict[str, dict[str, str]]:
    document = tomllib.loads((workspace / "pyproject.toml").read_text())
    found: dict[str, dict[str, str]] = document["tool"].get("generator", {}).get("sources", {})
    return found


def commit(workspace: Path) -> None:
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "-m", "Change")


def test_a_source_is_recorded_with_its_release_and_commit(
    person: Cli, templates: Path, workspace: Path
) -> None:
    before = (workspace / "pyproject.toml").read_text()
    added = person("source", "add", "acme", str(templates), "--json", cwd=workspace).ok().json()
    assert (added["version"], added["templates"]) == ("v1.0.0", ["orders", "rates"])
    assert sources(workspace) == {
        "acme": {
            "url": str(templates),
            "ref": "v1.0.0",
            "commit": git(templates, "rev-parse", "HEAD"),
        }
    }
    person("source", "remove", "acme", cwd=workspace).ok()
    assert (workspace / "pyproject.toml").read_text() == before


def test_the_shell_offers_its_templates_features_and_name(
    person: Cli, colleague: Cli, templates: Path, workspace: Path
) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    offered = {
        "new-service ac": ["acme/orders", "acme/rates"],
        "new-service acme/rates daily-rates --with ": ["history"],
        "source remove ": ["acme"],
        "source trust a": ["acme"],
        "template test acme/r": ["acme/rates"],
        "template test shar": ["shared"],
    }
    for words, names in offered.items():
        assert completions(person, words, cwd=workspace) == names, words
    # Whoever has no copy of it is told the name, and nothing is fetched to complete a word.
    assert completions(colleague, "source trust ", cwd=workspace) == ["acme"]
    assert completions(colleague, "new-service ac", cwd=workspace) == []


def test_a_service_of_it_is_rendered_wired_and_records_where_it_came_from(
    person: Cli, templates: Path, workspace: Path
) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    person(*NEW, "--data", "currency=CHF", cwd=workspace).ok()
    answers = (workspace / "services/orders/.copier-answers.yml").read_text().splitlines()
    assert f"_src_path: {templates}" in answers
    assert "_commit: v1.0.0" in answers
    assert "CHF" in (workspace / "services/orders/src/orders/currency.py").read_text()
    assert "services/orders/compose.yaml" in (workspace / "wiring/compose.yaml").read_text()
    [listed] = person("source", "list", "--json", cwd=workspace).ok().json()["sources"]
    assert (listed["trusted"], listed["services"]) == (True, ["orders"])


def test_a_person_is_asked_its_own_questions(person: Cli, templates: Path, workspace: Path) -> None:
    with (templates / "copier.yml").open("a") as questionnaire:
        questionnaire.write(
            "size: {type: str, choices: {Small: s, Large: l}, default: l, help: How large}\n"
            "express: {type: bool, default: false, help: By express too}\n"
            'courier: {type: str, default: bike, when: "{{ express }}", help: Which courier}\n'
            "till: {type: str, secret: true, default: shut, help: The key of the till}\n"
        )
    (templates / "templates/orders/till.txt.jinja").write_text("{{ till }}\n")
    commit_version(templates, "v1.0.1")
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    keys = [
        ("description", ENTER), ("owner", ENTER), ("example", ENTER),
        ("The currency that orders are in", f"CHF{ENTER}"), ("How large", ENTER),
        ("By express too", ENTER), ("The key of the till", f"hush{ENTER}"),
    ]  # fmt: skip
    code, shown = on_terminal(person, *NEW, cwd=workspace, keys=keys)
    assert code == 0, shown
    # What its manifest and its conditions leave no choice of is not asked.
    assert "Features" not in shown
    assert "Which courier" not in shown
    answers = (workspace / "services/orders/.copier-answers.yml").read_text().splitlines()
    assert {"currency: CHF", "size: l", "express: false"} <= set(answers)
    # What is secret is neither shown, with its default, nor recorded.
    assert (workspace / "services/orders/till.txt").read_text() == "hush\n"
    assert not any(word in shown for word in ("hush", "shut"))
    assert not any("till" in line for line in answers)


def test_a_secret_answer_is_in_no_message_and_no_diff(
    person: Cli, templates: Path, workspace: Path
) -> None:
    with (templates / "copier.yml").open("a") as questionnaire:
        questionnaire.write(
            "till: {type: str, default: open, help: The key of the till, "
            "validator: \"{% if till == 'hushhush' %}Not this one.{% endif %}\"}\n"
            "_secret_questions: [till]\n"
        )
    (templates / "templates/orders/till.txt.jinja").write_text("the key: {{ till }}\n")
    commit_version(templates, "v1.0.1")
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    for words in (("--diff",), ("--diff", "--json"), ("--json",)):
        said = person(*NEW, *words, "--data", "till=hush", "--dry-run", cwd=workspace).ok()
        assert "till.txt" in said.stdout
        assert "hush" not in said.stdout + said.stderr
    refused = person(*NEW, "--data", "till=hushhush", cwd=workspace).failed(2)
    assert "Not this one." in refused.stderr
    code, shown = on_terminal(person, *NEW, "--data", "till=hushhush", cwd=workspace)
    assert code == 2
    assert "Not this one." in shown
    assert "hush" not in refused.stderr + shown


@pytest.mark.slow
def test_a_service_of_it_is_verified_and_starts_by_its_own_command(
    person: Cli, templates: Path, workspace: Path
) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    person("new-service", "acme/orders", "orders", "--no-verify", cwd=workspace).ok()
    verified = person("verify", "orders", "--json", cwd=workspace, seconds=600)
    results = {
        (check["check"], check["outcome"])
        for subject in verified.json()["subjects"]
        for check in subject["checks"]
    }
    assert verified.code == 0, verified.stdout
    assert {("tests", "passed"), ("boot", "passed"), ("image", "passed")} <= results


def test_a_clone_works_where_the_source_is_out_of_reach_but_renders_nothing_of_it(
    person: Cli, colleague: Cli, templates: Path, workspace: Path, tmp_path: Path
) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    person(*NEW, cwd=workspace).ok()
    commit(workspace)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(workspace), str(clone))
    before = read_tree(clone / "wiring")
    templates.rename(tmp_path / "away")
    colleague("list", cwd=clone).ok()
    colleague("sync", cwd=clone).ok()
    colleague("sync", "--check", cwd=clone).ok()
    assert read_tree(clone / "wiring") == before
    refused = colleague("new-service", "acme/orders", "more", "--no-verify", cwd=clone).failed(4)
    assert "not trusted on this machine" in refused.stderr
    assert "generator source trust acme" in refused.stderr
    colleague("source", "trust", "acme", cwd=clone).ok()
    away = colleague("new-service", "acme/orders", "more", "--no-verify", cwd=clone).failed(5)
    assert "cannot be fetched" in away.stderr
    assert not (clone / "services/more").exists()
    (tmp_path / "away").rename(templates)
    colleague("new-service", "acme/orders", "more", "--no-verify", "--no-lock", cwd=clone).ok()


def test_services_go_to_the_version_that_the_workspace_moves_to(
    person: Cli, templates: Path, workspace: Path
) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    person(*NEW, cwd=workspace).ok()
    commit(workspace)
    desk = templates / "templates/orders/src/orders/desk.py"
    desk.write_text(desk.read_text().replace("List what was ordered.", "List all orders."))
    commit_version(templates, "v1.1.0")
    update = ("update", "orders", "--no-verify", "--no-lock")
    assert "at this version already" in person(*update, cwd=workspace).ok().stderr
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    assert sources(workspace)["acme"]["ref"] == "v1.1.0"
    assert "orders: v1.0.0 → v1.1.0" in person(*update, cwd=workspace).ok().stdout
    assert "List all orders." in (workspace / "services/orders/src/orders/desk.py").read_text()


def test_a_tag_that_was_moved_is_refused(person: Cli, templates: Path, workspace: Path) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    (templates / "templates/orders/README.md.jinja").write_text("another release\n")
    git(templates, "commit", "--quiet", "--all", "-m", "Another")
    git(templates, "tag", "--force", "--annotate", "-m", "v1.0.0", "v1.0.0")
    before = read_tree(workspace)
    refused = person("source", "add", "acme", str(templates), cwd=workspace).failed(4)
    assert "now names" in refused.stderr
    assert read_tree(workspace) == before


def test_the_services_of_a_removed_source_stay_and_are_wired(
    person: Cli, templates: Path, workspace: Path
) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    person(*NEW, cwd=workspace).ok()
    removed = person("source", "remove", "acme", cwd=workspace).ok()
    assert "orders" in removed.stderr
    person("sync", "--check", cwd=workspace).ok()
    refused = person(*NEW[:2], "more", "--no-verify", cwd=workspace).failed(2)
    assert "no source 'acme'" in refused.stderr


def test_what_is_no_repository_of_templates_is_refused_with_the_cause(
    person: Cli, templates: Path, workspace: Path, tmp_path: Path
) -> None:
    before = read_tree(workspace)
    add = ("source", "add", "acme")
    assert "is not there" in person(*add, "nowhere", cwd=workspace).failed(2).stderr
    (tmp_path / "plain").mkdir()
    person(*add, str(tmp_path / "plain"), cwd=workspace).failed(5)
    no_version = person(*add, str(templates), "--ref", "v9", cwd=workspace).failed(2)
    assert "no version 'v9'" in no_version.stderr
    person(*add, "ext::sh -c 'touch pwned'", cwd=workspace)
    assert not list(tmp_path.rglob("pwned"))
    person("source", "add", "Acme Corp", str(templates), cwd=workspace).failed(2)
    assert read_tree(workspace) == before


@pytest.mark.parametrize(
    "broken",
    [
        ("templates/orders/template.yml", "schema: 1\nsumary: typo\n", "sumary"),
        ("templates/orders/template.yml", "schema: 1\nsummary: [1]\n", "summary"),
        ("copier.yml", None, "has no copier.yml"),
        ("templates/orders/template.yml", None, "template.yml is missing"),
    ],
)
def test_a_broken_template_is_told_at_once(
    person: Cli, templates: Path, workspace: Path, broken: tuple[str, str | None, str]
) -> None:
    path, content, cause = broken
    if content is None:
        (templates / path).unlink()
    else:
        (templates / path).write_text(content)
    commit_version(templates, "v1.0.1")
    before = read_tree(workspace)
    refused = person("source", "add", "acme", str(templates), cwd=workspace)
    assert refused.code not in {0, 70}, refused.stderr
    assert cause in refused.stderr
    assert read_tree(workspace) == before


def test_links_that_lead_out_of_the_repository_are_refused(
    person: Cli, templates: Path, workspace: Path
) -> None:
    (templates / "templates/orders/secret").symlink_to("../../../../etc/passwd")
    commit_version(templates, "v1.0.1")
    refused = person("source", "add", "acme", str(templates), cwd=workspace).failed(5)
    assert "leads out of it" in refused.stderr
