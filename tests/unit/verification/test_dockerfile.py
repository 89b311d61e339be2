"""A Dockerfile is read as BuildKit reads it, and so is what `.dockerignore` leaves out."""

from pathlib import Path

import pytest

from generator.verification.dockerfile import BuildContext, expand, read_dockerfile

TEXT = """\
# a comment
FROM python:3.13 as build

RUN --mount=type=cache,target=/c \\
    # a comment between
    --mount=type=bind,source=a,target=b \\
    uv sync \\
      --frozen
copy --from=build a "b c" ./
CMD ["python", "-m", "app"]
"""


def test_instructions_have_their_line_flags_and_words() -> None:
    begin, run, copy, command = read_dockerfile(TEXT)
    assert (begin.line, begin.word, begin.words) == (2, "FROM", ("python:3.13", "as", "build"))
    assert run.line == 4
    assert run.words == ("uv", "sync", "--frozen")
    assert run.flags == (
        ("mount", "type=cache,target=/c"),
        ("mount", "type=bind,source=a,target=b"),
    )
    assert (copy.word, copy.flag("from"), copy.words) == ("COPY", "build", ("a", "b c", "./"))
    assert command.words == ("python", "-m", "app")


def test_variables_are_replaced_with_their_value_or_default() -> None:
    assert expand("/bin:$PATH ${A:-x} ${B}${C:-}", {"PATH": "/usr/bin", "B": "b"}) == (
        "/bin:/usr/bin x b"
    )


@pytest.mark.parametrize(
    ("patterns", "sent", "left_out"),
    [
        ("", ["a", "b/c"], []),
        ("*\n!shared", ["shared/src/x.py"], ["README.md", "other/x.py"]),
        ("*\n!shared\n**/tests", ["shared/x.py"], ["shared/tests/test_x.py"]),
        ("**/*.py[cod]", ["a.py"], []),
        ("/docs/", ["x/docs/a"], ["docs/a"]),
        ("*.md\n!README.md\n# no rule", ["README.md", "a/b.md"], ["b.md"]),
        ("?.txt", ["ab.txt"], ["a.txt"]),
    ],
)
def test_the_last_pattern_that_fits_decides(
    patterns: str, sent: list[str], left_out: list[str], tmp_path: Path
) -> None:
    context = BuildContext(tmp_path, patterns.splitlines())
    assert [name for name in sent if not context.sends(tmp_path / name)] == []
    assert [name for name in left_out if context.sends(tmp_path / name)] == []
