"""What `up` gives services is what the real Compose would give them."""

from pathlib import Path

import pytest

from generator.answers import ANSWERS_FILE, read_answers
from generator.errors import DestinationRefusedError, MissingPrerequisiteError
from generator.usecases.service_plans import FAKES, compose_settings, env_values_of, settle
from generator.wiring import complete_env
from generator.workspace import Service, Workspace, open_workspace, service_in
from tests.support.answers import ANSWER_SETS
from tests.support.compose import ask_compose
from tests.support.rendered import Renderer
from tests.support.wiring import wire, write_wiring

SETS = ("data-postgres--outbox", "fastapi", "worker", "aiogram")
# What a person may write into `.env` and into files of their own.
BY_HAND = """
LOG_LEVEL="DEBUG" # loud
NOTIFICATION_URL='https://mail.example/$HOME?a=b#c'
OUTBOUND_PROXY="http://${PROXY_HOST:-proxy}:3128"
BLOB_STORE_URL=s3://bucket/${LOG_LEVEL}
"""
OVERRIDE = """
services:
  users-api:
    env_file: [own.env]
    environment:
      - LOG_LEVEL=WARNING
      - GREETING=$$5 and ${NOBODY:-nobody}
"""


@pytest.fixture
def workspace(renderer: Renderer, tmp_path: Path) -> Workspace:
    """A workspace with a service of every template, as rendered, wired and with secrets."""
    root = tmp_path / "shop"
    renderer.render({"template": "workspace", "workspace_name": "shop"}, root)
    services: list[Service] = []
    for one in ANSWER_SETS:
        if one.name in SETS:
            folder = root / "services" / one.data["service_name"]
            port = 9000 + len(services)
            renderer.render({**one.answers, "port": port}, folder)
            services.append(service_in(folder, read_answers(folder / ANSWERS_FILE)))
    wiring = wire(services)
    write_wiring(root, wiring)
    text = complete_env(wiring, BY_HAND, lambda secret: f"value-of-{secret.name}")
    (root / ".env").write_text(text)
    return open_workspace(root)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOG_LEVEL", "ENVIRONMENT", "NOBODY", "PROXY_HOST"):
        monkeypatch.delenv(name, raising=False)


def test_every_service_gets_what_compose_gives_it(workspace: Workspace) -> None:
    (workspace.root / "compose.override.yaml").write_text(OVERRIDE)
    (workspace.root / "own.env").write_text("OWN=${LOG_LEVEL}\nLOG_LEVEL=ERROR\n")
    answer = ask_compose(workspace.root)
    assert answer.code == 0, answer.complaint
    values = env_values_of(workspace)
    names = [one.service_name for one in workspace.services()]
    assert len(names) == len(SETS)
    for name in names:
        mine = compose_settings(workspace, name, values)
        # What it prints could be filled in again, so every dollar is doubled.
        theirs = answer.services[name]["environment"]
        assert mine.environment == {key: value.replace("$$", "$") for key, value in theirs.items()}
        volumes = answer.services[name].get("volumes", [])
        assert mine.volumes == {one["target"]: one["source"] for one in volumes}


def test_who_talks_to_a_fake_gets_a_made_up_secret_of_its_own(workspace: Workspace) -> None:
    services = workspace.inventory().services
    values = env_values_of(workspace)
    settled = settle(workspace, services, frozenset(FAKES.values()), values)
    (bot,) = (one for one in settled if one.fakes)
    assert "support-bot" in bot.given.environment["TELEGRAM_TOKEN"]


def test_what_compose_refuses_is_refused_with_its_words(workspace: Workspace) -> None:
    (workspace.root / ".env").write_text("")
    assert "is missing in .env" in ask_compose(workspace.root).complaint
    with pytest.raises(MissingPrerequisiteError) as caught:
        compose_settings(workspace, "users-data", env_values_of(workspace))
    assert "_API_KEY is missing in .env: run generator sync." in caught.value.message


def test_no_file_outside_of_the_workspace_is_read(workspace: Workspace) -> None:
    for path in ("../../../../etc/hostname", "/etc/hostname"):
        (workspace.root / "compose.override.yaml").write_text(
            f"services: {{users-api: {{env_file: {path}}}}}"
        )
        with pytest.raises(DestinationRefusedError, match="not in the workspace"):
            compose_settings(workspace, "users-api", env_values_of(workspace))
