"""Turns the environment into one typed object and says plainly what is missing."""

from shared.settings.base import ServiceSettings
from shared.settings.lists import CommaList, CommaMap, SecretMap
from shared.settings.loading import (
    environment_names,
    exit_on_configuration_error,
    load_settings,
)

__all__ = [
    "CommaList",
    "CommaMap",
    "SecretMap",
    "ServiceSettings",
    "environment_names",
    "exit_on_configuration_error",
    "load_settings",
]
