"""An installed generator renders from its wheel alone, and records what can be updated from."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import git

pytestmark = pytest.mark.slow
NEW = ("new-service", "data-postgres", "users-data", "--no-verify")
UV = (sys.executable, "-m", "uv")


@pytest.fixture(scope="module")
def env(caches: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **caches}


def build(checkout: Path, folder: Path, env: dict[str, str]) -> Path:
    """Build the source archive and from it the wheel, as an installer without a clone does."""
    subprocess.run([*UV, "build", "--quiet", "--out-dir", folder, checkout], check=True, env=env)
    [wheel] = folder.glob("*.whl")
    return wheel


def install(wheel: Path, venv: Path, env: dict[str, str]) -> Path:
    """Install a wheel into an environment of its own and return its command."""
    subprocess.run([*UV, "venv", "--quiet", venv], check=True, env=env)
    subprocess.run(
        [*UV, "pip", "install", "--quiet", "--python", venv / "bin/python", wheel],
        check=True,
        env=env,
    )
    return venv / "bin/generator"


def answers_of(folder: Path) -> list[str]:
    return (folder / ".copier-answers.yml").read_text().splitlines()


@pytest.fixture(scope="module")
def program(checkout: Path, env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a wheel that was built from a clone made with a token, like CI's."""
    folder = tmp_path_factory.mktemp("wheel")
    clone = folder / "clone"
    git(folder, "clone", "--quiet", str(checkout), str(clone))
    git(
        clone, "remote", "set-url", "origin", "https://ci:s3cret@git.example.com/acme/generator.git"
    )
    return install(build(clone, folder / "dist", env), folder / "venv", env)


def test_a_wheel_renders_without_a_checkout(
    program: Path, env: dict[str, str], tmp_path: Path
) -> None:
    subprocess.run([program, "--help"], cwd=tmp_path, check=True, env=env)
    subprocess.run([program, "init", "shop"], cwd=tmp_path, check=True, env=env)
    shop = tmp_path / "shop"
    subprocess.run([program, *NEW], cwd=shop, check=True, env=env)
    listed = subprocess.run([program, "list"], cwd=shop, check=True, env=env, capture_output=True)
    assert b"users-data" in listed.stdout
    for folder in (shop, shop / "services/users-data"):
        assert "_commit: v0.1.0" in answers_of(folder)
        assert "_src_path: https://git.example.com/acme/generator.git" in answers_of(folder)


def test_no_credential_of_the_build_machine_is_in_the_wheel(program: Path) -> None:
    installed = next((program.parent.parent / "lib").glob("python*/site-packages/generator"))
    packed = {path.name: path.read_bytes() for path in (installed / "_source").iterdir()}
    assert set(packed) == {"templates.bundle", "built-from.json"}
    assert not any(b"s3cret" in content for content in packed.values())


def test_without_an_address_the_bundle_is_recorded_and_copier_updates_from_it(
    checkout: Path, env: dict[str, str], tmp_path: Path
) -> None:
    program = install(build(checkout, tmp_path / "dist", env), tmp_path / "venv", env)
    subprocess.run([program, "init", "shop", "--no-lock"], cwd=tmp_path, check=True, env=env)
    shop = tmp_path / "shop"
    [place] = [line.partition(": ")[2] for line in answers_of(shop) if line.startswith("_src_path")]
    assert Path(place).name == "templates.bundle"
    done = subprocess.run(
        [program.parent / "copier", "check-update", "--quiet"], cwd=shop, check=False, env=env
    )
    assert done.returncode == 0


def test_bare_files_are_not_built(checkout: Path, env: dict[str, str], tmp_path: Path) -> None:
    files = tmp_path / "files"
    subprocess.run(["cp", "-r", checkout, files], check=True)
    subprocess.run(["rm", "-rf", files / ".git"], check=True)
    refused = subprocess.run(
        [*UV, "build", "--wheel", "--out-dir", tmp_path / "dist", files],
        check=False, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert refused.returncode != 0
    assert "build from a clone" in refused.stderr
