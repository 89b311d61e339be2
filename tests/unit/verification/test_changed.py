from pathlib import Path

import pytest

from generator.errors import UsageError
from generator.git import run_git
from generator.verification import changed_services
from generator.workspace import Workspace

NAMES = frozenset({"users-api", "users-data"})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "repository" / "shop"
    for name in NAMES:
        (root / "services" / name).mkdir(parents=True)
        (root / "services" / name / "a.py").write_text("")
    (root / "shared").mkdir()
    (root / "shared" / "b.py").write_text("")
    (root / "docs.md").write_text("")
    (root / ".gitignore").write_text("*.log\n")
    git(tmp_path / "repository", "init", "-q", "-b", "main")
    commit(root)
    return Workspace(root=root, name="shop")


def changed(
    workspace: Workspace, ref: str, calls: dict[str, list[str]] | None = None
) -> frozenset[str]:
    return changed_services(workspace, NAMES, ref, calls=calls or {})


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false")
    run_git(*identity, *arguments, cwd=folder)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")


def test_nothing_changed_means_no_service(workspace: Workspace) -> None:
    assert changed(workspace, "HEAD") == frozenset()


@pytest.mark.parametrize(
    ("path", "touched"),
    [
        ("services/users-api/a.py", {"users-api"}),
        ("services/users-api/new.py", {"users-api"}),
        ("services/users-api/ignored.log", set()),
        ("services/gone/a.py", set()),
        ("docs.md", set()),
        ("shared/b.py", NAMES),
        ("infra/postgres.compose.yaml", NAMES),
        ("uv.lock", NAMES),
        ("pyproject.toml", NAMES),
    ],
)
def test_what_is_not_committed_counts(workspace: Workspace, path: str, touched: set[str]) -> None:
    target = workspace.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("changed")
    assert changed(workspace, "HEAD") == touched


def test_a_change_of_a_provider_touches_those_that_call_it(workspace: Workspace) -> None:
    calls: dict[str, list[str]] = {"users-api": ["users-data"], "users-data": []}
    (workspace.services_dir / "users-api/a.py").write_text("changed")
    assert changed(workspace, "HEAD", calls) == {"users-api"}
    git(workspace.root, "checkout", "-q", ".")
    (workspace.services_dir / "users-data/a.py").write_text("changed")
    assert changed(workspace, "HEAD", calls) == NAMES


def test_a_file_moved_between_services_touches_both(workspace: Workspace) -> None:
    services = workspace.services_dir
    (services / "users-api/a.py").rename(services / "users-data/c.py")
    assert changed(workspace, "HEAD") == NAMES


def test_what_the_other_branch_did_since_does_not_count(workspace: Workspace) -> None:
    git(workspace.root, "checkout", "-qb", "mine")
    (workspace.services_dir / "users-api/a.py").write_text("mine")
    commit(workspace.root)
    git(workspace.root, "checkout", "-q", "main")
    (workspace.services_dir / "users-data/a.py").write_text("theirs")
    commit(workspace.root)
    git(workspace.root, "checkout", "-q", "mine")
    assert changed(workspace, "main") == {"users-api"}


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", ""])
def test_a_ref_that_names_no_commit_is_refused(workspace: Workspace, ref: str) -> None:
    with pytest.raises(UsageError):
        changed(workspace, ref)


def test_of_a_changed_lock_only_those_that_it_concerns_are_touched(workspace: Workspace) -> None:
    def package(name: str, needs: str) -> str:
        return f'[[package]]\nname = "{name}"\ndependencies = [{{ name = "{needs}" }}]\n'

    lock = workspace.root / "uv.lock"
    lock.write_text(package("users-api", "httpx") + package("users-data", "asyncpg"))
    commit(workspace.root)
    lock.write_text(lock.read_text() + '[[package]]\nname = "asyncpg"\nversion = "2"\n')
    assert changed(workspace, "HEAD") == {"users-data"}
