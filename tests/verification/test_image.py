"""What a Dockerfile copies and installs starts the process, or the check says what is missing.

No engine is asked: the lines are carried out in an empty folder.
"""

import shutil

import pytest

from generator.verification import Check, CheckResult, Outcome
from tests.verification.support import Shop

pytestmark = pytest.mark.slow

DOCKERFILE = """\
# syntax=docker/dockerfile:1
FROM builder:1 AS build
ENV UV_NO_DEV=1
WORKDIR /workspace
RUN --mount=type=cache,target=/root/.cache/uv \\
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \\
    --mount=type=bind,source=uv.lock,target=uv.lock \\
    uv sync --frozen --no-install-workspace --package pictured
COPY pyproject.toml uv.lock ./
COPY services/pictured/pyproject.toml services/pictured/pyproject.toml
RUN uv sync --frozen --no-editable --package pictured

FROM python:3
ENV PATH=/workspace/.venv/bin:$PATH PYTHONPATH=src HOST=0.0.0.0
COPY --from=build /workspace/.venv /workspace/.venv
WORKDIR /workspace/services/pictured
COPY services/pictured/src src
USER 10001:10001
HEALTHCHECK --interval=10s CMD ["true"]
CMD ["python", "-m", "app"]
"""


def image(shop: Shop, old: str = "", new: str = "") -> CheckResult:
    """The result for a service whose Dockerfile differs in one place."""
    assert old in DOCKERFILE
    shop.add("pictured", {"Dockerfile": DOCKERFILE.replace(old, new) if old else DOCKERFILE})
    return shop.check("pictured", Check.IMAGE)[Check.IMAGE]


def test_a_process_starts_from_what_the_dockerfile_copies(shop: Shop) -> None:
    result = image(shop)
    assert (result.outcome, result.reason) == (Outcome.PASSED, "")
    assert result.command == "docker build -f services/pictured/Dockerfile ."
    assert list((shop.root / ".generator").glob("image-*")) == []


def test_a_lock_of_more_members_than_are_copied_is_no_good_for_locked(lonely: Shop) -> None:
    lonely.add("another")
    result = image(lonely, "--frozen --no-editable", "--locked --no-editable")
    assert result.outcome is Outcome.FAILED
    assert "--locked" in result.reason
    assert result.command.endswith("# Dockerfile, line 11")
    assert image(lonely).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("COPY services/pictured/src src\n", "", "No module named app"),
        ("pictured/src src", "pictured/sources src", "there is no services/pictured/sources"),
        ("--from=build /workspace/.venv", "--from=build /nowhere", "there is no /nowhere"),
        ("source=uv.lock,target", "source=uv.lck,target", "there is no uv.lck to bind"),
        ('["python", "-m", "app"]', "python -m app", "in shell form it gets no SIGTERM"),
        ('["python", "-m", "app"]', '["gunicorn"]', "starts gunicorn, which is not in the image"),
        ('CMD ["python", "-m", "app"]\n', "", "it has neither CMD nor ENTRYPOINT"),
        ('["python", "-m", "app"]', "[python]", "is no list in JSON"),
        ("USER 10001", "SUER 10001", "is not understood here"),
        ("WORKDIR /workspace\n", "RUN <<EOF\n", "line 4: a heredoc is not understood here"),
    ],
)
def test_a_dockerfile_that_cannot_work_is_found(
    shop: Shop, old: str, new: str, reason: str
) -> None:
    result = image(shop, old, new)
    assert result.outcome is Outcome.FAILED
    assert reason in result.reason


def test_what_dockerignore_leaves_out_is_not_there_to_copy(lonely: Shop) -> None:
    (lonely.root / ".dockerignore").write_text("*\n!pyproject.toml\n!uv.lock\n!services\n**/src\n")
    result = image(lonely)
    assert result.outcome is Outcome.FAILED
    assert ".dockerignore leaves out services/pictured/src" in result.reason
    (lonely.root / ".dockerignore").write_text("*\n!pyproject.toml\n!uv.lock\n!services\n")
    assert image(lonely).outcome is Outcome.PASSED


def test_files_that_only_their_owner_may_read_need_a_chmod(lonely: Shop) -> None:
    """A checkout under umask 027 has such files, and COPY keeps their modes."""
    folder = lonely.add("pictured", {"Dockerfile": DOCKERFILE})
    (folder / "src/app").chmod(0o750)
    result = lonely.check("pictured", Check.IMAGE)[Check.IMAGE]
    assert result.outcome is Outcome.FAILED
    assert "only its owner may read services/pictured/src/app" in result.reason
    cured = DOCKERFILE.replace(
        "COPY services/pictured/src", "COPY --chmod=u=rwX,go=rX services/pictured/src"
    )
    (folder / "Dockerfile").write_text(cured)
    assert lonely.check("pictured", Check.IMAGE)[Check.IMAGE].outcome is Outcome.PASSED


def test_what_needs_an_engine_is_named_as_not_run(shop: Shop) -> None:
    result = image(shop, "ENV UV_NO_DEV=1\n", "RUN apt-get install --yes git\n")
    assert result.outcome is Outcome.PASSED
    assert result.reason == "not run here: line 3: RUN apt-get install --yes git"


def test_a_service_without_a_dockerfile_has_no_image_to_check(shop: Shop) -> None:
    folder = shop.add("plain")
    shutil.rmtree(folder / "tests")
    assert Check.IMAGE not in shop.check("plain", Check.RULES, Check.IMAGE)
