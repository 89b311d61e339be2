"""What is said to what nothing else answers."""

from app.translations import gettext as _


def not_understood() -> str:
    """Return what is said to a message."""
    return _("I don't understand that. /help says what I can do.")


def outdated() -> str:
    """Return what is said to a button that nothing answers any more."""
    return _("This button no longer works.")
