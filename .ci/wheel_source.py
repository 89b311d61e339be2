"""Puts the released versions of the templates into the wheel, as a git bundle and what it is of."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PACKED = "generator/_source"
_NAMES = ("templates.bundle", "built-from.json")


class TemplatesHook(BuildHookInterface):
    """Adds the bundle to wheels and source archives; an editable wheel reads the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle from the repository, or take the one that a source archive holds.

        Raises:
            ValueError: where there is neither: such a wheel could render nothing.
        """
        if version == "editable":
            return
        root = Path(self.root)
        folder = root / _PACKED
        if (root / ".git").exists():
            folder = Path(tempfile.mkdtemp(prefix="generator-bundle-"))
            _bundle(root, folder)
        for name in _NAMES:
            if not (folder / name).is_file():
                raise ValueError(
                    "The templates' versions come from git: build from a clone of the repository."
                )
            build_data["force_include"][str(folder / name)] = f"{_PACKED}/{name}"


def _bundle(root: Path, folder: Path) -> None:
    if _git(root, "status", "--porcelain", "--", "copier.yml", "templates"):
        raise ValueError("The templates have uncommitted changes, so no version would name them.")
    _git(root, "bundle", "create", "--quiet", str(folder / _NAMES[0]), "HEAD", "--tags")
    sys.path.insert(0, str(root))
    from generator.template_url import TemplateUrl  # noqa: PLC0415 - needs the path above

    origin = _git(root, "config", "--default", "", "--get", "remote.origin.url")
    # Without the credentials that a build machine's clone has in it.
    url = TemplateUrl.parse(origin, base=root) if origin else None
    facts = {
        "commit": _git(root, "rev-parse", "HEAD"),
        "version": _git(root, "describe", "--tags", "--always", "HEAD"),
        "url": str(url) if url and url.is_remote else "",
    }
    (folder / _NAMES[1]).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()
