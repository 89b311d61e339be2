"""Free text of any kind renders to files that still parse and give the text back."""

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import AnswerRefusedError
from tests.support.answers import ANSWER_SETS, HOSTILE, AnswerSet
from tests.support.rendered import Renderer
from tests.support.trees import read_tree

Parser = Callable[[str], object]

PARSERS: dict[str, Parser] = {
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".yaml": lambda text: list(yaml.safe_load_all(text)),
    ".yml": lambda text: list(yaml.safe_load_all(text)),
    ".py": lambda text: compile(text, "rendered", "exec"),
}
TEXTS = {
    "hostile": HOSTILE,
    "quotes": "\"\"\" ''' \\\" \\' \\",
    "looks like yaml": "yes: [no, {on: off}] # &a *b !!python/object",
    "looks like a key": "---",
    "number": "007",
    "toml": '"]]\\u0000 = {x = 1}',
    "jinja": "{{ undefined_name }}{% include 'x' %}{# gone #}",
    "shell": "$(touch /tmp/x) `id` ${PATH} $PATH; rm -rf / && :",
    "compose": "${MISSING:?no} $$ ${X:-y}",
    "markup": "<script>alert(1)</script><!-- --> [x](javascript:alert(1)) | a | b |",
    "emoji": "\U0001f600 \u00e9\u4e2d\u6587\u0627\u0644\u0639 \u200b \ufeff",
    "spaces": "  leading and trailing  ",
    "long": "0123456789" * 1000,
}
WRITABLE = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufffe\uffff"),
    min_size=1,
    max_size=200,
)

# A description stands in the same lines of each variant of a template (a test below says so). So
# what is peculiar to one text is shown once for each template, the worst one in every variant.
FULLEST = {
    template: max(
        (each for each in ANSWER_SETS if each.template == template),
        key=lambda each: (len(each.data.get("features", ())), each.data.get("example", True)),
    )
    for template in dict.fromkeys(each.template for each in ANSWER_SETS)
}
LESSER = [each for each in ANSWER_SETS if each not in FULLEST.values()]


def parsed(folder: Path) -> Iterator[tuple[str, object]]:
    """Every file of a format that we can parse, with what it holds."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in PARSERS:
            text = path.read_text(encoding="utf-8")
            yield path.relative_to(folder).as_posix(), PARSERS[path.suffix](text)


def check(folder: Path, text: str) -> None:
    documents = dict(parsed(folder))
    answers = documents[".copier-answers.yml"]
    assert isinstance(answers, list)
    assert answers[0]["description"] == text
    if "pyproject.toml" in documents and (folder / "src").exists():
        project = documents["pyproject.toml"]
        assert isinstance(project, dict)
        assert project["project"]["description"] == text


@pytest.mark.parametrize(
    ("answer_set", "text"),
    [
        pytest.param(answer_set, TEXTS[what], id=f"{answer_set.name}-{what}")
        for answer_set in ANSWER_SETS
        for what in (["hostile"] if answer_set in LESSER else TEXTS)
    ],
)
def test_a_hostile_description_comes_back_from_every_format(
    renderer: Renderer, tmp_path: Path, answer_set: AnswerSet, text: str
) -> None:
    renderer.render({**answer_set.answers, "description": text}, tmp_path / "rendered")
    check(tmp_path / "rendered", text)


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
