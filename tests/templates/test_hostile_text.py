"""Free text of any kind renders to files that still parse and give the text back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import AnswerRefusedError
from generator.rendering.answer_sets import AnswerSet
from generator.rendering.conformance import TemplateTrial
from generator.rendering.hostile_text import HOSTILE, documents
from generator.rendering.trees import read_tree
from tests.support.answers import ANSWER_SETS
from tests.support.rendered import Renderer

WRITABLE = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufffe\uffff"),
    min_size=1,
    max_size=200,
)

# A description stands in the same lines of each variant of a template (a test below says so). So
# what is peculiar to one text is shown once for each template, in the variant with the most in it.
FULLEST = {
    template: max(
        (each for each in ANSWER_SETS if each.template == template),
        key=lambda each: (len(each.data.get("features", ())), each.data.get("example", True)),
    )
    for template in dict.fromkeys(each.template for each in ANSWER_SETS)
}
LESSER = [each for each in ANSWER_SETS if each not in FULLEST.values()]


def check(folder: Path, text: str) -> None:
    found, faults = documents(folder)
    assert faults == ()
    answers: Any = found[".copier-answers.yml"]
    assert answers[0]["description"] == text
    project: Any = found.get("pyproject.toml")
    if project and (folder / "src").exists():
        assert project["project"]["description"] == text


@pytest.mark.parametrize("template", FULLEST)
def test_text_of_any_kind_comes_back_from_every_format(
    trial: Callable[[str], TemplateTrial], template: str
) -> None:
    assert trial(template).broken_texts() == ()


@pytest.mark.parametrize("answer_set", ANSWER_SETS, ids=[s.name for s in ANSWER_SETS])
def test_a_hostile_description_comes_back_from_every_variant(
    renderer: Renderer, tmp_path: Path, answer_set: AnswerSet
) -> None:
    renderer.render({**answer_set.answers, "description": HOSTILE}, tmp_path / "rendered")
    check(tmp_path / "rendered", HOSTILE)


def lines_of_description(renderer: Renderer, answer_set: AnswerSet, folder: Path) -> set[str]:
    """The lines, each with its file, that are other ones for another description."""
    renderer.render({**answer_set.answers, "description": HOSTILE}, folder)
    hostile, usual = read_tree(folder), read_tree(renderer(answer_set))
    assert hostile.keys() == usual.keys()
    return {
        f"{name}: {line!r}"
        for name, content in hostile.items()
        for line in set(content.splitlines()) - set(usual[name].splitlines())
    }


@pytest.mark.parametrize("answer_set", LESSER, ids=[s.name for s in LESSER])
def test_a_description_stands_in_the_same_lines_of_every_variant(
    renderer: Renderer, tmp_path: Path, answer_set: AnswerSet
) -> None:
    lines = lines_of_description(renderer, answer_set, tmp_path / "lesser")
    fullest = FULLEST[answer_set.template]
    assert lines == lines_of_description(renderer, fullest, tmp_path / "fullest")
    assert {line.split(": ")[0] for line in lines} >= {"README.md", "pyproject.toml"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=WRITABLE)
def test_any_line_of_text_comes_back(
    renderer: Renderer, tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "rendered"
    renderer.render({**ANSWER_SETS[-1].answers, "description": text}, folder)
    check(folder, text)


@pytest.mark.parametrize(
    "bad", ["\n", "\r", "\t", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufffe"]
)
def test_text_that_would_end_a_line_is_refused(
    renderer: Renderer, tmp_path: Path, bad: str
) -> None:
    with pytest.raises(AnswerRefusedError, match="one line of text"):
        renderer.render(
            {**ANSWER_SETS[1].answers, "description": f"a{bad}b"}, tmp_path / "rendered"
        )
    assert not (tmp_path / "rendered").exists()


@pytest.mark.parametrize(
    "owner", ["", " ", "a b", "@team", "a\nb", "x" * 80, "team;rm", "a:b:c", "../x", "ünit"]
)
def test_an_owner_that_the_catalog_cannot_take_is_refused(
    renderer: Renderer, tmp_path: Path, owner: str
) -> None:
    with pytest.raises(AnswerRefusedError, match="catalog reference"):
        renderer.render({**ANSWER_SETS[1].answers, "owner": owner}, tmp_path / "rendered")


@pytest.mark.parametrize(
    "name", ["../x", "/abs", ".", "..", "a/b", "-rf", "A", "ab\n", "", "x" * 41]
)
@pytest.mark.parametrize("template", ["workspace", "data-postgres"])
def test_plain_copier_refuses_bad_names_too(
    renderer: Renderer, tmp_path: Path, template: str, name: str
) -> None:
    key = "workspace_name" if template == "workspace" else "service_name"
    with pytest.raises(AnswerRefusedError, match=key):
        renderer.render({"template": template, key: name}, tmp_path / "rendered")
    assert list(tmp_path.iterdir()) == []
