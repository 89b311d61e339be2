"""What the command cannot read is never taken for as agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing.contract.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_cannot_be_read_is_never_as_agreed(
    openapi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, odd, none = (tmp_path / name for name in ("empty", "odd", "none"))
    empty.touch()
    odd.write_text("{}\n")

    for calls, document in ((empty, openapi), (odd, openapi), (none, openapi), (empty, odd)):
        assert main(str(calls), str(document)) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err
