"""A machine that lacks something gets one line of cause and cure, and keeps what it had."""

import os
import shutil
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from generator.git import export
from generator.rendering.trees import read_tree
from tests.support.cli import Cli, run_below

NEW = ("new-service", "data-postgres", "users-data", "--no-verify")


def programs(folder: Path, **scripts: str) -> str:
    """A PATH with these shell scripts and nothing else."""
    folder.mkdir()
    for name, script in scripts.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return str(folder)


def test_without_git_a_workspace_is_refused_with_the_cure(cli: Cli, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin")
    refused = cli("init", "shop", cwd=tmp_path, env={"PATH": path}).failed(6)
    assert "git is not on PATH" in refused.stderr
    assert "apt-get install git" in refused.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["bin"]


def test_an_old_git_is_refused_with_its_version(cli: Cli, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", git="echo git version 2.20.1")
    refused = cli("init", "shop", cwd=tmp_path, env={"PATH": path}).failed(6)
    assert "git version 2.20.1 is too old" in refused.stderr
    assert "2.38" in refused.stderr


def test_reading_needs_no_git(cli: Cli, workspace: Path, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin")
    cli("list", "--json", cwd=workspace, env={"PATH": path}).ok()


def test_without_uv_nothing_is_written(cli: Cli, workspace: Path, tmp_path: Path) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "uv.py").write_text("def find_uv_bin():\n    raise FileNotFoundError\n")
    path = programs(tmp_path / "bin", git=f'exec {shutil.which("git")} "$@"')
    nothing = {"PATH": path, "PYTHONPATH": f"{shadow}{os.pathsep}{cli.checkout}"}
    before = read_tree(workspace)
    refused = cli(*NEW, cwd=workspace, env=nothing).failed(6)
    assert "uv was not found" in refused.stderr
    assert "pip install uv" in refused.stderr
    assert read_tree(workspace) == before


@pytest.mark.parametrize("offline", ["switched off", "unreachable"])
def test_without_network_and_cache_nothing_is_written_and_a_way_is_shown(
    cli: Cli, tmp_path: Path, offline: str
) -> None:
    nowhere = "http://127.0.0.1:9"
    env = {"UV_CACHE_DIR": str(tmp_path / "cold"), "UV_HTTP_RETRIES": "0"}
    env |= (
        {"UV_OFFLINE": "1"}
        if offline == "switched off"
        else {"HTTPS_PROXY": nowhere, "ALL_PROXY": nowhere}
    )
    refused = cli("init", "shop", cwd=tmp_path, env=env).failed(5)
    assert "could not reach the package index" in refused.stderr
    assert "--no-lock" in refused.stderr
    assert {p.name for p in tmp_path.iterdir()} <= {"cold"}
    cli("init", "shop", "--no-lock", cwd=tmp_path, env=env).ok()


# A file can grow to 512 bytes and no further, as on a disk that is full.
FULL = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_full_disk_leaves_no_half_workspace(cli: Cli, tmp_path: Path) -> None:
    cli("list", "--templates", cwd=tmp_path).ok()
    refused = run_below(cli, [sys.executable, "-c", FULL], "init", "shop", cwd=tmp_path)
    refused.failed(5)
    assert "cannot be written" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_service(cli: Cli, workspace: Path) -> None:
    before = read_tree(workspace)
    refused = run_below(cli, [sys.executable, "-c", FULL], *NEW, cwd=workspace)
    refused.failed(5)
    assert read_tree(workspace) == before


def test_a_read_only_folder_is_named(cli: Cli, tmp_path: Path, powerless: list[str]) -> None:
    place = tmp_path / "place"
    place.mkdir()
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    refused = run_below(cli, powerless, "init", "shop", "--no-lock", cwd=place).failed(2)
    assert f"{place} cannot be written: Permission denied" in refused.stderr
    place.chmod(0o755)
    assert list(place.iterdir()) == []


def test_a_read_only_workspace_is_named(cli: Cli, workspace: Path, powerless: list[str]) -> None:
    before = read_tree(workspace)
    workspace.chmod(0o555)
    refused = run_below(cli, powerless, *NEW, "--no-lock", cwd=workspace).failed(2)
    assert "cannot be written" in refused.stderr
    workspace.chmod(0o755)
    assert read_tree(workspace) == before


def test_a_cache_that_cannot_be_written_only_costs_time(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    no_cache = {"XDG_CACHE_HOME": str(tmp_path / "file")}
    cli("init", "shop", "--no-lock", cwd=tmp_path, env=no_cache).ok()


def test_a_dirty_checkout_is_refused_and_dev_is_the_way_out(
    checkout: Path, caches: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(checkout, tmp_path / "generator", symlinks=True)
    dirty = Cli(checkout=tmp_path / "generator", environment=caches)
    (tmp_path / "generator/templates/data-postgres/alembic.ini").write_text("# changed\n")
    refused = dirty("init", "shop", cwd=tmp_path).failed(4)
    assert "uncommitted changes" in refused.stderr
    assert "--dev" in refused.stderr
    dirty("init", "shop", "--dev", "--no-lock", cwd=tmp_path).ok()
    dirty(*NEW, "--dev", "--no-lock", cwd=tmp_path / "shop").ok()
    service = tmp_path / "shop/services/users-data"
    assert (service / "alembic.ini").read_text() == "# changed\n"
    assert "_commit: v0.1.0\n" in (service / ".copier-answers.yml").read_text()


def test_a_changed_generator_with_clean_templates_is_no_dirty_checkout(
    checkout: Path, caches: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(checkout, tmp_path / "generator", symlinks=True)
    changed = Cli(checkout=tmp_path / "generator", environment=caches)
    (tmp_path / "generator/generator/notes.txt").write_text("mine\n")
    changed("init", "shop", "--no-lock", cwd=tmp_path).ok()


def test_files_without_a_version_are_refused_but_can_be_tried_out(
    checkout: Path, caches: dict[str, str], tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(checkout, tree, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    plain = Cli(checkout=tree, environment=caches)
    refused = plain("init", "shop", "--no-lock", cwd=tmp_path).failed(4)
    assert "no version names them" in refused.stderr
    assert not (tmp_path / "shop").exists()
    plain("init", "shop", "--no-lock", "--dev", cwd=tmp_path).ok()


def test_templates_are_exported_by_a_python_older_than_tar_filters(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tarfile.TarFile.extractall

    def old(archive: tarfile.TarFile, path: Path, members: None = None) -> None:
        new(archive, path, members)

    monkeypatch.setattr(tarfile.TarFile, "extractall", old)
    export(checkout, "HEAD", tmp_path / "exported", paths=("copier.yml", ".ci"))
    assert stat.S_IMODE((tmp_path / "exported/copier.yml").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "exported/.ci/setup").stat().st_mode) == 0o755


def test_a_folder_that_is_gone_is_told_in_one_line_and_help_is_answered(
    cli: Cli, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'rmdir "$PWD" && exec "$@"'
    for words, code in ((("list",), 2), (("--help",), 0)):
        done = subprocess.run(
            ["sh", "-c", script, "sh", *cli.command(*words)],
            cwd=gone, env=cli.env(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        if code:
            assert done.stderr.startswith("error: The current folder is gone")
            assert "Traceback" not in done.stderr
        gone.mkdir()


@pytest.mark.parametrize("text", ["a: &a\n  b: *a\n", "services: &s\n  x: *s\n"])
def test_text_that_names_itself_and_a_terminal_that_knows_ascii_only_end_nothing(
    cli: Cli, workspace: Path, text: str
) -> None:
    (workspace / "infra/own.yaml").write_text(text, encoding="utf-8")
    for words in (("list",), ("sync", "--check"), ("verify", "--only", "wiring")):
        done = cli(*words, cwd=workspace, env={"PYTHONIOENCODING": "ascii"})
        assert done.code in {0, 1}, done.stderr
        assert "defect" not in done.stderr
