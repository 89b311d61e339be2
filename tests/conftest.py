"""Makes the tests' small language available everywhere."""

pytest_plugins = ["tests.support.fixtures"]
