"""The rules about greetings; they know nothing of messages."""

from app.errors import RefusedError


def greeting_for(name: str) -> str:
    """Return the words for this name. Raises `RefusedError` for one that says nothing."""
    if not name.strip():
        raise RefusedError("Nobody is called that.")
    return f"Hello, {name.strip()}!"
