"""What each file of a project was when it was rendered, remembered from one command to the next."""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from generator import __version__
from generator.answers import ANSWERS_FILE
from generator.changes import FileState, writes_of
from generator.errors import DestinationRefusedError, DiskError
from generator.files import write_atomically
from generator.sources.mirror import cache_folder
from generator.usecases.rendered import Rendered, recorded_answers, render_current
from generator.workspace import Workspace

_SCHEMA = 1
# A few versions of a workspace with hundreds of services.
_KEPT = 2000


def rendered_states(workspace: Workspace, project: Rendered) -> Mapping[str, FileState]:
    """Each file that a project was rendered to, from its folder, without its answers file.

    What a version renders to with the same answers never changes, so it is rendered once.

    Raises:
        TemplateError: when that version cannot be rendered any more.
    """
    kept = _place(workspace, project) if project.current.commit else None
    if kept and (known := _read(kept)):
        return known
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        folder = Path(aside) / "rendered"
        render_current(workspace, project, folder)
        # How the answers are written down is no edit of anybody's.
        states = {w.path: w.after for w in writes_of(folder) if w.path != ANSWERS_FILE}
    if kept:
        _keep(kept, states)
    return states


def _place(workspace: Workspace, project: Rendered) -> Path:
    answers = recorded_answers(workspace, project)
    facts = [
        _SCHEMA, __version__, metadata.version("copier"), project.current.commit,
        project.template, sorted(answers.items()),
    ]  # fmt: skip
    key = hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()
    return cache_folder() / "rendered" / f"{key}.json"


def _read(place: Path) -> Mapping[str, FileState]:
    try:
        rows = json.loads(place.read_text(encoding="utf-8"))
        return {str(path): FileState(mode=int(m), digest=str(d)) for path, (m, d) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(place: Path, states: Mapping[str, FileState]) -> None:
    """A cache that cannot be written only costs time."""
    text = json.dumps({path: [state.mode, state.digest] for path, state in states.items()})
    with suppress(DestinationRefusedError, DiskError):
        write_atomically(place, text, scratch=place.parent)
    with suppress(OSError):
        kept = sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink()
