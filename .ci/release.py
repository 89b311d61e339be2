"""Makes a release: changelog, version, annotated tag, wheel with its bundle, and a smoke test.

`make release VERSION=1.2.0`. Nothing is pushed. What fails is taken back: the repository is as it
was, and nothing is in dist/.
"""

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
CHANGELOG = ROOT / "docs/changelog.md"
PACKAGE = ROOT / "generator/__init__.py"
UNRELEASED = "## [Unreleased]\n"
UV = (sys.executable, "-m", "uv")
# No index, no remote repository, no server behind a proxy: what is installed has to be enough.
OFFLINE = {"UV_OFFLINE": "1", "GIT_ALLOW_PROTOCOL": "file", "https_proxy": "http://127.0.0.1:9"}


class RefusedError(Exception):
    """A release that cannot be made; its text says why and what to do."""


def main() -> None:
    """Release the version that the command line names, or say why not."""
    try:
        version = wanted_version(sys.argv[1:])
        refuse_unready(version)
        release(version)
    except RefusedError as error:
        sys.stderr.write(f"release: {error}\n")
        raise SystemExit(1) from None
    sys.stdout.write(f"Released v{version}.\nNext: git push --follow-tags, and publish dist/*\n")


def wanted_version(words: list[str]) -> Version:
    """The version to release. Raises `RefusedError`."""
    text = words[0].removeprefix("v") if len(words) == 1 else ""
    try:
        version = Version(text)
    except InvalidVersion:
        raise RefusedError("name a version: make release VERSION=1.2.0") from None
    if str(version) != text:
        raise RefusedError(f"write {text} as {version}")
    return version


def refuse_unready(version: Version) -> None:
    """See that everything is committed, and that there is something new. Raises `RefusedError`."""
    if git("status", "--porcelain"):
        raise RefusedError("there are changes that are not committed; commit or stash them")
    if git("rev-parse", "--is-shallow-repository") == "true":
        raise RefusedError("this clone has no whole history: git fetch --unshallow --tags")
    tags = [Version(tag) for tag in git("tag", "--list", "v*").split()]
    if tags and version <= max(tags):
        raise RefusedError(f"{version} is not newer than {max(tags)}, which is released")
    if not unreleased():
        raise RefusedError(f"nothing stands below {UNRELEASED.strip()} in {CHANGELOG.name}")


def unreleased() -> str:
    """What the changelog says since the last release. Raises `RefusedError`."""
    _, found, rest = CHANGELOG.read_text(encoding="utf-8").partition(UNRELEASED)
    if not found:
        raise RefusedError(f"{CHANGELOG.name} has no {UNRELEASED.strip()}")
    return re.split(r"(?m)^## ", rest, maxsplit=1)[0].strip()


def release(version: Version) -> None:
    """Commit, tag, build and try the version; take all of it back when one of them fails."""
    before = git("rev-parse", "HEAD")
    try:
        write_version(version)
        git("commit", "--quiet", "--all", "--message", f"Release v{version}")
        git("tag", "--annotate", "--message", f"v{version}", f"v{version}")
        with tempfile.TemporaryDirectory(prefix="release-") as folder:
            built = build(Path(folder))
            smoke_test(built, Path(folder))
            (ROOT / "dist").mkdir(exist_ok=True)
            for path in built.parent.iterdir():
                shutil.copy2(path, ROOT / "dist")
    except BaseException:
        subprocess.run(["git", "tag", "--delete", f"v{version}"], cwd=ROOT, check=False)
        git("reset", "--quiet", "--hard", before)
        raise


def write_version(version: Version) -> None:
    """Name the version in the package, and its changes in the changelog."""
    today = dt.datetime.now(tz=dt.UTC).date()
    text = CHANGELOG.read_text(encoding="utf-8")
    heading = f"{UNRELEASED}\n## [{version}] - {today}\n"
    CHANGELOG.write_text(text.replace(UNRELEASED, heading, 1), encoding="utf-8")
    code = PACKAGE.read_text(encoding="utf-8")
    named = re.sub(r'(?m)^__version__ = ".*"$', f'__version__ = "{version}"', code)
    PACKAGE.write_text(named, encoding="utf-8")


def build(folder: Path) -> Path:
    """Build the source archive and the wheel; return the wheel."""
    run(*UV, "build", "--quiet", "--out-dir", folder / "dist", ROOT, cwd=folder)
    # What the build leaves beside them is no file to publish.
    for path in (folder / "dist").iterdir():
        if path.suffix not in {".whl", ".gz"}:
            path.unlink()
    [wheel] = (folder / "dist").glob("*.whl")
    return wheel


def smoke_test(wheel: Path, folder: Path) -> None:
    """Install the wheel where there is nothing else, and use it offline."""
    venv = folder / "venv"
    run(*UV, "venv", "--quiet", "--python", sys.executable, venv, cwd=folder)
    run(*UV, "pip", "install", "--quiet", "--python", venv / "bin/python", wheel, cwd=folder)
    bare = {
        "PATH": f"{venv / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        **OFFLINE,
    }
    (folder / "home").mkdir()
    shop, unchecked = folder / "shop", ("--no-verify", "--no-lock")

    def generator(*words: str, cwd: Path = shop) -> None:
        run(venv / "bin/generator", *words, cwd=cwd, env=bare)

    generator("init", "shop", "--no-lock", cwd=folder)
    generator("new-service", "data-postgres", "users-data", *unchecked)
    commit(shop)
    generator("status", "--check")
    if previous := previous_release():
        generator("update", "--to", previous, *unchecked)
        commit(shop)
        generator("update", *unchecked)
        commit(shop)
        generator("status", "--check")


def previous_release() -> str:
    """The tag of the release before this one, if it has the templates of a whole workspace."""
    versions = sorted((Version(tag), tag) for tag in git("tag", "--list", "v*").split())
    return versions[-2][1] if len(versions) > 1 else ""


def commit(folder: Path) -> None:
    """Commit everything in a workspace of the smoke test."""
    identity = ("-c", "user.name=release", "-c", "user.email=release@localhost")
    unsigned = ("-c", "commit.gpgsign=false")
    run("git", "add", "--all", cwd=folder)
    run(
        "git", *identity, *unsigned, "commit", "--quiet", "--allow-empty", "-m", "Go on", cwd=folder
    )


def git(*words: str) -> str:
    """Run git in this repository and return what it says. Raises `RefusedError`."""
    return run("git", *words, cwd=ROOT)


def run(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a program and return what it says.

    Raises:
        RefusedError: when it fails, with its last words.
    """
    done = subprocess.run(
        [*map(str, words)], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise RefusedError(f"{' '.join(map(str, words))} failed:\n{said}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
