"""A template source of a few files and a workspace with one service of it: updates in milliseconds.

The use cases run in this process; what they read and write is real, git's repositories included.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from generator.rendering.render import render
from generator.sources.export import exported
from generator.sources.mirror import refresh
from generator.sources.trust import trust
from generator.sources.versions import version_at
from generator.usecases.update import PlannedUpdate, UpdateRequest, update_workspace
from generator.workspace import Workspace, open_workspace
from tests.support.checkout import commit_version, git

SERVICE = "services/orders"
QUESTIONS = """\
_subdirectory: "templates/{{ template }}"
_templates_suffix: .jinja
template: {type: str, choices: [tiny]}
service_name: {type: str}
port: {type: int, default: 8600}
"""
ANSWERS = "# Written by Copier.\n{{ _copier_answers|to_nice_yaml -}}\n"
MANIFEST = "schema: 1\nsummary: A tiny template\nfirst_port: 8600\n"
# As bytes, or as what a link points to, or None for a folder that is no longer there.
Content = bytes | str


@dataclass(kw_only=True)
class Tiny:
    """A source `acme` with one template, and a workspace `shop` with one service of it.

    Attributes:
        folder: everything is made below it.
    """

    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def templates(self) -> Path:
        """The source's repository."""
        return self.folder / "templates"

    @property
    def root(self) -> Path:
        """The workspace."""
        return self.folder / "shop"

    @property
    def service(self) -> Path:
        """The service's folder."""
        return self.root / SERVICE

    @property
    def workspace(self) -> Workspace:
        """The workspace as the generator opens it."""
        return open_workspace(self.root)

    def release(
        self,
        tag: str,
        files: Mapping[str, Content],
        *,
        modes: Mapping[str, int] | None = None,
        questions: str = "",
    ) -> None:
        """Release a version whose template has exactly these files, and its own three."""
        template = self.templates / "templates/tiny"
        shutil.rmtree(template, ignore_errors=True)
        if not (self.templates / ".git").exists():
            self.templates.mkdir(parents=True)
            git(self.templates, "init", "--quiet", "--initial-branch=main")
        own = {
            ".copier-answers.yml.jinja": ANSWERS,
            "template.yml": MANIFEST,
            "pyproject.toml.jinja": '[project]\nname = "{{ service_name }}"\nversion = "0"\n',
        }
        write(self.templates, {"copier.yml": QUESTIONS + questions})
        write(template, {**{path: text.encode() for path, text in own.items()}, **files})
        for path, mode in (modes or {}).items():
            (template / path).chmod(mode)
        commit_version(self.templates, tag)
        refresh(str(self.templates))

    def render(self, tag: str, **answers: object) -> None:
        """Make the workspace with the service as this version renders it, committed."""
        url = str(self.templates)
        trust(url)
        source = version_at(refresh(url), url, tag)
        data = {"template": "tiny", "service_name": "orders", **answers}
        self.service.parent.mkdir(parents=True)
        with exported(source) as root:
            render(source, root, data, self.service)
        write(
            self.root,
            {
                ".copier-answers.yml": "template: workspace\nworkspace_name: shop\n",
                ".gitignore": ".env\n.generator/\n",
                "pyproject.toml": '[tool.uv.workspace]\nmembers = ["services/*"]\n',
            },
        )
        self.record(tag)
        git(self.root, "init", "--quiet", "--initial-branch=main")
        self.commit()

    def record(self, tag: str) -> None:
        """Have the workspace go to this version of its source."""
        commit = git(self.templates, "rev-parse", f"{tag}^{{commit}}")
        path = self.root / "pyproject.toml"
        text = path.read_text().partition("[tool.generator.sources]")[0]
        entry = f'acme = {{ url = "{self.templates}", ref = "{tag}", commit = "{commit}" }}\n'
        path.write_text(f"{text}[tool.generator.sources]\n{entry}")

    def commit(self) -> None:
        """Commit everything in the workspace."""
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "-m", "Edit")

    def request(self, *, resolve: bool = False, to: str = "", **answers: object) -> UpdateRequest:
        """What asks for an update of the service, without a lock."""
        return UpdateRequest(
            names=("orders",), to=to, lock=False, resolve=resolve, answers={"orders": answers}
        )

    def update(
        self, *, resolve: bool = False, to: str = "", agrees: bool = True, **answers: object
    ) -> tuple[PlannedUpdate, bool]:
        """Update the service; the judge agrees or does not."""
        request = self.request(resolve=resolve, to=to, **answers)
        return update_workspace(self.workspace, request, self.said.append, judge=lambda _: agrees)


def write(folder: Path, files: Mapping[str, Content]) -> None:
    """Write files below a folder: bytes as they are, `-> target` as a link, else a text."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            place.write_bytes(content)
        elif content.startswith("-> "):
            place.symlink_to(content.removeprefix("-> "))
        else:
            place.write_text(content)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """An empty ground; the person's cache and configuration are the test's own."""
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    for name in ("NAME", "EMAIL"):
        for role in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{role}_{name}", "tests@localhost")
    assert "GIT_DIR" not in os.environ
    return Tiny(folder=tmp_path)
