"""Makes the tests' small language available everywhere, and puts the slow tests first."""

import pytest

pytest_plugins = ["tests.support.fixtures", "shared.testing.limits"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: begun last, it would keep one core busy and the others idle."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
