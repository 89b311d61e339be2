"""Judges the compose files of a workspace by our own rules, whoever wrote them."""

from contextlib import suppress
from functools import partial

from generator.errors import DestinationRefusedError
from generator.files import read_below
from generator.git import is_tracked, would_be_added
from generator.usecases.wiring_files import env_text
from generator.wiring import UnsetVariableError, Wiring, env_values, judge_compose
from generator.workspace import Workspace


def compose_findings(workspace: Workspace, wiring: Wiring) -> tuple[str, ...]:
    """What the rules find, a line each.

    Args:
        workspace: where.
        wiring: its secrets need not be in `.env`: a checkout in CI has none.
    """
    values = {secret.name: "unset" for secret in wiring.secrets}
    # What is not set is Compose's to say.
    with suppress(UnsetVariableError):
        values = env_values(env_text(workspace), values) | values
    return judge_compose(
        partial(_text, workspace), values, is_ignored=partial(_is_ignored, workspace)
    )


def _text(workspace: Workspace, path: str) -> str | None:
    """A file of the workspace; None for one elsewhere, which Compose reads and nobody judges."""
    if path.startswith(("/", "..")):
        return None
    try:
        content = read_below(workspace.root, path)
    except DestinationRefusedError:
        return None
    return None if content is None else content.decode("utf-8", errors="replace")


def _is_ignored(workspace: Workspace, path: str) -> bool:
    return not (is_tracked(workspace.root, path) or would_be_added(workspace.root, path))
