"""A plugin for pytest: no test run lasts for ever, and part of a suite need not cover everything.

`timeout` in the settings fails a test that takes too long. Should the end of its fixtures hang
after that, `faulthandler_timeout` ends the run. What hangs when all tests are over (a thread that
goes on, something that is to be done at exit) is ended from here. Both say where each thread was.

`fail_under` is what the whole suite has to cover; some of the tests have only a report.
"""

from __future__ import annotations

import faulthandler
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

EXIT_SECONDS = 30.0


def pytest_collection_finish(session: pytest.Session) -> None:
    """Ask for no coverage where only some of the tests are run."""
    config, coverage = session.config, session.config.pluginmanager.get_plugin("_cov")
    paths, words = config.args_source is config.ArgsSource.ARGS, config.option.keyword
    if coverage is not None and (paths or words):
        coverage.options.cov_fail_under = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the interpreter some seconds to end."""
    if hasattr(config, "workerinput"):
        # One of several that share a run (pytest-xdist): it ends when the run does.
        return
    stderr = sys.__stderr__ or sys.stderr
    faulthandler.dump_traceback_later(EXIT_SECONDS, exit=True, file=stderr)
