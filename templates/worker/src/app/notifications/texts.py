"""What a notification is, and everything that users are told, in one place."""

from uuid import UUID

from pydantic import BaseModel, Field


class Notification(BaseModel):
    """Something that a user is to be told; the same `id` is the same notification."""

    id: str
    kind: str
    user_id: UUID | None
    email: str
    subject: str
    text: str = Field(repr=False)


# Subject and text of each kind; a proof is a link, or what is to be typed in.
TEXTS: dict[str, tuple[str, str]] = {
    "welcome": ("Welcome", "Hello {name}, your account is ready."),
    "changed": ("Your account was changed", "Hello {name}, your account was changed."),
    "deactivated": ("Your account", "Hello {name}, your account is no longer active."),
    "reactivated": ("Your account", "Hello {name}, your account is active again."),
    "confirm-registration": (
        "Please confirm your address",
        "Somebody registered with this address. If it was you, confirm it: {proof}",
    ),
    "already-registered": (
        "You have an account",
        "Hello {name}, somebody registered with your address. If it was you, just log in.",
    ),
    "reset-password": (
        "Reset your password",
        "Hello {name}, if you asked for it, choose a new password with: {proof}",
    ),
    "confirm-address": (
        "Please confirm your new address",
        "Hello {name}, this address becomes the one of your account with: {proof}",
    ),
    "address-changed": (
        "Your address was changed",
        "Hello {name}, your account has another address now. If that was not you, tell us.",
    ),
    "password-changed": (
        "Your password was changed",
        "Hello {name}, your password was changed. If that was not you, have it reset.",
    ),
}


def to_words(kind: str, *, name: str, proof: str = "") -> tuple[str, str]:
    """Return subject and text for somebody, whose name may be unknown.

    Raises LookupError for a kind that a later version has: another attempt may meet that one.
    """
    if kind not in TEXTS:
        message = f"there are no words of the kind {kind}"
        raise LookupError(message)
    subject, text = TEXTS[kind]
    return subject, text.format(name=name, proof=proof).replace("Hello ,", "Hello,")
