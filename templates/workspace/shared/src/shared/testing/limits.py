"""A plugin for pytest: no test run lasts for ever, whatever hangs.

`timeout` in the settings fails a test that takes too long. Should the end of its fixtures hang
after that, `faulthandler_timeout` ends the run. What hangs when all tests are over (a thread that
goes on, something that is to be done at exit) is ended from here. Both say where each thread was.
"""

from __future__ import annotations

import faulthandler
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

EXIT_SECONDS = 30.0


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the interpreter some seconds to end."""
    if hasattr(config, "workerinput"):
        # One of several that share a run (pytest-xdist): it ends when the run does.
        return
    stderr = sys.__stderr__ or sys.stderr
    faulthandler.dump_traceback_later(EXIT_SECONDS, exit=True, file=stderr)
