"""What the sample says."""

from app.translations import gettext as _


def hello(name: str) -> str:
    """Return a greeting."""
    return _("Hello, <b>{name}</b>!", name=name)


def summary() -> str:
    """Return what /start is for."""
    return _("begin")
