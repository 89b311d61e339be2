"""Compares folders whole: nothing missing, nothing extra, same bytes."""

import stat
from pathlib import Path


def read_tree(root: Path, *, leave_out: tuple[str, ...] = (".git", ".generator")) -> dict[str, str]:
    """Every file below `root` as path → mode and content; links as what they point to."""
    tree = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if relative.parts[0] in leave_out:
            continue
        if path.is_symlink():
            tree[relative.as_posix()] = f"-> {path.readlink()}"
        elif path.is_file():
            mode = stat.S_IMODE(path.stat().st_mode)
            text = path.read_bytes().decode(errors="surrogateescape")
            tree[relative.as_posix()] = f"{mode:o}\n{text}"
    return tree


def differences(left: dict[str, str], right: dict[str, str]) -> list[str]:
    """The paths at which two trees differ."""
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))
