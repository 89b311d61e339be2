"""What a workspace from somebody else holds is not run, and leads no command to write outside."""

import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from uv import find_uv_bin

from tests.support.checkout import git
from tests.support.cli import Cli
from tests.support.hostile import plant

VERIFY = ("verify", "users-data", "--only", "lint")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (".generator/lock", ("sync",)),
        (".generator", ("sync",)),
        ("wiring/env", ("sync",)),
        ("wiring/env/users-data.env", ("sync",)),
        ("wiring/postgres", ("new-service", "data-postgres", "other-data", "--no-verify")),
        (".generator/envs", VERIFY),
        (".generator/envs/users-data", VERIFY),
        (".generator/verified/users-data", VERIFY),
        (".generator/cache", VERIFY),
    ],
)
def test_a_link_where_something_is_written_is_refused_by_name(
    linking_cli: Cli, shop: Path, tmp_path: Path, place: str, words: tuple[str, ...]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine")
    target = outside / "file" if Path(place).suffix or place.endswith("lock") else outside
    path = shop / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        path.rename(tmp_path / "moved")
    path.unlink(missing_ok=True)
    path.symlink_to(target)
    refused = linking_cli(*words, cwd=shop).failed(2)
    assert f"{place} is a link to {target}" in refused.stderr
    assert [p.name for p in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["a\nprivileged: true", 'a"b', "a b", "a`id`", "$(id)", "Ab", "a:b"]
)
def test_a_folder_that_is_no_name_of_a_service_gets_into_no_text_of_the_wiring(
    linking_cli: Cli, shop: Path, name: str
) -> None:
    taken = shop / "services" / name
    (shop / "services/users-data").rename(taken)
    answers = taken / ".copier-answers.yml"
    said = yaml.safe_load(answers.read_text()) | {"service_name": name}
    answers.write_text(yaml.safe_dump(said))
    before = texts(shop / "wiring")
    refused = linking_cli("sync", cwd=shop).failed(5)
    assert "which is no name" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 2
    assert texts(shop / "wiring") == before


def texts(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in folder.rglob("*") if path.is_file()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_their_owners_alone_also_in_a_file_that_was_there(
    linking_cli: Cli, shop: Path
) -> None:
    env = shop / ".env"
    env.write_text("# mine\nPOSTGRES_PASSWORD=kept\n")
    env.chmod(0o644)
    linking_cli("sync", cwd=shop).ok()
    assert mode(env) == 0o600
    assert env.read_text().startswith("# mine\nPOSTGRES_PASSWORD=kept\n")
    assert "USERS_DATA_DB_PASSWORD=" in env.read_text()
    env.chmod(0o644)
    linking_cli("sync", cwd=shop).ok()
    assert mode(env) == 0o600


def test_a_link_to_ones_own_secrets_stays_a_link(
    linking_cli: Cli, shop: Path, tmp_path: Path
) -> None:
    vault = tmp_path / "vault.env"
    vault.write_text("POSTGRES_PASSWORD=vault\n")
    (shop / ".env").unlink()
    (shop / ".env").symlink_to(vault)
    linking_cli("sync", cwd=shop).ok()
    assert (shop / ".env").readlink() == vault
    assert vault.read_text().startswith("POSTGRES_PASSWORD=vault\n")
    assert "USERS_DATA_DB_PASSWORD=" in vault.read_text()
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["vault.env"]


def test_a_link_that_was_committed_gets_no_secrets(
    linking_cli: Cli, shop: Path, tmp_path: Path
) -> None:
    (shop / ".env").unlink()
    (shop / ".env").symlink_to(tmp_path / "theirs")
    git(shop, "add", "--force", ".env")
    refused = linking_cli("sync", cwd=shop).failed(2)
    assert "is a link that was committed" in refused.stderr
    assert not (tmp_path / "theirs").exists()


def test_what_an_editor_left_in_wiring_is_named_and_stays(linking_cli: Cli, shop: Path) -> None:
    left = {"wiring/.DS_Store": b"\0\0\0\1Bud1", "wiring/env/empty.orig": b""}
    for name, content in left.items():
        (shop / name).write_bytes(content)
    assert linking_cli("sync", "--check", "--json", cwd=shop).ok().json()["foreign"] == list(left)
    said = linking_cli("sync", cwd=shop).ok()
    assert "not generated: wiring/.DS_Store, wiring/env/empty.orig" in said.stderr
    assert {name: (shop / name).read_bytes() for name in left} == left


@dataclass(frozen=True)
class Trapped:
    """A workspace full of traps, and where those that spring leave their marks."""

    root: Path
    marks: Path

    def run(self, cli: Cli, *words: str) -> subprocess.CompletedProcess[str]:
        """Run as the installed program does: without the current folder on Python's path."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "generator", *words],
            cwd=self.root, env=cli.env(), capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def sprung(self) -> list[str]:
        return sorted(path.name for path in self.marks.iterdir())


@pytest.fixture
def trapped(shop: Path, tmp_path: Path) -> Trapped:
    (shop / "uv.lock").write_text('version = 1\nrequires-python = ">=3.11"\n')
    plant(shop, tmp_path / "marks")
    return Trapped(root=shop, marks=tmp_path / "marks")


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("list", "--json"),
        ("sync", "--check"),
        ("sync", "--dry-run"),
        ("sync",),
        ("doctor",),
        ("source", "list"),
        ("status",),
        ("graph",),
        ("graph", "--format", "svg"),
        ("diff", "workspace"),
        ("why", "pyproject.toml:1"),
        ("heal", "--dry-run"),
        ("ps",),
        ("logs",),
        ("down",),
        ("undo",),
        ("remove-service", "users-data", "--no-lock"),
        ("new-service", "data-postgres", "orders-data", "--dry-run"),
        ("init", "other", "--dry-run"),
    ],
)
def test_what_only_looks_or_wires_runs_nothing_of_the_workspace(
    linking_cli: Cli, trapped: Trapped, words: tuple[str, ...]
) -> None:
    done = trapped.run(linking_cli, *words)
    assert trapped.sprung() == []
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 1, 2, 3, 6}, done.stderr


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        ((find_uv_bin(), "lock", "--check", "--python", sys.executable), ".venv-bin-python"),
        (("sh", "-c", f"rm -r .venv; {find_uv_bin()} lock -p {sys.executable}"), "build-backend"),
        (("git", "status"), "config-core.fsmonitor"),
        ((sys.executable, "-m", "json.tool", "--help"), "shop-json"),
        ((sys.executable, "-P", "-m", "pytest", "-q"), "shop-conftest"),
    ],
)
def test_the_traps_do_spring(trapped: Trapped, words: tuple[str, ...], mark: str) -> None:
    subprocess.run(words, cwd=trapped.root, capture_output=True, check=False)
    assert mark in trapped.sprung()
