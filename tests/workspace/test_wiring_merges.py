"""Branches that change the wiring, merged by the real git."""

import subprocess
from pathlib import Path

import pytest

from generator.wiring import Wiring, is_hand_edited
from generator.workspace import Service
from tests.support.checkout import git
from tests.support.rendered import Renderer
from tests.support.wiring import API, consumer, data, texts, wire, write_wiring

USERS = data("users-data", 8200)


@pytest.fixture
def repository(renderer: Renderer, tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    renderer.render({"template": "workspace", "workspace_name": "shop"}, root)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, USERS)
    return root


def commit(root: Path, *services: Service) -> Wiring:
    """Commit the wiring of these services, as `generator sync` would leave it."""
    wiring = wire(services)
    for path in texts_on_disk(root).keys() - texts(wiring).keys():
        (root / path).unlink()
    write_wiring(root, wiring)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "Change the services")
    return wiring


def branch(root: Path, name: str, *services: Service) -> None:
    git(root, "switch", "--quiet", "--create", name, "main")
    commit(root, *services)


def texts_on_disk(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in (root / "wiring").rglob("*")
        if path.is_file()
    }


def hand_edited(root: Path, *services: Service) -> list[str]:
    expected = texts(wire(services))
    return sorted(
        path
        for path, text in texts_on_disk(root).items()
        if is_hand_edited(text, expected.get(path, ""))
    )


def test_two_branches_that_each_add_a_service_merge_and_sync_cleanly(repository: Path) -> None:
    orders, items = data("orders-data", 8201), data("items-data", 8202)
    branch(repository, "one", USERS, orders)
    branch(repository, "two", USERS, items)
    git(repository, "merge", "--quiet", "--no-edit", "one")
    assert hand_edited(repository, USERS, orders, items) == []
    commit(repository, USERS, orders, items)
    assert texts_on_disk(repository) == texts(wire([USERS, orders, items]))


def test_two_branches_that_each_add_a_consumer_of_one_service_merge(repository: Path) -> None:
    one, two = consumer(API, "a-api", "users-data", 8001), consumer(API, "b-api", "users-data")
    branch(repository, "one", USERS, one)
    branch(repository, "two", USERS, two)
    git(repository, "merge", "--quiet", "--no-edit", "one")
    # Both branches wrote the one line of API_KEYS differently; neither line is a person's.
    assert hand_edited(repository, USERS, one, two) == []


def test_one_branch_removes_and_another_adds_a_service(repository: Path) -> None:
    orders = data("orders-data", 8201)
    branch(repository, "one", orders)
    branch(repository, "two", USERS, orders)
    git(repository, "merge", "--quiet", "--no-edit", "one")
    assert hand_edited(repository, orders) == []


def test_a_hand_edit_on_one_branch_is_still_found_after_the_merge(repository: Path) -> None:
    orders, items = data("orders-data", 8201), data("items-data", 8202)
    branch(repository, "one", USERS, orders)
    compose = repository / "wiring/compose.yaml"
    compose.write_text(compose.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    git(repository, "commit", "--quiet", "--all", "-m", "Edit by hand")
    branch(repository, "two", USERS, items)
    git(repository, "merge", "--quiet", "--no-edit", "one")
    assert hand_edited(repository, USERS, orders, items) == ["wiring/compose.yaml"]


def test_a_conflict_where_git_knows_no_union_is_no_hand_edit(repository: Path) -> None:
    (repository / ".gitattributes").unlink()
    commit(repository, USERS)
    orders, items = data("orders-data", 8201), data("items-data", 8202)
    branch(repository, "one", USERS, orders)
    branch(repository, "two", USERS, items)
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "--quiet", "--no-edit", "one")
    assert "<<<<<<<" in (repository / "wiring/compose.yaml").read_text(encoding="utf-8")
    assert hand_edited(repository, USERS, orders, items) == []
