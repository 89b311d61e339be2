from pathlib import Path

import pytest

from generator.verification.context import Subject
from generator.verification.model import LIBRARY_CHECKS
from generator.verification.rules.distributions import Installed, read_declared
from generator.verification.rules.drivers import path_to
from generator.verification.rules.imports import imported
from generator.verification.rules.leftovers import find_conflict_markers

BEGIN, MIDDLE, END = "<<<<<<< ours\n", "=======\n", ">>>>>>> theirs\n"


def subject(folder: Path) -> Subject:
    return Subject(
        name="users-api", kind="service", folder=folder, package="users-api",
        checks=LIBRARY_CHECKS, drivers=frozenset(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (BEGIN + "a\n" + MIDDLE + "b\n" + END, [1]),
        ("a\n" + BEGIN + "||||||| base\n" + MIDDLE + END + BEGIN + MIDDLE + END, [2, 6]),
        (BEGIN.replace("\n", "\r\n") + "=======\r\n" + ">>>>>>>\r\n", [1]),
        (BEGIN + BEGIN + MIDDLE + END, [2]),
        ("Title\n" + MIDDLE + "\n" + END, []),
        (BEGIN + END, []),
        ("  " + BEGIN + "  " + MIDDLE + "  " + END, []),
        ("\0" + BEGIN + MIDDLE + END, []),
        ("<<<<<<<<\n" + MIDDLE + ">>>>>>>>\n", []),
    ],
)
def test_a_conflict_is_three_markers_in_their_order(
    tmp_path: Path, text: str, lines: list[int]
) -> None:
    (tmp_path / "notes.md").write_bytes(text.encode())
    found = list(find_conflict_markers(subject(tmp_path)))
    assert found == [f"notes.md:{line}: a conflict marker" for line in lines]


def test_imports_that_may_fail_are_not_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        "import a.b, c\nfrom d.e import f\nfrom . import g\nfrom .h import i\n"
        "try:\n    import j\nexcept (ImportError, OSError):\n    import k\n"
        "try:\n    import m\nexcept ValueError:\n    pass\n"
        "def late():\n    import n\n"
    )
    assert {module for _, module in imported(path)} == {"a", "c", "d", "k", "m", "n"}


def test_a_file_that_does_not_parse_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("import a\n<<<<<<< ours\n")
    assert list(imported(tmp_path / "x.py")) == []


def test_extras_and_groups_are_declarations_of_different_weight(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["SQLAlchemy[asyncio]>=2 ; python_version > \'3\'", "a.b_c"]\n'
        '[project.optional-dependencies]\nweb = ["fastapi"]\n'
        '[dependency-groups]\ndev = ["pytest>=9", { include-group = "lint" }]\nlint = ["ruff"]\n'
    )
    declared = read_declared(subject(tmp_path))
    assert declared.runtime == {"sqlalchemy", "a-b-c", "fastapi"}
    assert declared.groups == {"pytest", "ruff"}


def test_the_way_to_a_driver_uses_an_extra_only_when_there_is_no_other() -> None:
    installed = Installed(
        stdlib=frozenset(),
        providers={},
        requires={"a": ("b",), "b": ("c",), "c": ("driver",), "driver": ()},
        optional={"a": ("driver",), "b": (), "c": (), "driver": ()},
    )
    assert path_to("driver", ["a"], installed) == ["a", "b", "c", "driver"]
    bare = Installed(
        stdlib=frozenset(), providers={}, requires={"a": (), "driver": ()},
        optional={"a": ("driver",), "driver": ()},
    )  # fmt: skip
    assert path_to("driver", ["a"], bare) == ["a", "driver"]
    assert path_to("driver", [], bare) == ["driver"]


def test_warnings_about_somebodys_code_stay_out_of_the_report(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    module = tmp_path / "odd.py"
    module.write_text('import json\nPATTERN = "\\d"\nassert PATTERN is "d"\n')
    assert list(imported(module)) == [(1, "json")]
    assert list(recwarn) == []
