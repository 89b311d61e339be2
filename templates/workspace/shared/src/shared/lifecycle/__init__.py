"""Opens the resources of a service in dependency order and closes them in reverse."""

from shared.lifecycle.container import OK, Lifecycle
from shared.lifecycle.resources import Resource, Resources

__all__ = ["OK", "Lifecycle", "Resource", "Resources"]
