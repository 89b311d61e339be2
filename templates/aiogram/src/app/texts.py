"""What the bot says whatever it was asked."""

from app.translations import gettext as _


def failed(request_id: str) -> str:
    """Return what is said when something is broken."""
    return _(
        "Something went wrong. Whoever runs this bot finds it as {request_id}.",
        request_id=request_id,
    )


def unavailable() -> str:
    """Return what is said while something that is needed is away."""
    return _("That does not work at the moment. Please try again in a minute.")


def too_fast(seconds: int) -> str:
    """Return what is said to whoever asks too often."""
    return _(
        "That was a lot at once. I read on in {seconds} seconds; please send it again then.",
        seconds=seconds,
    )


def deactivated() -> str:
    """Return what is said to somebody whose account was ended."""
    return _("Your account is deactivated.")
