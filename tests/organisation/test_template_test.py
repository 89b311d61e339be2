"""`generator template test` finds what is wrong with an organisation's templates."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.checkout import commit_version
from tests.support.cli import Cli, Outcome

LOOK = ("template", "test", "--no-verify", "--json")
RATES = "templates/rates"


def outcomes(tested: Outcome) -> dict[tuple[str, str], str]:
    return {(c["template"], c["check"]): c["outcome"] for c in tested.json()["checks"]}


def findings(tested: Outcome) -> list[str]:
    return [finding for check in tested.json()["checks"] for finding in check["findings"]]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_good_templates_pass_and_what_did_not_run_is_said(
    person: Cli, templates: Path, tmp_path: Path
) -> None:
    found = outcomes(person(*LOOK, str(templates), cwd=tmp_path).ok())
    looked = ("render", "conditions", "files", "text", "copier")
    assert found == {
        **{(name, check): "passed" for name in ("orders", "rates") for check in looked},
        ("orders", "suite"): "not_run",
        ("rates", "suite"): "not_run",
    }


def never_true(root: Path) -> None:
    edit(
        root / RATES / "README.md.jinja",
        "{{ text",
        "{% if 'hstory' in features %}x{% endif %}{{ text",
    )


def never_false(root: Path) -> None:
    edit(root / RATES / "answer-sets.yml", "daily-rates}", "daily-rates, features: [history]}")


def never_reached(root: Path) -> None:
    readme = root / RATES / "README.md.jinja"
    readme.write_text(readme.read_text() + "{% for x in [] %}{{ 1 if x else 2 }}{% endfor %}\n")


def in_a_path(root: Path) -> None:
    (root / RATES / "{% if 'never' in features %}x.txt{% endif %}").write_text("x\n")


def unescaped(root: Path) -> None:
    edit(
        root / RATES / "pyproject.toml.jinja",
        "{{ text.quoted(description) }}",
        '"{{ description }}"',
    )


def taken_for_a_number(root: Path) -> None:
    compose = root / RATES / "compose.yaml.jinja"
    compose.write_text(compose.read_text() + "    labels: [{{ description }}]\n")


def markup(root: Path) -> None:
    edit(root / RATES / "README.md.jinja", "text.markdown(description)", "description")


def hidden(root: Path) -> None:
    (root / RATES / "src/orders").mkdir()
    (root / RATES / "src/orders/late.py").write_text('"""Another template\'s folder."""\n')
    edit(root / "copier.yml", "_exclude:\n", "_exclude:\n  - /src/orders/late.py\n")


def rendered_along(root: Path) -> None:
    edit(root / "copier.yml", "  - /answer-sets.yml\n", "")


def unknown_answer(root: Path) -> None:
    edit(root / RATES / "answer-sets.yml", "features:", "featurs:")


def tasks(root: Path) -> None:
    questionnaire = root / "copier.yml"
    questionnaire.write_text(questionnaire.read_text() + "_tasks: [touch pwned]\n")


def of_git(root: Path) -> None:
    (root / RATES / "version.txt.jinja").write_text("{{ _copier_conf.vcs_ref_hash }}\n")


def missing_partial(root: Path) -> None:
    (root / "templates/_shared/partials/text.jinja").unlink()


# Every one is found beside the others.
PLANTED: dict[Callable[[Path], None], tuple[str, str]] = {
    never_true: ("conditions", "README.md.jinja:4: "),
    never_false: ("conditions", "is never false in 2 answer sets"),
    never_reached: ("conditions", "is never reached in 2 answer sets"),
    in_a_path: ("conditions", "the path {% if 'never' in features %}x.txt"),
    unescaped: ("text", "description, quotes: pyproject.toml does not parse"),
    taken_for_a_number: ("text", "description, number: compose.yaml does not give the text back"),
    markup: ("text", "description, markup: README.md does not give the text back"),
    hidden: ("files", "src/orders/late.py is in no answer set's rendering: _exclude has '/src/or"),
    rendered_along: ("files", "answer-sets.yml is rendered into every service"),
    of_git: ("copier", "rates: version.txt differs"),
}
UNRENDERED: dict[Callable[[Path], None], str] = {
    unknown_answer: "rates--history: The answer set rates--history: There is no answer",
    tasks: "The template wants to run code of its own",
    missing_partial: "text.jinja",
}


def test_each_fault_is_found_where_it_is(person: Cli, templates: Path, tmp_path: Path) -> None:
    for plant in PLANTED:
        plant(templates)
    tested = person(*LOOK, str(templates / RATES), cwd=tmp_path)
    assert tested.code == 1, tested.stderr
    assert outcomes(tested)["rates", "render"] == "passed"
    for plant, (check, cause) in PLANTED.items():
        assert outcomes(tested)["rates", check] == "failed", plant
        assert any(cause in finding for finding in findings(tested)), (plant, findings(tested))


@pytest.mark.parametrize("plant", UNRENDERED, ids=lambda plant: str(plant.__name__))
def test_what_cannot_be_rendered_is_told_and_nothing_runs(
    person: Cli, templates: Path, tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    plant(templates)
    tested = person(*LOOK, str(templates / RATES), cwd=tmp_path)
    assert tested.code == 1, tested.stderr
    assert outcomes(tested)["rates", "render"] == "failed"
    assert outcomes(tested)["rates", "text"] == "not_run"
    assert any(UNRENDERED[plant] in finding for finding in findings(tested)), findings(tested)
    assert "cannot be written" not in tested.stdout
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.slow
def test_a_suite_that_fails_is_found_and_others_are_green(
    person: Cli, templates: Path, tmp_path: Path
) -> None:
    edit(templates / RATES / "tests/test_history.py", '2024-02-29"}', '2024-03-01"}')
    # Copier takes what the template's own manifest does not know.
    edit(templates / "copier.yml", "{'rates': ['history']}", "{'rates': ['history', 'ghost']}")
    sets = templates / RATES / "answer-sets.yml"
    sets.write_text(sets.read_text() + "ghost: {features: [ghost]}\n")
    tested = person("template", "test", str(templates), "--json", cwd=tmp_path, seconds=600)
    found = outcomes(tested)
    assert tested.code == 1, tested.stderr
    assert (found["orders", "suite"], found["rates", "suite"]) == ("passed", "failed")
    assert any(
        each.startswith("rates--ghost: A rates service has no feature 'ghost'.")
        for each in findings(tested)
    )
    [finding] = [each for each in findings(tested) if " tests: " in each]
    # Of the variant that has the test, with the end of what it printed.
    assert finding.startswith("a-rates-history tests: ")
    assert "test_a_day_is_told" in finding
    assert list(templates.rglob("__pycache__")) == []


def test_a_source_is_tested_at_its_recorded_version_once_it_is_trusted(
    person: Cli, colleague: Cli, templates: Path, workspace: Path
) -> None:
    person("source", "add", "acme", str(templates), cwd=workspace).ok()
    never_true(templates)
    commit_version(templates, "v1.1.0")
    tested = person(*LOOK, "acme/rates", cwd=workspace).ok()
    assert (tested.json()["place"], tested.json()["version"]) == (str(templates), "v1.0.0")
    assert {template for template, _ in outcomes(tested)} == {"rates"}
    assert "are not trusted" in colleague(*LOOK[:3], "acme", cwd=workspace).failed(4).stderr
    unknown = person(*LOOK[:3], "acme/rtes", cwd=workspace).failed(2)
    assert "Templates: orders, rates." in unknown.stderr


def test_what_holds_no_templates_is_usage(person: Cli, workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert "holds no templates" in person(*LOOK[:3], "plain", cwd=tmp_path).failed(2).stderr
    assert (
        "There is no folder 'nowhere'"
        in person(*LOOK[:3], "nowhere", cwd=tmp_path).failed(2).stderr
    )
    assert "no source 'nowhere'" in person(*LOOK[:3], "nowhere/x", cwd=workspace).failed(2).stderr
