"""`verify` holds the services of a workspace to each other, and to what they said at a ref."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkout import git
from tests.support.cli import Cli, Outcome

SERVICES = (
    ("data-postgres", "users-data"),
    ("fastapi", "users-api", "--data-service", "users-data", "--with", "auth,cache,events,tasks"),
    ("worker", "media-worker", "--data-service", "users-data"),
    ("aiogram", "support-bot", "--data-service", "users-data"),
)
Edit = Callable[[dict[str, Any]], object]
MESSAGES = ("verify", "workspace", "--only", "messages", "--no-cache")


@pytest.fixture(scope="module")
def _four_services(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("contracts")
    cli("init", "shop", "--no-lock", cwd=parent).ok()
    for words in SERVICES:
        cli("new-service", *words, "--no-verify", "--no-lock", cwd=parent / "shop").ok()
    commit(parent / "shop")
    return parent / "shop"


@pytest.fixture
def shop(_four_services: Path, tmp_path: Path) -> Path:
    """A workspace of the test's own with a service of each kind, all committed."""
    shutil.copytree(_four_services, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"


def commit(shop: Path) -> None:
    git(shop, "add", "--all")
    git(shop, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", "Some")


def edit(shop: Path, service: str, name: str, change: Edit) -> None:
    path = shop / "services" / service / name
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")


def schema(name: str, change: Edit) -> Edit:
    return lambda document: change(document["components"]["schemas"][name])


def without(*required: str) -> Edit:
    """What has these members may leave them out."""

    def change(one: dict[str, Any]) -> None:
        one["required"] = [name for name in one["required"] if name not in required]

    return change


def requiring(name: str) -> Edit:
    return lambda one: one["required"].append(name)


def as_number(name: str) -> Edit:
    return lambda one: one["properties"].update({name: {"type": "integer"}})


def silent(channel: str) -> Edit:
    """What goes through this channel is neither sent nor received any more."""

    def change(document: dict[str, Any]) -> None:
        del document["channels"][channel]
        reference = {"$ref": f"#/channels/{channel}"}
        kept = {k: v for k, v in document["operations"].items() if v["channel"] != reference}
        document["operations"] = kept

    return change


def reason(outcome: Outcome) -> str:
    ((result,),) = (one["checks"] for one in outcome.json()["subjects"])
    return str(result["reason"])


def test_the_services_of_the_templates_fit_each_other(cli: Cli, shop: Path) -> None:
    outcome = cli(*MESSAGES, "--json", cwd=shop).ok()
    assert reason(outcome) == "3 services compared"
    outcome = cli("verify", "--against", "HEAD", cwd=shop).ok()
    assert outcome.stdout == "Nothing that others rely on is broken since HEAD.\n"
    assert outcome.stderr == ""


BROKEN: tuple[tuple[str, Edit, str], ...] = (
    (
        "users-api",
        schema("send.UserCreated", without("email")),
        (
            "event user.created, field data.email: users-api may leave it out, "
            "media-worker requires it"
        ),
    ),
    (
        "media-worker",
        schema("receive.UserCreated", requiring("phone")),
        (
            "event user.created, field data.phone: users-api may leave it out, "
            "media-worker requires it"
        ),
    ),
    (
        "media-worker",
        schema("receive.ProcessMedia", as_number("blob")),
        (
            "task media.process, field blob: users-api may send string, "
            "media-worker takes integer only"
        ),
    ),
    (
        "media-worker",
        silent("media.processed"),
        "event media.processed: support-bot takes it, nobody publishes it",
    ),
    (
        "media-worker",
        silent("tasks.notifications"),
        (
            "task notifications.account-message: users-api sends it to tasks.notifications, "
            "nobody handles it"
        ),
    ),
)


@pytest.mark.parametrize(("service", "change", "line"), BROKEN)
def test_what_does_not_fit_is_a_finding_that_names_both_sides(
    cli: Cli, shop: Path, service: str, change: Edit, line: str
) -> None:
    edit(shop, service, "asyncapi.json", change)
    outcome = cli(*MESSAGES, cwd=shop)
    assert outcome.code == 1
    assert line in outcome.stdout


def test_what_comes_from_elsewhere_is_no_finding(cli: Cli, shop: Path) -> None:
    for channel in ("media.processed", "media.failed"):
        edit(shop, "media-worker", "asyncapi.json", silent(channel))
    with (shop / "pyproject.toml").open("a") as file:
        file.write('\n[tool.generator.messages]\noutside = ["media.processed", "media.failed"]\n')
    cli(*MESSAGES, cwd=shop).ok()
    text = (shop / "pyproject.toml").read_text()
    (shop / "pyproject.toml").write_text(text.replace("outside =", "elsewhere ="))
    outcome = cli(*MESSAGES, cwd=shop)
    assert outcome.code == 1
    assert "tool.generator.messages holds more than `outside`, a list of names" in outcome.stdout


def test_a_service_from_before_is_named_and_counts_by_its_manifest(cli: Cli, shop: Path) -> None:
    (shop / "services/media-worker/asyncapi.json").unlink()
    outcome = cli(*MESSAGES, "--json", cwd=shop).ok()
    assert reason(outcome) == "media-worker has no asyncapi.json: compared by name only"
    manifest = shop / "services/media-worker/template.yml"
    text, _, _ = manifest.read_text().partition("messages:")
    manifest.write_text(text)
    outcome = cli(*MESSAGES, "--json", cwd=shop).ok()
    alone = "event media.processed: support-bot takes it, nobody publishes it"
    assert f"{alone}, unless media-worker does" in reason(outcome)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"asyncapi": "2.6.0"}'])
def test_a_description_that_cannot_be_read_is_a_finding(cli: Cli, shop: Path, content: str) -> None:
    (shop / "services/users-api/asyncapi.json").write_text(content)
    outcome = cli(*MESSAGES, cwd=shop)
    assert outcome.code == 1
    assert "users-api: asyncapi.json is no" in outcome.stdout
    refused = cli("verify", "--against", "HEAD", cwd=shop).failed(5)
    assert "users-api: asyncapi.json is no" in refused.stderr


def test_a_change_of_an_api_names_those_who_call_it(cli: Cli, shop: Path) -> None:
    edit(shop, "users-data", "openapi.json", schema("UserRead", without("email")))
    outcome = cli("verify", "--against", "HEAD", cwd=shop)
    assert outcome.code == 1
    line = (
        "http GET /api/v1/users/{user_id} of users-data, email: answer 200 may lack it, "
        "callers require it; breaks media-worker, support-bot, users-api"
    )
    assert line in outcome.stdout.splitlines()
    only = cli("verify", "--against", "HEAD", "support-bot", "--json", cwd=shop)
    breaks = only.json()["breaks"]
    assert {one["service"] for one in breaks} == {"users-data"}
    cli("verify", "--against", "HEAD", "nobody", cwd=shop).failed(2)


def test_a_change_that_its_author_made_on_both_sides_breaks_what_is_deployed(
    cli: Cli, shop: Path
) -> None:
    edit(shop, "users-api", "asyncapi.json", schema("send.UserCreated", without("email")))
    edit(shop, "media-worker", "asyncapi.json", schema("receive.UserCreated", without("email")))
    cli(*MESSAGES, cwd=shop).ok()
    document = cli("verify", "--against", "HEAD", "--json", cwd=shop).json()
    assert document["against"]["ref"] == "HEAD"
    assert len(document["against"]["commit"]) == 40
    (found,) = document["breaks"]
    assert found == {
        "contract": "event",
        "service": "users-api",
        "name": "user.created",
        "field": "data.email",
        "breaks": ["media-worker"],
        "text": "event user.created, field data.email: users-api may leave it out, "
        "media-worker at HEAD requires it",
    }
    commit(shop)
    cli("verify", "--against", "HEAD", cwd=shop).ok()
    assert cli("verify", "--against", "HEAD~1", cwd=shop).code == 1


def test_a_service_that_described_nothing_at_the_ref_is_named(cli: Cli, shop: Path) -> None:
    path = shop / "services/users-api/asyncapi.json"
    text = path.read_text()
    path.unlink()
    commit(shop)
    path.write_text(text)
    outcome = cli("verify", "--against", "HEAD", cwd=shop).ok()
    assert outcome.stderr == "Messages not compared: users-api has no asyncapi.json at HEAD.\n"


def test_what_against_cannot_do_is_refused(cli: Cli, shop: Path) -> None:
    cli("verify", "--against", "nowhere", cwd=shop).failed(2)
    refused = cli("verify", "--against", "HEAD", "--only", "tests", cwd=shop).failed(2)
    assert "--against compares descriptions and runs no check." in refused.stderr
