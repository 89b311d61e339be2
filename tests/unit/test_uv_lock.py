"""Locking asks the index only where it has something to say."""

from pathlib import Path

import pytest

from generator import uv
from generator.errors import DiskError
from generator.usecases.uv_lock import _in_order_of, lock_with, locked_distributions, make_lock
from generator.workspace import Workspace

LOCK = """\
version = 1

[[package]]
name = "httpx"
version = "1.0"
source = { registry = "https://index.example.com/simple" }
dependencies = [
    { name = "typing-extensions", marker = "python_full_version < '3.13'" },
]

[[package]]
name = "shared"
version = "0.1.0"
source = { editable = "shared" }

[[package]]
name = "typing-extensions"
version = "4.0"
source = { registry = "https://index.example.com/simple" }
"""
MEMBER = """\
[project]
name = "{name}"
version = "0.1.0"
dependencies = ["shared", {more}]

[dependency-groups]
dev = ["Typing.Extensions>=4", {{ include-group = "other" }}]
other = []

[tool.uv.sources]
shared = {{ workspace = true }}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "shop"
    (root / "services").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / uv.LOCK_FILE).write_text(LOCK)
    return Workspace(root=root, name="shop")


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    (tmp_path / "staged").mkdir()
    return tmp_path / "staged"


def lock(workspace: Workspace, staged: Path, more: str, *, offline_makes: str = "") -> list[bool]:
    """Whether each of uv's runs was offline; the first one leaves what `offline_makes` says."""
    runs: list[bool] = []

    def run(project: Path, *, offline: bool = False) -> str:
        runs.append(offline)
        if offline and offline_makes:
            (project / uv.LOCK_FILE).write_text(offline_makes)
        elif not (project / uv.LOCK_FILE).is_file():
            (project / uv.LOCK_FILE).write_text(LOCK)
        return ""

    (staged / "pyproject.toml").write_text(MEMBER.format(name="new", more=more))
    into = staged.parent / "lock"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uv, "lock", run)
        made = lock_with(workspace, staged=staged, name="new", into=into)
    assert made == into / uv.LOCK_FILE
    assert not offline_makes or made.read_text() == LOCK
    return runs


def test_the_names_of_what_came_from_an_index_are_locked(workspace: Workspace) -> None:
    assert locked_distributions(workspace) == {"httpx", "typing-extensions"}


def test_what_is_locked_already_is_not_asked_for(workspace: Workspace, staged: Path) -> None:
    assert lock(workspace, staged, '"HTTPX[http2]>=1"') == [True]


def test_what_is_new_is_asked_for(workspace: Workspace, staged: Path) -> None:
    assert lock(workspace, staged, '"redis"') == [False]


def test_where_the_cache_would_lock_another_version_the_index_is_asked(
    workspace: Workspace, staged: Path
) -> None:
    older = LOCK.replace('version = "1.0"', 'version = "0.9"')
    assert lock(workspace, staged, '"httpx<1"', offline_makes=older) == [True, False]


def test_a_full_disk_is_no_conflict_of_dependencies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "error: failed to flush file `/shop/.tmp`: No space left on device (os error 28)"
    monkeypatch.setattr(uv, "lock", lambda _, **__: said)
    with pytest.raises(DiskError, match="uv could not write"):
        make_lock(tmp_path)


def test_without_a_lock_the_index_is_asked(workspace: Workspace, staged: Path) -> None:
    (workspace.root / uv.LOCK_FILE).unlink()
    assert lock(workspace, staged, '"httpx"') == [False]


def test_environments_keep_their_order_at_the_head_and_at_packages() -> None:
    def lock(*environments: str) -> str:
        listed = "".join(f'    "{one}",\n' for one in environments)
        markers = f"resolution-markers = [\n{listed}]\n"
        return f'version = 1\n{markers}\n[[package]]\nname = "x"\n{markers}dependencies = []\n'

    assert _in_order_of(lock("b", "a"), lock("a", "new", "b")) == lock("b", "a", "new")
    assert _in_order_of("version = 1\n", lock("b", "a")) == lock("b", "a")
