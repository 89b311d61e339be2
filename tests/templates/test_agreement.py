"""The places that name a template agree: folders, choices, catalog, answer sets."""

import re

import pytest
import yaml

from generator.catalog import read_manifests
from generator.rendering.answer_sets import AnswerSet
from generator.rendering.questionnaire import questionnaire
from generator.workspace import WORKSPACE_TEMPLATE
from shared.testing.servers import COMPOSE, KINDS
from tests.support.answers import ANSWER_SETS, SERVICE_SETS
from tests.support.checkout import PROJECT
from tests.support.rendered import Renderer

NAMES = {spec.name for spec in read_manifests(PROJECT)}


def test_every_template_has_a_folder_and_every_folder_is_a_template() -> None:
    folders = {p.name for p in (PROJECT / "templates").iterdir() if not p.name.startswith("_")}
    assert folders == NAMES


def test_the_questionnaire_is_what_follows_from_the_manifests() -> None:
    stale = "copier.yml is behind templates/*/template.yml: make questions"
    assert (PROJECT / "copier.yml").read_text(encoding="utf-8") == questionnaire(PROJECT), stale


def test_every_template_has_an_answer_set() -> None:
    assert {answer_set.template for answer_set in ANSWER_SETS} == NAMES


@pytest.mark.parametrize("answer_set", SERVICE_SETS, ids=[s.name for s in SERVICE_SETS])
def test_images_have_the_python_of_the_workspace(renderer: Renderer, answer_set: AnswerSet) -> None:
    pinned = (renderer(ANSWER_SETS[0]) / ".python-version").read_text(encoding="utf-8").strip()
    dockerfile = (renderer(answer_set) / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"(?m)^FROM .*python:?(\d[\d.]*)-", dockerfile)
    assert bases == [pinned, pinned]


@pytest.mark.parametrize("variable", KINDS)
def test_tests_look_where_compose_publishes(variable: str) -> None:
    kind, (inside, url) = KINDS[variable], COMPOSE[variable]
    fragment = PROJECT / f"templates/workspace/infra/{kind}.compose.yaml"
    server = yaml.safe_load(fragment.read_text(encoding="utf-8"))["services"][kind]
    assert any(
        port.startswith("127.0.0.1:") and port.endswith(f":{inside}") for port in server["ports"]
    )
    password = url.partition("{")[2].partition("}")[0]
    assert any(
        str(value).startswith(f"${{{password}:?") for value in server["environment"].values()
    )
    if kind == "rabbitmq":
        user, vhost = (server["environment"][f"RABBITMQ_DEFAULT_{x}"] for x in ("USER", "VHOST"))
        assert url.startswith(f"amqp://{user}:")
        assert url.endswith(f"/{vhost}")


def test_the_generator_knows_no_template_by_name() -> None:
    names = "|".join(sorted(NAMES - {WORKSPACE_TEMPLATE}))
    # As a value of its own, or after the command that takes it.
    named = re.compile(rf"[\"'`](?:{names})[\"'`]|new-service (?:{names})\b")
    sources = sorted((PROJECT / "generator").rglob("*.py"))
    assert [str(path) for path in sources if named.search(path.read_text("utf-8"))] == []


def test_a_manifest_says_how_many_connections_the_pool_holds() -> None:
    settings = (PROJECT / "templates/data-postgres/src/app/settings.py").read_text(encoding="utf-8")
    pool = re.findall(r"database_pool_(?:size|overflow): int = Field\(default=(\d+)", settings)
    manifests = {spec.name: spec for spec in read_manifests(PROJECT)}
    assert manifests["data-postgres"].database_connections == sum(map(int, pool))
    assert len(pool) == 2
