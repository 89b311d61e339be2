"""What the dialogue about one's profile says."""

from app.translations import gettext as _
from app.translations import ngettext


def profile(name: str) -> str:
    """Return what is known of somebody."""
    return _("Your name here is <b>{name}</b>.", name=name)


def change_name() -> str:
    """Return what stands on the button."""
    return _("Change my name")


def ask_name() -> str:
    """Return the question."""
    return _("What shall I call you? /cancel leaves it as it is.")


def name_is_empty() -> str:
    """Return what is said to a name that nobody could see."""
    return _("That is no name I could show. Please send another one.")


def name_is_too_long(limit: int) -> str:
    """Return what is said to a name that is too long."""
    return ngettext(
        "A name has no more than {n} character. Please send a shorter one.",
        "A name has no more than {n} characters. Please send a shorter one.",
        limit,
    )


def only_text() -> str:
    """Return what is said to a picture in place of a name."""
    return _("Please send your name as a text, or /cancel.")


def renamed(name: str) -> str:
    """Return what is said when it is done."""
    return _("From now on you are <b>{name}</b>.", name=name)


def summary() -> str:
    """Return what /profile is for."""
    return _("what I know of you, and your name")
