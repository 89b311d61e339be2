"""What is shown of a change set is what will be done, and nothing that is secret."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.changes import ChangeSet, Delete, FileState, Move, Write, apply, rewrite
from generator.changes.views import diff, document, tree
from tests.changes.conftest import Changes, read


def test_the_diff_is_what_git_applies_to_get_the_same_files(
    root: Path, changes: Changes, tmp_path: Path
) -> None:
    # Git patches no binary without its content, and knows of no empty folder or private mode.
    secret = Write(path=".env", content=b"SECRET=1\n", mode=0o100600, secret=True)
    change = ChangeSet.of("try", (e for e in changes().entries if e.path != "gone"))
    shown = diff(root, ChangeSet.of("try", (*change.entries, secret)))
    patched = tmp_path / "patched"
    shutil.copytree(root, patched, symlinks=True)
    subprocess.run(["git", "apply", "-"], cwd=patched, input=shown.encode(), check=True)
    apply(root, change)
    contents = [
        {name: content for name, (_, content) in read(place).items()} for place in (root, patched)
    ]
    assert contents[0] == contents[1]


TREE = """\
~ changed  (mode 644 → 600)
  deep/
    er/
    - only
+ esc\\033[31m
  moved/
  > a  (from old/a)
~ wiring.yaml  (discards what was edited by hand; from the template)
"""


def test_the_tree_names_each_folder_once_and_says_what_happens() -> None:
    state = FileState.of(b"x", 0o100644)
    change = ChangeSet.of(
        "try",
        [
            Write(path="wiring.yaml", content=b"y", expects=state, discards_edit=True,
                  why="from the template"),
            Write(path="changed", content=b"y", mode=0o100600, expects=state),
            Write(path="esc\033[31m", content=b""),
            Delete(path="deep/er/only", expects=state),
            Move(source="old/a", path="moved/a", expects=state),
        ],
    )  # fmt: skip
    assert tree(change) == TREE


SECRET = b"""\
OLD=old-value
# COMMENTED=commented-value
export KEPT=kept-value
KEY="-----BEGIN
MIIEkeyvalue=
-----END"
"""


@pytest.mark.parametrize("linked", [False, True])
def test_values_of_secrets_are_shown_nowhere(root: Path, tmp_path: Path, *, linked: bool) -> None:
    place = tmp_path / "vault" if linked else root / ".env"
    place.write_bytes(SECRET)
    place.chmod(0o644)
    if linked:
        (root / ".env").symlink_to(place)
    change = ChangeSet.of(
        "try",
        [
            Write(
                path=".env",
                content=SECRET.partition(b"KEY=")[0].replace(b"OLD=old", b"NEW=new"),
                mode=0o100600,
                expects=FileState.of(SECRET, 0o100644),
                secret=True,
                through=str(place) if linked else "",
            )
        ],
    )
    shown = diff(root, change)
    assert shown.splitlines() == [
        "# ~ .env  (mode 644 → 600)",
        "# -OLD=(secret)",
        "# -KEY=(secret)",
        "# +NEW=(secret)",
    ]
    rows = document(change, root=root)
    everything = shown + tree(change) + json.dumps(rows)
    assert "value" not in everything
    assert "keyvalue" not in everything
    assert "sha256" not in everything
    assert rows[0]["secret"] is True


def test_binary_content_is_not_printed_and_odd_names_are_quoted(root: Path) -> None:
    change = ChangeSet.of(
        "try",
        [
            rewrite(root, "gone", b"\0\1"),
            Write(path='new "one"\n', content=b"no end of line"),
        ],
    )
    shown = diff(root, change)
    assert "Binary files a/gone and b/gone differ\n" in shown
    assert '+++ "b/new \\"one\\"\\012"\n' in shown
    assert shown.endswith("+no end of line\n\\ No newline at end of file\n")


def test_the_document_says_what_is_there_and_what_will_be(root: Path) -> None:
    entry = rewrite(root, "changed", b"new\n")
    [row] = document(ChangeSet.of("try", [entry]), root=root)
    assert entry.expects
    assert row["action"] == "write"
    assert row["before"] == {"mode": "100644", "sha256": entry.expects.digest}
    assert row["after"] == {"mode": "100644", "sha256": entry.after.digest}
    assert str(row["diff"]).startswith("diff --git a/changed b/changed\n")
    [written] = document(ChangeSet.of("try", [entry]))
    assert "diff" not in written


def test_looking_writes_nothing(root: Path, changes: Changes) -> None:
    before = read(root)
    change = changes()
    diff(root, change)
    document(change, root=root)
    assert read(root) == before
    assert not (root / ".generator").exists()
