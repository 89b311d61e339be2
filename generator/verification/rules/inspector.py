"""Writes, as JSON, what is installed for the interpreter that runs it; imports nothing else.

Run by the environment's own Python (`python -I inspector.py FILE`), because only that one knows its
standard library and its places. An editable install lists a `.pth` file instead of its modules,
so the folders that it names are looked into.
"""

import json
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path


def modules_of(distribution: Distribution) -> Iterator[str]:
    """The importable top-level names that a distribution brings."""
    for file in distribution.files or ():
        first = file.parts[0]
        if file.suffix == ".pth":
            yield from _beside(Path(str(file.locate())))
        elif first.endswith((".dist-info", ".egg-info", ".data")) or first in {"..", "/"}:
            continue
        elif len(file.parts) > 1 or file.suffix in {".py", ".pyi", ".so", ".pyd"}:
            yield first.split(".")[0]


def _beside(pth: Path) -> Iterator[str]:
    if not pth.is_file():
        return
    for line in pth.read_text(encoding="utf-8").splitlines():
        folder = Path(line.strip())
        if line.strip() and not line.startswith("import ") and folder.is_dir():
            yield from (entry.name.split(".")[0] for entry in folder.iterdir())


def described() -> "dict[str, object]":
    """The standard library's names, and every distribution with what it brings and needs."""
    return {
        "stdlib": sorted(sys.stdlib_module_names),
        "distributions": [
            {
                "name": distribution.metadata["Name"],
                "requires": distribution.requires or [],
                "modules": sorted(set(modules_of(distribution))),
            }
            for distribution in distributions()
        ],
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(described()), encoding="utf-8")
