"""Sees whether plain `copier copy` gives the same bytes as this generator."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from generator.env_vars import child_env_vars
from generator.errors import TemplateError
from generator.processes import Processes
from generator.rendering.trees import differences, read_tree
from generator.sources.model import TemplateSource

_SECONDS = 120


def differences_to_copier(
    processes: Processes,
    source: TemplateSource,
    answers: Mapping[str, Any],
    ours: Path,
    scratch: Path,
) -> tuple[str, ...]:
    """The files in which `copier copy` of a repository differs from what was rendered from it.

    The program itself is run, without `--trust` and without a person's settings.

    Args:
        processes: runs it.
        source: the version that `ours` was rendered from, the newest one of its repository.
        answers: what was given.
        ours: what was rendered.
        scratch: a folder that does not exist yet.

    Raises:
        TemplateError: when Copier refuses or cannot render it.
    """
    scratch.mkdir(parents=True)
    given = scratch / "answers.yml"
    given.write_text(yaml.safe_dump(dict(answers), allow_unicode=True), encoding="utf-8")
    home = {"HOME": str(scratch), "XDG_CONFIG_HOME": str(scratch), "COPIER_CACHE_DIR": str(scratch)}
    done = processes.run(
        [
            *(sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"),
            *("--vcs-ref", source.commit, "--data-file", str(given)),
            *(source.url, "copied"),
        ],
        cwd=scratch,
        environment=child_env_vars(os.environ, home),
        seconds=_SECONDS,
    )
    if done.code != 0:
        said = done.output.strip().splitlines() or ["(it said nothing)"]
        raise TemplateError(f"copier copy ended with {done.code}: {said[-1]}")
    return tuple(differences(read_tree(ours), read_tree(scratch / "copied")))
