"""Tells where a file, or a line of it, came from: a template, the wiring, or a person."""

import difflib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import UsageError
from generator.files import read_below
from generator.rendering.origins import Origin, RenderedFile, origin_of
from generator.sources.export import exported
from generator.usecases.rendered import (
    Rendered,
    locate,
    project_of,
    recorded_answers,
    render_current,
)
from generator.workspace import WIRING, Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """Where a file or a line came from.

    Attributes:
        path: the file, from the workspace's root on.
        line: the line, counted from 1; 0 for the file as a whole.
        owner: `template`, `wiring` or `you`.
        reason: why, in a few words.
        project: the service, or the workspace, and its template's version; None where no
            template has to do with it.
        origin: the template's file, its lines and the answers that decided; None where a person
            wrote it.
    """

    path: str
    line: int
    owner: str
    reason: str
    project: Rendered | None = None
    origin: Origin | None = None

    @property
    def answers(self) -> Mapping[str, Any]:
        """The answers that decided."""
        return self.origin.answers if self.origin else {}


def provenance_of(
    workspace: Workspace, path: str, *, line: int = 0, dev: bool = False
) -> Provenance:
    """Where a file of the workspace, or one of its lines, came from.

    Args:
        workspace: read.
        path: from its root on.
        line: counted from 1; 0 for the file as a whole.
        dev: take our templates as they stand, uncommitted changes included.

    Raises:
        UsageError: when there is no such file or line, or no such version any more.
        TemplateError: when the version cannot be rendered any more.
    """
    content = read_below(workspace.root, path)
    now = (content or b"").decode("utf-8", errors="surrogateescape")
    if line and (content is None or line > len(now.splitlines())):
        raise UsageError(f"{path} has no line {line}.", hint="Lines are counted from 1.")
    if path.split("/", 1)[0] == WIRING:
        reason = "made by `generator sync` from the answers of all services"
        return Provenance(path=path, line=line, owner="wiring", reason=reason)
    project = locate(workspace, project_of(workspace, path), dev=dev)
    inside = path.removeprefix(f"{project.folder}/") if project.folder else path
    rendered = _rendered(workspace, project, inside)
    if rendered is None:
        if content is None:
            raise UsageError(f"There is no {path} here, and no template renders it.")
        return Provenance(path=path, line=line, owner="you", reason="no template renders it")
    at = _rendered_line(rendered, now, line) if line and content is not None else 0
    if line and not at:
        reason = "this line was changed or added since it was rendered"
        return Provenance(path=path, line=line, owner="you", reason=reason, project=project)
    with exported(project.current) as root:
        answers = recorded_answers(workspace, project)
        asked = RenderedFile(path=inside, text=rendered, line=at)
        origin = origin_of(root, project.template, answers, asked)
    return Provenance(
        path=path,
        line=line,
        owner="template",
        reason=_reason(rendered, now, line, is_there=content is not None),
        project=project,
        origin=origin,
    )


def _reason(rendered: str, now: str, line: int, *, is_there: bool) -> str:
    if line:
        return "this line is as it was rendered"
    if not is_there:
        return "the template renders it, and it is not here"
    return "as it was rendered" if rendered == now else "rendered, and edited since"


def _rendered(workspace: Workspace, project: Rendered, path: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        folder = Path(aside) / "rendered"
        render_current(workspace, project, folder)
        file = folder / path
        if not file.is_file():
            return None
        return file.read_bytes().decode("utf-8", errors="surrogateescape")


def _rendered_line(rendered: str, now: str, line: int) -> int:
    """The line of the rendered text that is this one of the text of today; 0 when none is."""
    matcher = difflib.SequenceMatcher(a=rendered.splitlines(), b=now.splitlines(), autojunk=False)
    for first, start, size in matcher.get_matching_blocks():
        if start < line <= start + size:
            return first + line - start
    return 0
