"""The command that installs a package into this very installation of the generator."""

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path


def install_command(*requirements: str, prefix: Path | None = None) -> str:
    """A line for a shell; the packages are found by the generator afterwards.

    Args:
        requirements: distributions, with or without versions.
        prefix: where the generator is installed; None for where this one is.
    """
    place = prefix or Path(sys.prefix)
    wanted = shlex.join(requirements)
    if (place / "pipx_metadata.json").is_file():
        return f"pipx inject {place.name} {wanted}"
    # A tool of uv has no pip, and neither has an environment that uv made.
    if (place / "uv-receipt.toml").is_file() or find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(str(place))} {wanted}"
    return f"{shlex.quote(sys.executable)} -m pip install {wanted}"
