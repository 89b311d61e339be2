"""Puts the templates into the wheel, so that an installed generator renders without a checkout."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_LEFT_OUT = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".venv", "uv.lock"}


class TemplatesHook(BuildHookInterface):
    """Adds copier.yml and templates/ to standard wheels; an editable one reads the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name every file of the templates, but nothing that tools leave beside them."""
        if version != "standard":
            return
        root = Path(self.root)
        files = [root / "copier.yml", *(p for p in (root / "templates").rglob("*") if p.is_file())]
        for path in files:
            relative = path.relative_to(root)
            if not _LEFT_OUT & set(relative.parts):
                build_data["force_include"][str(path)] = f"generator/_source/{relative.as_posix()}"
