"""What keeps a process from starting."""

from __future__ import annotations


class ConfigurationError(Exception):
    """The environment lacks something; the message names each variable on a line of its own."""


class CompositionError(Exception):
    """The resources of a service do not fit together: a twin, a circle or one unknown."""
