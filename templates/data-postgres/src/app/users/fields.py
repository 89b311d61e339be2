"""Types of a user's fields."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, StringConstraints

from app.fields import MAX_SAFE_INTEGER, WHOLE

# The pattern of HTML's <input type=email>: ASCII, so that upper and lower case have one meaning.
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_EMAIL = rf"^{_LOCAL}@{_LABEL}(?:\.{_LABEL})*$"
# What password libraries write ($argon2id$v=19$…, $2b$12$…): a bare password sent here is refused.
_HASH = r"^\$[a-z0-9-]{1,32}\$[!-~]{16,}$"

Email = Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL), AfterValidator(str.lower)]
TelegramId = Annotated[int, Strict(), Field(ge=1, le=MAX_SAFE_INTEGER), WHOLE]
PasswordHash = Annotated[str, StringConstraints(max_length=512, pattern=_HASH)]
Role = Literal["user", "admin"]
