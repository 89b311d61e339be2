"""Makes the tests' small language available everywhere, and puts the slow tests first."""

import signal

import pytest

pytest_plugins = ["tests.support.fixtures", "shared.testing.limits"]


def pytest_configure() -> None:
    """Give what tests start the signals of the foreground, also in the background or under nohup.

    There a shell has them ignored, and so would every process below be; what is handled here
    begins there as the system has it, and ends this run no more than before.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: begun last, it would keep one core busy and the others idle."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
