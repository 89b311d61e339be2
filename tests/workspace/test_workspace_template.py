"""A workspace as it is rendered, before it has a service."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from uv import find_uv_bin

from generator.env_vars import child_env_vars
from generator.rendering.answer_sets import AnswerSet
from generator.rendering.hostile_text import HOSTILE
from generator.template_url import TemplateUrl
from generator.verification import SHARED_SUBJECT, parse_shard
from tests.support.checkout import PROJECT, git
from tests.support.rendered import Renderer

WORKSPACE = AnswerSet(
    name="hostile-workspace",
    template="workspace",
    data={"workspace_name": "shop", "description": HOSTILE, "owner": "group:payments/back-end"},
)
FILES = {
    ".copier-answers.yml",
    ".dockerignore",
    ".editorconfig",
    ".env.example",
    ".gitattributes",
    ".github/actions/generator/action.yml",
    ".github/workflows/ci.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".python-version",
    "AGENTS.md",
    "Makefile",
    "README.md",
    "catalog-info.yaml",
    "compose.yaml",
    "infra/observability/alerts.yml",
    "infra/observability/compose.yaml",
    "infra/observability/grafana/dashboards.yml",
    "infra/observability/grafana/datasources.yml",
    "infra/observability/grafana/services.json",
    "infra/observability/prometheus.yml",
    "infra/postgres.compose.yaml",
    "infra/rabbitmq.compose.yaml",
    "infra/redis-cache.compose.yaml",
    "infra/redis.compose.yaml",
    "pyproject.toml",
    "renovate.json",
}


@pytest.fixture(scope="module")
def root(renderer: Renderer) -> Path:
    return renderer(WORKSPACE)


@pytest.fixture
def repository(renderer: Renderer, tmp_path: Path) -> Path:
    renderer.render(WORKSPACE.answers, tmp_path / "shop")
    git(tmp_path / "shop", "init", "--quiet", "--initial-branch=main")
    return tmp_path / "shop"


def workflow(root: Path) -> dict[str, Any]:
    text = (root / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    return document


def steps(root: Path) -> list[dict[str, Any]]:
    return [step for job in workflow(root)["jobs"].values() for step in job["steps"]]


def step(root: Path, name: str) -> str:
    [run] = [found["run"] for found in steps(root) if found.get("name") == name]
    assert isinstance(run, str)
    return run


def tool(name: str, *arguments: str) -> None:
    program = Path(sysconfig.get_path("scripts")) / name
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_has_exactly_these_files_beside_the_shared_library(root: Path) -> None:
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert {path for path in found if not path.startswith("shared/")} == FILES


def test_every_file_parses_and_nothing_is_left_unrendered(root: Path) -> None:
    for path in root.rglob("*"):
        if not path.is_file() or path.is_relative_to(root / "shared"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix in {".yaml", ".yml"}:
            assert list(yaml.safe_load_all(text))
        elif path.suffix == ".toml":
            assert tomllib.loads(text)
        elif path.suffix == ".json":
            assert json.loads(text)
        assert "templates/_shared" not in text, path


def test_the_readme_shows_free_text_as_text(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    shown = ["".join(c.content for c in t.children or []) for t in tokens if t.type == "inline"]
    assert HOSTILE in shown
    assert any(line.startswith("Answered for by group:payments/back-end.") for line in shown)


def test_the_answers_are_recorded_as_given(root: Path) -> None:
    recorded = yaml.safe_load((root / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert {key: recorded[key] for key in WORKSPACE.answers} == WORKSPACE.answers


def test_ruff_reads_code_here_as_it_does_in_the_generator(root: Path) -> None:
    ours = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    theirs = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    # What concerns the generator's own folders is no business of a workspace.
    del ours["extend-exclude"]
    exceptions = ours["lint"]["per-file-ignores"]
    theirs_too = ("**/tests/**", "**/scenarios/**")
    ours["lint"]["per-file-ignores"] = {place: exceptions[place] for place in theirs_too}
    assert theirs == ours


def test_the_schemas_of_github_and_renovate_accept_their_files(root: Path) -> None:
    for schema, path in (
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
        ("vendor.renovate", "renovate.json"),
        ("vendor.compose-spec", "infra/postgres.compose.yaml"),
        ("vendor.compose-spec", "infra/redis.compose.yaml"),
        ("vendor.compose-spec", "infra/redis-cache.compose.yaml"),
        ("vendor.compose-spec", "compose.yaml"),
    ):
        tool("check-jsonschema", "--builtin-schema", schema, str(root / path))


def test_ci_trusts_nobody_more_than_it_must(root: Path) -> None:
    document = workflow(root)
    assert document["permissions"] == {}
    for job in document["jobs"].values():
        assert job.get("permissions", {}) in ({}, {"contents": "read"})
    for found in steps(root):
        assert "${{" not in found.get("run", "")
        if "uses" in found and found["uses"] != "./.github/actions/generator":
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", found["uses"])
        if "checkout" in found.get("uses", ""):
            assert found["with"]["persist-credentials"] is False


@pytest.mark.parametrize(
    ("origin", "version", "url"),
    [
        ("https://git.example.com/o/g.git", "v1.2.3", "git+https://git.example.com/o/g.git@v1.2.3"),
        ("https://git.example.com/o/g", "v1.2.3", "git+https://git.example.com/o/g@v1.2.3"),
        ("git@git.example.com:o/g.git", "v1.2.3-4-g8d42fbe", "git+ssh://git@git.example.com/o/g.git@8d42fbe"),
        ("work:o/g", "1234567", "git+ssh://work/o/g@1234567"),
    ],
)  # fmt: skip
def test_ci_installs_the_generator_from_any_origin(
    root: Path, tmp_path: Path, origin: str, version: str, url: str
) -> None:
    action = yaml.safe_load((root / ".github/actions/generator/action.yml").read_text())
    recorded = {"_commit": version, "_src_path": str(TemplateUrl.parse(origin))}
    (tmp_path / ".copier-answers.yml").write_text(yaml.safe_dump(recorded))
    (tmp_path / "uv").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "uv").chmod(0o755)
    done = subprocess.run(
        ["sh", "-e", "-c", action["runs"]["steps"][0]["run"]],
        cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin", "GENERATOR": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    *command, requirement = done.stdout.splitlines()
    assert command == ["tool", "install"]
    assert (Requirement(requirement).name, Requirement(requirement).url) == ("generator", url)
    # A check that did not run is a finding there.
    assert Requirement(requirement).extras == {"linters"}


def test_ci_has_one_job_to_require_that_sees_all_others(root: Path) -> None:
    jobs = workflow(root)["jobs"]
    assert jobs["gate"]["if"] == "always()"
    assert set(jobs["gate"]["needs"]) == set(jobs) - {"gate"}


@pytest.mark.parametrize("results", ["success failure success", "cancelled", "success skipped"])
def test_the_gate_is_red_unless_everything_succeeded(root: Path, results: str) -> None:
    script = workflow(root)["jobs"]["gate"]["steps"][0]["run"]
    for given, code in ((results, 1), ("success success success", 0)):
        done = subprocess.run(["bash", "-e", "-c", script], env={"RESULTS": given}, check=False)
        assert done.returncode == code


KINDS = ("fastapi", "data-postgres", "worker")


@pytest.mark.parametrize(
    ("services", "shards", "started"),
    [
        (0, 1, ""),
        (3, 4, ""),
        (20, 21, ""),
        (500, 40, "service-000 service-001 service-002"),
    ],
)
def test_ci_has_few_jobs_for_any_number_of_services(
    repository: Path, tmp_path: Path, services: int, shards: int, started: str
) -> None:
    (repository / "services/no-service").mkdir(parents=True)
    for number in range(services):
        folder = repository / f"services/service-{number:03}"
        folder.mkdir()
        (folder / ".copier-answers.yml").write_text(
            f"_commit: v1\nservice_name: {folder.name}\ntemplate: {KINDS[number % 3]}\n"
        )
    output = tmp_path / "output"
    subprocess.run(
        [sys.executable, "-c", step(repository, "Find the packages")],
        cwd=repository,
        env={"GITHUB_OUTPUT": str(output)},
        check=True,
    )
    lines = output.read_text(encoding="utf-8").splitlines()
    found = dict(line.split("=", 1) for line in lines)
    matrix = json.loads(found["shards"])
    assert len(matrix) == shards
    others = set(workflow(repository)["jobs"]) - {"verify"}
    assert len(matrix) + len(others) <= 50
    assert found["started"] == started
    # Every service is in exactly one job, and the library and the workspace too.
    names = [SHARED_SUBJECT, *(f"service-{number:03}" for number in range(services))]
    verified = [name for shard in matrix for name in parse_shard(shard).select(names)]
    assert sorted(verified) == sorted(names)
    assert [shard for shard in matrix if parse_shard(shard).is_first] == [f"1/{shards}"]


def test_ci_verifies_each_package_in_one_job_alone(root: Path) -> None:
    commands = [found["run"] for found in steps(root) if "run" in found]
    checking = [line for line in commands if "verify" in line or "make" in line or "pytest" in line]
    # The other one checks no package, but all services together.
    assert checking == [
        'generator verify --strict --shard "$SHARD"',
        "generator verify --system --strict",
    ]


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("notes.md", "fine\n=======\n", 0),
        ("notes.md", "<<<<<<< HEAD\n", 1),
        ("notes.md", ">>>>>>> other\n", 1),
        ("notes.md.rej", "x\n", 1),
    ],
)
def test_ci_refuses_what_a_merge_left_behind(
    repository: Path, path: str, text: str, code: int
) -> None:
    (repository / path).write_text(text, encoding="utf-8")
    git(repository, "add", "--force", "--all")
    script = step(repository, "No leftovers of a merge")
    done = subprocess.run(["bash", "-e", "-c", script], cwd=repository, check=False)
    assert done.returncode == code


def test_git_never_sees_secrets_and_sees_what_is_generated(repository: Path) -> None:
    for path in (".env", ".env.local", "services/a/.env", ".generator/lock", "shared/.venv/x"):
        git(repository, "check-ignore", "--quiet", path)
    for path in (".env.example", "wiring/env/users-data.env", "wiring/secrets.env.example"):
        with pytest.raises(subprocess.CalledProcessError):
            git(repository, "check-ignore", "--quiet", path)


def test_the_hooks_know_a_secrets_file_from_its_example(root: Path) -> None:
    text = (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = {hook["id"]: hook for hook in yaml.safe_load(text)["repos"][0]["hooks"]}
    hook = hooks["no-secrets-file"]
    for path, refused in ((".env", True), ("a/.env.local", True), (".env.example", False)):
        hit = re.search(hook["files"], path) and not re.search(hook["exclude"], path)
        assert bool(hit) is refused


def test_make_checks_each_package_in_its_own_environment(repository: Path) -> None:
    (repository / "services/users-data").mkdir(parents=True)
    (repository / "services/users-data/pyproject.toml").touch()
    # These tests may themselves run below make, whose flags would be taken over.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--dry-run", "check", "test"],
        cwd=repository, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    commands = done.stdout.splitlines()
    assert len(commands) == 8
    for name, folder in (("shared", "shared"), ("users-data", "services/users-data")):
        own = [line for line in commands if f"/.generator/envs/{name}" in line]
        assert len(own) == 4
        assert all(f"--exact --package {name} " in line for line in own)
        assert all(f"--directory {folder} " in line for line in own)


@pytest.mark.slow
def test_a_fresh_workspace_locks_and_make_check_is_green(repository: Path) -> None:
    uv = Path(find_uv_bin())
    extra = {"PATH": f"{uv.parent}:{os.environ['PATH']}", "UV_PYTHON_DOWNLOADS": "never"}
    for command in (["uv", "lock"], ["uv", "lock", "--check"], ["make", "check"]):
        done = subprocess.run(
            command,
            cwd=repository, env=child_env_vars(os.environ, extra),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
