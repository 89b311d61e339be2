"""Adding a template touches its folder and, by `make questions`, copier.yml: nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from generator.catalog import MANIFEST
from generator.errors import AnswerRefusedError, TemplateError
from generator.rendering.answer_sets import AnswerSet
from generator.rendering.questionnaire import questionnaire
from tests.support.checkout import copy_project, git, make_checkout
from tests.support.cli import Cli
from tests.support.compose import ask_compose
from tests.support.rendered import Renderer

# The fifth one: a worker with another name, another link, a feature, a secret and questions of its
# own.
ADDED = """
external_secrets:
  TELEGRAM_TOKEN:
    purpose: who the bot is, from @BotFather
    stub: "123456:stub"
"""
LINKS = """links:
  users_api:
    summary: The API that it asks who somebody is
    to: api
    optional: true
"""
FEATURES = """features:
  greeting:
    summary: says hello
    files: [src/app/greeting]
    requires: [schedule]
    refuses: [media]
"""
QUESTIONS = """
tone:
  type: str
  help: How it speaks
  default: "{{ 'warm' if example else 'plain' }}"
  validator: "{% if tone not in ['warm', 'plain'] %}Choose warm or plain.{% endif %}"
loud:
  type: bool
  default: false
  when: "{{ tone == 'warm' }}"
whole_tone:
  type: str
  default: "{{ tone }}{{ '!' if loud else '.' }}"
  when: false
"""
BOT = ("new-service", "bot", "support-bot", "--data-service", "users-data", "--no-verify")
MORE = (
    "--no-lock",
    "--with",
    "greeting,schedule",
    "--data",
    "users_api=users-api",
    "--data",
    "loud=true",
)


def add_template(root: Path) -> None:
    """What a person does who follows docs/how-to/add-a-template.md."""
    folder = root / "templates/bot"
    shutil.copytree(root / "templates/worker", folder)
    manifest = folder / MANIFEST
    text = manifest.read_text().replace("component_type: worker", "component_type: bot")
    text = text.replace("first_port: 8400", "first_port: 8600")
    text = text.replace("links:\n", LINKS, 1).replace("features:\n", FEATURES, 1)
    manifest.write_text(text + ADDED)
    (folder / "questions.yml").write_text(QUESTIONS)
    (folder / "tone.txt.jinja").write_text("{{ whole_tone }}\n")
    for name in ("greeting", "tasks"):
        (folder / "src/app" / name).mkdir()
        (folder / "src/app" / name / "__init__.py").write_text(f'"""Holds {name}."""\n')
    (root / "copier.yml").write_text(questionnaire(root))


@pytest.fixture(scope="module")
def bot_cli(tmp_path_factory: pytest.TempPathFactory, caches: dict[str, str]) -> Cli:
    """The command line of a checkout with five templates."""
    checkout = make_checkout(tmp_path_factory.mktemp("five") / "generator")
    add_template(checkout)
    git(checkout, "add", "--all", "--force")
    git(checkout, "commit", "--quiet", "-m", "Add the template bot")
    return Cli(checkout=checkout, environment=caches)


@pytest.fixture(scope="module")
def shop(bot_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a bot that calls two services, and what adding it said."""
    parent = tmp_path_factory.mktemp("bots")
    shop = parent / "shop"
    bot_cli("init", "shop", "--no-lock", cwd=parent).ok()
    plain = ("--no-verify", "--no-lock")
    bot_cli("new-service", "data-postgres", "users-data", *plain, cwd=shop).ok()
    link = ("--data-service", "users-data")
    bot_cli("new-service", "fastapi", "users-api", *link, *plain, cwd=shop).ok()
    done = bot_cli(*BOT, *MORE, cwd=shop).ok()
    (parent / "said").write_text(done.stderr)
    return shop


def variables(shop: Path, service: str) -> dict[str, str]:
    lines = (shop / f"wiring/env/{service}.env").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip('"') for name, _, value in pairs}


def test_nothing_but_its_folder_and_the_questionnaire_changes(bot_cli: Cli) -> None:
    touched = git(bot_cli.checkout, "diff", "--name-only", "HEAD~1").splitlines()
    others = {path for path in touched if not path.startswith("templates/bot/")}
    assert others == {"copier.yml"}


def test_its_own_questions_are_asked_of_it_alone(bot_cli: Cli, shop: Path, tmp_path: Path) -> None:
    answers = yaml.safe_load((shop / "services/support-bot/.copier-answers.yml").read_text())
    assert (answers["tone"], answers["loud"]) == ("warm", True)
    assert "whole_tone" not in answers
    assert (shop / "services/support-bot/tone.txt").read_text() == "warm!\n"
    assert not {"questions.yml", "answer-sets.yml"} & {
        path.name for path in (shop / "services/support-bot").iterdir()
    }
    refused = bot_cli(*BOT[:2], "more-bot", *BOT[3:], "--data", "tone=shrill", cwd=shop).failed(2)
    assert "Choose warm or plain." in refused.stderr
    api = yaml.safe_load((shop / "services/users-api/.copier-answers.yml").read_text())
    assert not {"tone", "loud"} & api.keys()
    other = ("new-service", "data-postgres", "more-data", "--dry-run", "--data", "tone=warm")
    assert "There is no answer 'tone'" in bot_cli(*other, cwd=shop).failed(2).stderr
    # Plain Copier asks alike.
    render = Renderer(folder=tmp_path, template_root=bot_cli.checkout)
    bare = {"template": "bot", "service_name": "a-bot", "data_service": "users-data"}
    render.render({**bare, "example": False, "features": []}, tmp_path / "bot")
    assert (tmp_path / "bot/tone.txt").read_text() == "plain.\n"


@pytest.mark.parametrize("name", ["description", "port", "data_service"])
def test_a_question_that_is_asked_already_is_refused(tmp_path: Path, name: str) -> None:
    copy_project(tmp_path / "generator")
    questions = tmp_path / "generator/templates/worker/questions.yml"
    questions.write_text(f"{name}: {{type: str, default: x}}\n")
    with pytest.raises(TemplateError, match=f"{name} is asked already"):
        questionnaire(tmp_path / "generator")


def test_it_is_listed_with_what_its_manifest_says(bot_cli: Cli, tmp_path: Path) -> None:
    rows = bot_cli("list", "--templates", "--json", cwd=tmp_path).ok().json()["templates"]
    [row] = [row for row in rows if row["template"] == "bot"]
    assert row["features"][:2] == ["greeting", "media"]
    assert row["backing"] == ["rabbitmq", "redis"]


def test_it_is_rendered_and_wired(shop: Path) -> None:
    folder = shop / "services/support-bot"
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_text())
    assert (answers["template"], answers["port"]) == ("bot", 8600)
    assert (answers["data_service"], answers["users_api"]) == ("users-data", "users-api")
    told = variables(shop, "support-bot")
    assert told["DATA_SERVICE_URL"] == "http://users-data:8000"
    assert "SUPPORT_BOT__USERS_DATA__API_KEY" in told["DATA_SERVICE_API_KEY"]
    # An API that owns no data asks for no key.
    assert told["USERS_API_URL"] == "http://users-api:8000"
    assert "USERS_API_API_KEY" not in told
    catalog = (shop / "wiring/catalog-info.yaml").read_text()
    [bot] = [e for e in yaml.safe_load_all(catalog) if e["metadata"]["name"] == "support-bot"]
    assert bot["spec"]["type"] == "bot"
    assert bot["spec"]["consumesApis"] == ["users-api", "users-data"]


def test_its_files_follow_from_its_own_features_alone(
    bot_cli: Cli, shop: Path, tmp_path: Path
) -> None:
    app = shop / "services/support-bot/src/app"
    assert (app / "greeting").is_dir()
    # `tasks` is a feature of fastapi, and means nothing here.
    assert (app / "tasks").is_dir()
    assert not (app / "media").exists()
    bare = AnswerSet(
        name="bare", template="bot", data={"service_name": "a-bot", "data_service": "users-data"}
    )
    render = Renderer(folder=tmp_path, template_root=bot_cli.checkout)
    assert not (render(bare) / "src/app/greeting").exists()
    assert (tmp_path / "bare/src/app/tasks").is_dir()


def test_a_secret_that_only_a_person_can_give_is_named_and_never_made_up(
    bot_cli: Cli, shop: Path
) -> None:
    name = "SUPPORT_BOT__TELEGRAM_TOKEN"
    said = (shop.parent / "said").read_text()
    assert f"Fill in .env: {name}" in said
    assert f"\n{name}=\n" in (shop / ".env").read_text()
    assert variables(shop, "support-bot")["TELEGRAM_TOKEN"] == f"${{{name}:-}}"
    again = bot_cli("sync", cwd=shop).ok()
    assert f"Fill in .env: {name}" in again.stderr
    assert (shop / ".env").read_text().count(name) == 1
    bot_cli("sync", "--check", cwd=shop).ok()
    # Everybody else can be started before somebody has the token.
    answer = ask_compose(shop)
    assert answer.code == 0, answer.complaint
    assert answer.services["support-bot"]["environment"]["TELEGRAM_TOKEN"] == ""
    filled = (shop / ".env").read_text().replace(f"{name}=", f"{name}=1:given")
    (shop / ".env").write_text(filled)
    assert name not in bot_cli("sync", cwd=shop).ok().stderr
    assert ask_compose(shop).services["support-bot"]["environment"]["TELEGRAM_TOKEN"] == "1:given"


def test_what_is_rendered_has_no_finding_of_the_linter(shop: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "check", "--no-cache", "."],
        cwd=shop / "services/support-bot", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


REFUSED = [
    (("--data", "users_api=users-dta"), "There is no API 'users-dta' here."),
    (("--with", "auth"), "A bot service has no feature 'auth'."),
    (("--with", "greeting"), "greeting requires schedule."),
    (("--with", "greeting,schedule,media"), "greeting refuses media."),
]


@pytest.mark.parametrize(("words", "cause"), REFUSED, ids=[cause for _, cause in REFUSED])
def test_what_its_manifest_does_not_allow_is_refused(
    bot_cli: Cli, shop: Path, words: tuple[str, ...], cause: str
) -> None:
    command = ("new-service", "bot", "more-bot", "--data-service", "users-data", "--no-verify")
    assert cause in bot_cli(*command, *words, cwd=shop).failed(2).stderr


@pytest.mark.parametrize(
    ("features", "cause"),
    [
        (["greeting"], "greeting requires schedule: take both"),
        (["greeting", "schedule", "media"], "greeting refuses media: take one of them"),
    ],
)
def test_plain_copier_refuses_it_too(
    bot_cli: Cli, tmp_path: Path, features: list[str], cause: str
) -> None:
    render = Renderer(folder=tmp_path, template_root=bot_cli.checkout)
    answers = {"template": "bot", "service_name": "a-bot", "data_service": "users-data"}
    with pytest.raises(AnswerRefusedError, match=cause):
        render.render({**answers, "features": features}, tmp_path / "bot")


def test_a_manifest_with_a_fault_stops_with_one_line(
    tmp_path: Path, caches: dict[str, str]
) -> None:
    copy_project(tmp_path / "generator")
    manifest = tmp_path / "generator/templates/worker" / MANIFEST
    manifest.write_text(manifest.read_text().replace("summary:", "sumary:", 1))
    cli = Cli(checkout=tmp_path / "generator", environment=caches)
    outcome = cli("list", "--templates", cwd=tmp_path).failed(5)
    assert "templates/worker/template.yml: sumary is no key: did you mean summary?" in (
        outcome.stderr
    )
