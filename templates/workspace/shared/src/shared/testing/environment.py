"""Gives settings an environment of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.settings import environment_names

if TYPE_CHECKING:
    import pytest
    from pydantic_settings import BaseSettings


def set_environment(
    patch: pytest.MonkeyPatch, settings: type[BaseSettings], **variables: str
) -> None:
    """Unset every variable that these settings read, then set the given ones."""
    for name in environment_names(settings):
        patch.delenv(name, raising=False)
    for name, value in variables.items():
        patch.setenv(name, value)
