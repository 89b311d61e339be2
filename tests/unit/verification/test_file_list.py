from pathlib import Path

from generator.git import run_git
from generator.verification.file_list import list_files, list_files_of


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in list_files(folder)]


def write(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")


def test_in_a_repository_new_files_count_and_ignored_ones_do_not(tmp_path: Path) -> None:
    run_git("init", "-q", cwd=tmp_path)
    write(tmp_path, "a/tracked.py", "a/gone.py")
    run_git("add", "-A", cwd=tmp_path)
    write(tmp_path, ".gitignore", "a/new.py", "a/x.log", "b/other.py")
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "a/gone.py").unlink()
    assert names(tmp_path / "a") == ["gone.py", "new.py", "tracked.py"]


def test_outside_a_repository_everything_but_noise_counts(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "x.log", ".venv/b.py", "c/__pycache__/d.pyc", ".generator/e")
    assert names(tmp_path) == ["a.py", "x.log"]


def test_of_several_folders_each_has_its_own_files_those_of_nested_repositories_too(
    tmp_path: Path,
) -> None:
    run_git("init", "-q", cwd=tmp_path)
    write(tmp_path, ".gitignore", "a/one.py", "a/b/two.py", "ab/three.py", "nested/four.py")
    (tmp_path / ".gitignore").write_text("*.log\n")
    write(tmp_path, "nested/five.log", "other/six.py")
    run_git("init", "-q", cwd=tmp_path / "nested")
    folders = [tmp_path / name for name in ("a", "ab", "nested", "missing")]
    listed = list_files_of(tmp_path, folders)
    assert {f.name: [p.name for p in listed[f]] for f in folders} == {
        "a": ["two.py", "one.py"], "ab": ["three.py"], "nested": ["five.log", "four.py"],
        "missing": [],
    }  # fmt: skip


def test_what_git_ignores_as_a_whole_is_listed_nevertheless(tmp_path: Path) -> None:
    run_git("init", "-q", cwd=tmp_path)
    write(tmp_path, ".staging/services/a/one.py")
    (tmp_path / ".gitignore").write_text(".staging\n")
    assert names(tmp_path / ".staging/services/a") == ["one.py"]
