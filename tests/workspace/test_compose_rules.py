"""The compose files that we render hold our own rules, and people's are judged by them, too."""

import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from generator.answers import ANSWERS_FILE, read_answers
from generator.usecases.compose_rules import compose_findings
from generator.usecases.wiring_files import wiring_of
from generator.verification.linters import LINTERS
from generator.wiring import complete_env
from generator.wiring.compose_rules.ports import published
from generator.wiring.compose_rules.reading import read_composition
from generator.workspace import open_workspace, service_in
from tests.support.answers import SERVICE_SETS
from tests.support.checkout import git
from tests.support.cli import Cli
from tests.support.compose import ask_compose
from tests.support.rendered import Renderer
from tests.support.wiring import wire, write_wiring

# The first of them has no link, so the others can call it.
SETS = sorted(SERVICE_SETS, key=lambda one: bool(one.data.get("data_service")))
MINE = """\
  mail:
    image: axllent/mailpit
    ports: ["8025:8025"]
"""
OPS = """\
services:
  admin:
    image: adminer:5.4.1
    user: "10001:10001"
    read_only: true
    environment: {ADMINER_DEFAULT_SERVER: "${DB_HOST:-postgres}"}
    healthcheck: {test: [CMD, 'true']}
    deploy: {resources: {limits: {cpus: "1", memory: 64m}}}
"""


@pytest.fixture(scope="module")
def everything(renderer: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a service of every answer set; read only."""
    root = tmp_path_factory.mktemp("rules") / "shop"
    renderer.render({"template": "workspace", "workspace_name": "shop"}, root)
    services = []
    for number, one in enumerate(SETS):
        folder = root / "services" / f"service-{number}"
        answers: dict[str, Any] = {
            **one.answers, "service_name": folder.name, "port": 9000 + number
        }  # fmt: skip
        if one.data.get("data_service"):
            answers["data_service"] = "service-0"
        renderer.render(answers, folder)
        services.append(service_in(folder, read_answers(folder / ANSWERS_FILE)))
    wiring = wire(services)
    write_wiring(root, wiring)
    text = complete_env(wiring, "", lambda secret: f"value-of-{secret.name}")
    (root / ".env").write_text(text, encoding="utf-8")
    return root


def findings(root: Path) -> tuple[str, ...]:
    workspace = open_workspace(root)
    return compose_findings(workspace, wiring_of(workspace, workspace.inventory()))


def test_what_we_render_holds_every_rule(everything: Path) -> None:
    assert findings(everything) == ()
    git(everything, "init", "--quiet")
    assert findings(everything) == ()


def test_what_we_render_fits_the_schema_of_compose(everything: Path) -> None:
    files = sorted(everything.rglob("*compose.yaml"))
    assert len(files) == len(SETS) + 7
    program = Path(sysconfig.get_path("scripts")) / "check-jsonschema"
    subprocess.run([program, "--builtin-schema", "vendor.compose-spec", *files], check=True)


def test_the_linters_find_nothing_in_what_we_render(everything: Path) -> None:
    everything_of = {
        "hadolint": sorted(everything.glob("services/*/Dockerfile")),
        "actionlint": sorted(everything.glob(".github/workflows/*.yml")),
        "zizmor": [everything],
    }
    assert len(everything_of["hadolint"]) == len(SETS)
    checks = ("dockerfiles", "workflows", "workflow-security")
    for linter, check in zip(LINTERS, checks, strict=True):
        assert linter.check == check
        program = Path(sysconfig.get_path("scripts")) / linter.program
        files = everything_of[linter.program]
        done = subprocess.run(
            [program, *linter.options, *files], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_see_what_the_real_compose_makes_of_the_files(
    everything: Path, tmp_path: Path
) -> None:
    """An override, an anchor, an include with a file of its own, and `extends`."""
    root = tmp_path / "shop"
    shutil.copytree(everything, root, symlinks=True)
    (root / "ops").mkdir()
    (root / "ops/admin.yaml").write_text(OPS)
    (root / "ops/own.env").write_text("DB_HOST=elsewhere\n")
    with (root / "compose.yaml").open("a") as compose:
        compose.write("  - {path: ops/admin.yaml, env_file: ops/own.env}\n")
        compose.write("services:\n  again: {extends: {file: ops/admin.yaml, service: admin}}\n")
    (root / "compose.override.yaml").write_text(
        "services:\n"
        "  service-1: {ports: !override ['127.0.0.1:${SOME_PORT:-9100}-9101:8000-8001']}\n"
        "  service-2: {user: !reset null, ports: ['5000:5000/udp', {target: 1, published: 2}]}\n"
    )
    answer = ask_compose(root)
    assert answer.code == 0, answer.complaint
    texts = {
        str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()
    }
    env = dict(line.split("=", 1) for line in texts[".env"].splitlines() if line[0] != "#")
    mine = read_composition(texts.get, env)
    assert mine.twins == []
    assert set(mine.services) == set(answer.services)
    for name, entry in mine.services.items():
        theirs = answer.services[name]
        assert entry.text("user") == theirs.get("user", ""), name
        assert entry.text("image") == theirs["image"], name
        assert entry.is_set("read_only") is theirs["read_only"], name
        assert set(entry.mapping("depends_on")) == set(theirs.get("depends_on", {})), name
        ports = {(one.ip, str(one.port), one.target, one.protocol) for one in published(entry)}
        assert ports == {
            (one.get("host_ip", ""), one["published"], one["target"], one["protocol"])
            for one in theirs.get("ports", ())
        }, name


def test_what_people_add_is_judged_in_their_own_file(linking_cli: Cli, shop: Path) -> None:
    verify = ("verify", "workspace", "--only", "compose-rules")
    linking_cli(*verify, cwd=shop).ok()
    compose = shop / "compose.yaml"
    compose.write_text(f"{compose.read_text()}services:\n{MINE}")
    line = compose.read_text().splitlines().index("  mail:") + 1
    red = linking_cli(*verify, cwd=shop)
    assert red.code == 1
    for rule, at in {
        "pinned": 1,
        "non-root": 0,
        "read-only": 0,
        "limits": 0,
        "healthcheck": 0,
    }.items():
        [told] = [one for one in red.stdout.splitlines() if one.strip().endswith(f"[{rule}]")]
        assert told.strip().startswith(f"compose.yaml:{line + at}: mail ")
    # It publishes no data, and who mails whom is for everybody here to see.
    assert "[loopback]" not in red.stdout


def test_a_nested_env_is_found_by_its_include(linking_cli: Cli, shop: Path) -> None:
    (shop / "ops").mkdir()
    (shop / "ops/admin.yaml").write_text(OPS)
    (shop / "ops/.env").write_text("DB_HOST=elsewhere\n")
    compose = shop / "compose.yaml"
    compose.write_text(f"{compose.read_text()}  - ops/admin.yaml\n")
    verify = ("verify", "workspace", "--only", "compose-rules")
    red = linking_cli(*verify, cwd=shop)
    assert red.code == 1
    assert "ops/admin.yaml:6: admin has DB_HOST from ops/.env" in red.stdout
    with (shop / ".env").open("a") as env:
        env.write("DB_HOST=the-same-for-all\n")
    linking_cli(*verify, cwd=shop).ok()
