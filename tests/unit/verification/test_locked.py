"""A package's part of uv.lock is what it may install, and nothing else of the file."""

import pytest

from generator.verification.locked import LockedPackages

LOCK = """\
version = 1
requires-python = ">=3.11"

[manifest]
members = ["orders", "users"]

[[package]]
name = "orders"
source = { virtual = "services/orders" }
dependencies = [{ name = "shared", extra = ["http"] }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "users"
source = { virtual = "services/users" }
dependencies = [{ name = "circle" }]

[[package]]
name = "shared"
source = { editable = "shared" }

[package.optional-dependencies]
http = [{ name = "httpx" }]

[[package]]
name = "httpx"
version = "1"

[[package]]
name = "pytest"
version = "1"

[[package]]
name = "circle"
version = "1"
dependencies = [{ name = "circle-too" }]

[[package]]
name = "circle-too"
version = "1"
dependencies = [{ name = "circle" }]
"""
NEW = """
[[package]]
name = "new"
dependencies = [{ name = "httpx" }]
"""


def version_of(name: str, version: str) -> str:
    return LOCK.replace(
        f'name = "{name}"\nversion = "1"', f'name = "{name}"\nversion = "{version}"'
    )


@pytest.mark.parametrize(
    ("text", "touched"),
    [
        (LOCK.replace('"users"]', '"users", "new"]') + NEW, set()),
        (version_of("httpx", "2"), {"orders"}),
        (version_of("pytest", "2"), {"orders"}),
        (version_of("circle-too", "2"), {"users"}),
        (LOCK + '\n[[package]]\nname = "httpx"\nversion = "2"\n', {"orders"}),
        (LOCK.replace(">=3.11", ">=3.12"), {"orders", "users"}),
        ("<<<<<<< no TOML", {"orders", "users"}),
        ("", {"orders", "users"}),
    ],
)
def test_a_change_touches_those_that_may_install_it(text: str, touched: set[str]) -> None:
    before, after = LockedPackages(LOCK), LockedPackages(text)
    assert {n for n in ("orders", "users") if before.digest(n) != after.digest(n)} == touched


def test_texts_that_are_no_lock_differ_from_each_other() -> None:
    assert LockedPackages("[a").digest("users") != LockedPackages("[b").digest("users")
