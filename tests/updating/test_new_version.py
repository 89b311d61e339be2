"""What a new version brings besides files: questions, answers that are gone, and its changelog."""

import pytest

from generator.errors import AnswerRefusedError
from generator.usecases.new_questions import checked_answers, new_questions
from generator.usecases.update import preview_update
from tests.support.cli import Cli
from tests.support.terminal import ENTER, on_terminal
from tests.support.tiny import SERVICE, Tiny, write

CURRENCY = 'currency: {type: str, choices: [EUR, CHF], default: EUR, help: "Which currency"}\n'
SIZE = 'size: {type: str, default: "{{ currency }}-l", help: How large}\n'
OLD = "colour: {type: str, default: red}\n"
CHANGELOG = """\
# Changelog

## [Unreleased]

- Not released yet.

## [2.1.0] - 2026-03-01

- Later than what is gone to.

## [2.0.0] - 2026-02-01

### Added

- Orders have a currency.

## [1.1.0]

- A step in between.

## [1.0.0] - 2026-01-01

- Where it began.
"""


@pytest.fixture
def shop(tiny: Tiny) -> Tiny:
    """A service whose template asks two new questions in v2.0.0, and no longer an old one."""
    tiny.release("v1.0.0", {"a.txt": "one\n"}, questions=OLD)
    write(tiny.templates, {"CHANGELOG.md": CHANGELOG})
    tiny.release(
        "v2.0.0", {"a.txt.jinja": "{{ currency }} {{ size }}\n"}, questions=CURRENCY + SIZE
    )
    tiny.render("v1.0.0")
    tiny.record("v2.0.0")
    tiny.commit()
    return tiny


def test_new_questions_take_their_defaults_which_are_listed_and_gone_answers_are_named(
    shop: Tiny,
) -> None:
    planned, _ = shop.update()
    [project] = planned.projects
    assert project.defaults == {"currency": "EUR", "size": "EUR-l"}
    assert project.dropped == ("colour",)
    assert (shop.service / "a.txt").read_text() == "EUR EUR-l\n"
    answers = (shop.root / f"{SERVICE}/.copier-answers.yml").read_text()
    assert "currency: EUR" in answers
    assert "colour" not in answers


def test_a_new_question_takes_the_answer_that_is_given(shop: Tiny) -> None:
    planned, _ = shop.update(currency="CHF")
    assert planned.projects[0].defaults == {"size": "CHF-l"}
    assert (shop.service / "a.txt").read_text() == "CHF CHF-l\n"


def test_new_questions_are_those_without_an_answer(shop: Tiny) -> None:
    [asked] = new_questions(shop.workspace, shop.request())
    assert [question.name for question in asked.questions] == ["currency", "size"]
    shop.update()
    shop.commit()
    assert new_questions(shop.workspace, shop.request()) == ()


def test_an_answer_that_is_refused_or_that_nobody_asks_for_is_named(shop: Tiny) -> None:
    asked = new_questions(shop.workspace, shop.request())
    assert checked_answers(asked, {"currency": "CHF"}) == {"orders": {"currency": "CHF"}}
    with pytest.raises(AnswerRefusedError, match="size"):
        checked_answers(asked, {"size": ["l"]})
    with pytest.raises(AnswerRefusedError, match="currency"):
        shop.update(currency="USD")
    with pytest.raises(AnswerRefusedError, match="port is no new question") as refused:
        checked_answers(asked, {"port": "8601"})
    assert "currency, size" in refused.value.hint


def test_the_changelog_between_the_versions_is_told_and_no_more(shop: Tiny) -> None:
    planned = preview_update(shop.workspace, shop.request(), shop.said.append)
    [(source, releases)] = planned.news.items()
    assert source == str(shop.templates)
    assert [release.version for release in releases] == ["2.0.0", "1.1.0"]
    assert releases[0].text == "### Added\n\n- Orders have a currency."


def test_a_repository_without_a_changelog_has_no_news(shop: Tiny) -> None:
    (shop.templates / "CHANGELOG.md").unlink()
    shop.release("v3.0.0", {"a.txt": "three\n"})
    shop.record("v3.0.0")
    shop.commit()
    assert preview_update(shop.workspace, shop.request(), shop.said.append).news == {}


def surroundings(shop: Tiny) -> dict[str, str]:
    return {name: str(shop.folder / name.lower()) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")}


UPDATE = ("update", "orders", "--no-verify", "--no-lock")


def test_on_a_terminal_new_questions_are_asked_one_after_the_other(cli: Cli, shop: Tiny) -> None:
    keys = [("Which currency", "\x1b[B\r"), ("How large", ENTER)]
    code, shown = on_terminal(cli, *UPDATE, cwd=shop.root, keys=keys, env=surroundings(shop))
    assert code == 0, shown
    assert "orders, new in v2.0.0" in shown
    assert "Orders have a currency." in shown
    assert (shop.service / "a.txt").read_text() == "CHF CHF-l\n"


def test_elsewhere_flags_answer_them(cli: Cli, shop: Tiny) -> None:
    said = cli(*UPDATE, "--data", "currency=CHF", cwd=shop.root, env=surroundings(shop)).ok()
    assert "new answer size: 'CHF-l' (its default)" in said.stderr
    assert "no longer asked: colour" in said.stderr
    assert (shop.service / "a.txt").read_text() == "CHF CHF-l\n"
