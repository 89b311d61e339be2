"""The shared library's suite gets the run's servers where some service sends messages."""

import shutil
from pathlib import Path

import pytest

from generator import uv
from generator.backing.providers import UnsuitableError
from generator.usecases.verify import VerifyRequest, verify_workspace
from generator.verification import Outcome, ignore
from generator.workspace import open_workspace
from tests.backing.rabbitmq.lent import installed

pytestmark = pytest.mark.slow
_SUITE = '''"""What the suite was told."""

import os


def test_where_the_servers_are() -> None:
    told = {name for name in ("AMQP_URL", "MESSAGING_PREFIX", "REDIS_URL") if name in os.environ}
    assert len(told) == {count}
'''
_ANSWERS = """_src_path: https://example.org/generator
_commit: v1
template: api
service_name: {name}
port: {port}
description: d
owner: o
features: {features}
"""
_MANIFEST = """schema: 1
summary: sends messages
features:
  messages: {summary: sends them, needs: [rabbitmq, redis]}
"""
_MEMBER = '[project]\nname = "{name}"\nversion = "0"\nrequires-python = ">=3.11"\n'


def _add(root: Path, name: str, port: int, features: list[str]) -> None:
    folder = root / "services" / name
    folder.mkdir(parents=True)
    (folder / ".copier-answers.yml").write_text(
        _ANSWERS.format(name=name, port=port, features=features)
    )
    (folder / "template.yml").write_text(_MANIFEST)
    (folder / "pyproject.toml").write_text(
        _MEMBER.format(name=name) + "[tool.uv]\npackage = false\n"
    )


@pytest.fixture
def shop(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AMQP_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    shutil.rmtree(workspace / "shared/tests")
    (workspace / "shared/tests").mkdir()
    return workspace


def _verified(root: Path, count: int) -> list[str]:
    (root / "shared/tests/test_servers.py").write_text(_SUITE.replace("{count}", str(count)))
    (root / "shared/pyproject.toml").write_text(
        _MEMBER.format(name="shared") + "[dependency-groups]\ndev = ['pytest']\n"
        "[tool.uv]\npackage = false\n"
    )
    assert uv.lock(root) == ""
    told: list[str] = []
    verified = verify_workspace(
        open_workspace(root),
        VerifyRequest(names=("shared",), only=("tests",)),
        report=told.append,
        on_event=ignore,
    )
    outcomes = {result.check.value: result.outcome for result in verified.report.results}
    assert outcomes["tests"] is Outcome.PASSED, verified.report.results
    return [line.partition(":")[0] for line in told]


def test_where_a_service_sends_messages_they_are_started_for_it(shop: Path) -> None:
    try:
        installed()
    except UnsuitableError as error:
        pytest.skip(f"RabbitMQ is not installed: {error.outcome}")
    _add(shop, "talker", 8000, ["messages"])
    assert sorted(_verified(shop, 3)) == ["rabbitmq", "redis"]


def test_elsewhere_nothing_is_started_for_it(shop: Path) -> None:
    _add(shop, "quiet", 8000, [])
    assert _verified(shop, 0) == []
