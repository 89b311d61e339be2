"""What /start says."""

from app.translations import gettext as _


def welcome(name: str) -> str:
    """Return what is said to somebody new."""
    return _("Welcome, <b>{name}</b>! /help says what I can do.", name=name)


def welcome_back(name: str) -> str:
    """Return what is said to somebody known."""
    return _("Good to see you again, <b>{name}</b>. /help says what I can do.", name=name)


def came_by(link: str) -> str:
    """Return what is said to somebody who first came by a link."""
    return _("You came by the link <code>{link}</code>.", link=link)


def summary() -> str:
    """Return what /start is for."""
    return _("begin")
