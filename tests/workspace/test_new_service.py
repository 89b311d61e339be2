"""`generator new-service` adds a whole service, wired, or nothing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from generator.rendering.trees import differences, read_tree
from tests.support.checkout import git
from tests.support.cli import Cli, run_below

Add = Callable[..., None]


def test_a_service_appears_with_its_answers_its_wiring_and_its_lock(
    cli: Cli, workspace: Path
) -> None:
    document = cli(
        "new-service", "data-postgres", "users-data", "--no-verify", "--json", cwd=workspace
    ).ok().json()  # fmt: skip
    assert (document["port"], document["folder"]) == (8200, "services/users-data")
    assert (workspace / "services/users-data/src/app/users").is_dir()
    assert "services/users-data" in (workspace / "wiring/compose.yaml").read_text()
    assert 'name = "users-data"' in (workspace / "uv.lock").read_text()
    assert "USERS_DATA_DB_PASSWORD=" in (workspace / ".env").read_text()
    cli("sync", "--check", cwd=workspace).ok()


def test_a_second_service_touches_no_byte_of_the_first(add: Add, workspace: Path) -> None:
    add(workspace, "users-data")
    before = read_tree(workspace / "services")
    env = (workspace / ".env").read_text()
    add(workspace, "files-data")
    after = read_tree(workspace / "services")
    assert {path: after[path] for path in before} == before
    assert (workspace / ".env").read_text().startswith(env)


def test_each_service_gets_the_lowest_free_port(add: Add, cli: Cli, workspace: Path) -> None:
    add(workspace, "a-data")
    add(workspace, "b-data", "--port", "8202")
    add(workspace, "c-data")
    add(workspace, "d-data")
    services = cli("list", "--json", cwd=workspace).ok().json()["services"]
    assert {s["service_name"]: s["port"] for s in services} == {
        "a-data": 8200,
        "b-data": 8202,
        "c-data": 8201,
        "d-data": 8203,
    }


def test_a_port_set_by_hand_in_compose_is_avoided_and_refused(
    add: Add, cli: Cli, workspace: Path
) -> None:
    compose = workspace / "compose.yaml"
    mine = "services:\n  mine:\n    image: example\n    ports: ['127.0.0.1:8200:80']\n"
    compose.write_text(compose.read_text() + mine)
    add(workspace, "users-data")
    assert "port: 8201\n" in (workspace / "services/users-data/.copier-answers.yml").read_text()
    refused = cli(
        "new-service", "data-postgres", "files-data", "--port", "8200", "--no-verify", cwd=workspace
    ).failed(1)
    assert "8200" in refused.stderr
    assert "mine" in refused.stderr
    assert not (workspace / "services/files-data").exists()


def test_a_taken_port_is_refused_with_both_names(add: Add, cli: Cli, workspace: Path) -> None:
    add(workspace, "users-data")
    before = read_tree(workspace)
    refused = cli(
        "new-service", "data-postgres", "files-data", "--port", "8200", "--no-verify", cwd=workspace
    ).failed(1)
    assert "users-data" in refused.stderr
    assert "files-data" in refused.stderr
    assert read_tree(workspace) == before


def test_a_dry_run_shows_everything_and_changes_nothing(cli: Cli, workspace: Path) -> None:
    before = read_tree(workspace, leave_out=())
    arguments = ("new-service", "data-postgres", "users-data")
    shown = cli(*arguments, "--dry-run", cwd=workspace).ok()
    assert re.search(r"^ +users-data/\n(.*\n)* +\+ pyproject.toml$", shown.stdout, re.MULTILINE)
    assert re.search(r"^ +~ compose.yaml$", shown.stdout, re.MULTILINE)
    document = cli(*arguments, "--dry-run", "--json", cwd=workspace).ok().json()
    assert "pyproject.toml" in document["files"]
    assert "USERS_DATA_DB_PASSWORD" in document["new_secrets"]
    assert {row["path"]: row["action"] for row in document["changes"]}[".env"] == "write"
    assert read_tree(workspace, leave_out=()) == before


def test_the_diff_is_what_git_applies_to_get_the_same_tree(cli: Cli, workspace: Path) -> None:
    arguments = ("new-service", "data-postgres", "users-data", "--no-lock")
    (workspace / "wiring/architecture.md").write_text("<<<<<<< a\n")
    secrets = (workspace / ".env").read_text()
    shown = cli(*arguments, "--diff", cwd=workspace).ok().stdout
    assert "# +USERS_DATA_DB_PASSWORD=(secret)\n" in shown
    assert not [word for word in re.findall(r"=(\S{20,})", secrets) if word in shown]
    patched = workspace.parent / "patched"
    shutil.copytree(workspace, patched, symlinks=True)
    subprocess.run(["git", "apply", "-"], cwd=patched, input=shown, text=True, check=True)
    cli(*arguments, "--no-verify", cwd=workspace).ok()
    leave_out = (".env", ".git", ".generator")
    left, right = (read_tree(root, leave_out=leave_out) for root in (workspace, patched))
    assert differences(left, right) == []


def test_a_dry_run_needs_no_right_to_write(
    cli: Cli, workspace: Path, powerless: Sequence[str]
) -> None:
    shutil.rmtree(workspace / ".generator")
    outside = workspace.parent / "outside"
    outside.mkdir(mode=0o555)
    for folder in (workspace, *(path for path in workspace.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    try:
        for words in (
            ("new-service", "data-postgres", "users-data", "--dry-run"),
            ("sync", "--diff"),
        ):
            run_below(cli, powerless, *words, cwd=workspace).ok()
        run_below(cli, powerless, "init", "shop", "--dry-run", cwd=outside).ok()
    finally:
        for folder in (workspace, *(path for path in workspace.rglob("*") if path.is_dir())):
            folder.chmod(0o755)


def test_an_underscore_in_the_name_is_turned_and_told(cli: Cli, workspace: Path) -> None:
    told = cli(
        "new-service", "data-postgres", "users_data", "--no-verify", "--no-lock", cwd=workspace
    ).ok()
    assert "users-data" in told.stderr
    assert (workspace / "services/users-data").is_dir()


def test_answers_come_from_flags_then_data_then_the_file(cli: Cli, workspace: Path) -> None:
    (workspace / "answers.yml").write_text("owner: file-team\nport: 9001\nexample: false\n")
    cli(
        "new-service", "data-postgres", "users-data", "--no-verify", "--no-lock",
        "--data-file", "answers.yml", "--data", "port=9002", "-d", "description=From data",
        "--owner", "flag-team", cwd=workspace,
    ).ok()  # fmt: skip
    answers = yaml.safe_load((workspace / "services/users-data/.copier-answers.yml").read_text())
    assert (answers["owner"], answers["port"], answers["description"], answers["example"]) == (
        "flag-team",
        9002,
        "From data",
        False,
    )


def test_the_workspaces_owner_is_the_default(cli: Cli, tmp_path: Path) -> None:
    cli("init", "shop", "--owner", "shop-team", "--no-lock", cwd=tmp_path).ok()
    cli(
        "new-service", "data-postgres", "users-data", "--no-verify", "--no-lock",
        cwd=tmp_path / "shop",
    ).ok()  # fmt: skip
    answers = tmp_path / "shop" / "services/users-data/.copier-answers.yml"
    assert "owner: shop-team\n" in answers.read_text()


def test_the_command_works_from_inside_a_service(add: Add, workspace: Path) -> None:
    add(workspace, "users-data")
    add(workspace / "services" / "users-data" / "src", "files-data")
    assert (workspace / "services" / "files-data").is_dir()


REFUSED = {
    "unknown template": ("fastpi", "users-data"),
    "bad name": ("data-postgres", "../evil"),
    "reserved name": ("data-postgres", "shared"),
    "a distribution's name": ("data-postgres", "pydantic-core"),
    "unknown answer": ("data-postgres", "users-data", "--data", "prot=1"),
    "computed answer": ("data-postgres", "users-data", "--data", "db_name=x"),
    "wrong type": ("data-postgres", "users-data", "--data", "port=eighty"),
    "port out of range": ("data-postgres", "users-data", "--port", "80"),
    "no pair": ("data-postgres", "users-data", "--data", "port"),
    "line break": ("data-postgres", "users-data", "--description", "a\nb"),
    "bad owner": ("data-postgres", "users-data", "--owner", "a b; rm"),
    "no such file": ("data-postgres", "users-data", "--data-file", "nowhere.yml"),
}


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_is_one_line_exit_2_and_nothing_written(
    cli: Cli, workspace: Path, arguments: tuple[str, ...]
) -> None:
    before = read_tree(workspace)
    cli("new-service", *arguments, "--no-verify", cwd=workspace).failed(2)
    assert read_tree(workspace) == before


def test_a_folder_that_is_no_service_is_not_overwritten(cli: Cli, workspace: Path) -> None:
    (workspace / "services").mkdir(exist_ok=True)
    (workspace / "services/users-data").symlink_to(workspace / "nowhere")
    cli("new-service", "data-postgres", "users-data", "--no-verify", cwd=workspace).failed(2)
    assert (workspace / "services/users-data").is_symlink()


def test_a_services_folder_that_leads_out_is_refused(
    cli: Cli, workspace: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    services = workspace / "services"
    if services.exists():
        services.rename(workspace / "moved")
    services.symlink_to(outside)
    refused = cli("new-service", "data-postgres", "users-data", "--no-verify", cwd=workspace)
    refused.failed(2)
    assert list(outside.iterdir()) == []


def test_a_twin_by_case_or_separator_is_refused(add: Add, cli: Cli, workspace: Path) -> None:
    add(workspace, "users-data")
    refused = cli("new-service", "data-postgres", "users_data", "--no-verify", cwd=workspace)
    assert "users-data" in refused.failed(2).stderr


def test_two_runs_at_once_both_arrive_and_the_wiring_knows_both(cli: Cli, workspace: Path) -> None:
    running = [
        subprocess.Popen(
            cli.command("new-service", "data-postgres", name, "--no-verify"),
            cwd=workspace, env=cli.env(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
            text=True,
        )
        for name in ("a-data", "b-data", "c-data")
    ]  # fmt: skip
    said = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    cli("sync", "--check", cwd=workspace).ok()
    services = cli("list", "--json", cwd=workspace).ok().json()["services"]
    assert sorted(s["port"] for s in services) == [8200, 8201, 8202]
    lock = (workspace / "uv.lock").read_text()
    assert all(f'name = "{name}"' in lock for name in ("a-data", "b-data", "c-data"))


def test_a_hand_edited_wiring_file_stops_the_run_before_anything_is_written(
    add: Add, cli: Cli, workspace: Path
) -> None:
    add(workspace, "users-data")
    compose = workspace / "wiring/compose.yaml"
    compose.write_text(compose.read_text() + "# my edit\n")
    before = read_tree(workspace)
    refused = cli(
        "new-service", "data-postgres", "files-data", "--no-verify", cwd=workspace
    ).failed(3)
    assert "wiring/compose.yaml" in refused.stderr
    assert "my edit" in refused.stderr
    assert read_tree(workspace) == before


def test_what_git_sees_is_the_service_and_its_wiring_only(add: Add, workspace: Path) -> None:
    add(workspace, "users-data")
    changed = git(workspace, "status", "--porcelain", "--untracked-files=all").splitlines()
    folders = {line[3:].split("/")[0] for line in changed}
    assert folders == {"services", "wiring"}


def test_the_same_answers_give_the_same_bytes(add: Add, workspace: Path, tmp_path: Path) -> None:
    add(workspace, "users-data", "--description", "Same")
    first = read_tree(workspace / "services/users-data")
    (workspace / "services/users-data").rename(tmp_path / "moved")
    add(workspace, "users-data", "--description", "Same")
    assert differences(first, read_tree(workspace / "services/users-data")) == []


def test_files_have_ordinary_modes_whatever_the_umask(cli: Cli, workspace: Path) -> None:
    script = "import os, sys; os.umask(0o027); os.execv(sys.argv[1], sys.argv[1:])"
    command = cli.command("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock")
    subprocess.run(
        [sys.executable, "-c", script, *command], cwd=workspace, env=cli.env(), check=True
    )
    assert os.access(workspace / "services/users-data/pyproject.toml", os.R_OK)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        # What the template asks for itself is known without a lock.
        ("sqlalchemy", ("--no-lock",)),
        ("sqlalchemy", ("--dry-run",)),
        # What comes with that is known when all is locked: uv would take the service for it.
        ("mako", ()),
    ],
)
def test_the_name_of_a_distribution_that_will_be_locked_is_told_as_such(
    cli: Cli, workspace: Path, name: str, options: tuple[str, ...]
) -> None:
    before = read_tree(workspace)
    refused = cli("new-service", "data-postgres", name, "--no-verify", *options, cwd=workspace)
    assert f"The name {name} is that of a Python distribution" in refused.failed(2).stderr
    assert f"{name}-service" in refused.stderr
    assert read_tree(workspace) == before
