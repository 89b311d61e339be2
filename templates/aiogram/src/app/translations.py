"""Says everything in the language of whoever reads it; the words are in each feature's `texts.py`.

English stands in the code, other languages in `locales/<language>.po`. Those are read at start, so
there is nothing to compile and to forget. A test tells of a text that a language lacks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import GNUTranslations
from html import escape
from io import BytesIO
from pathlib import Path

from aiogram.utils.i18n import I18n
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from shared.lifecycle import Resource

LOCALES = Path(__file__).with_name("locales")
DEFAULT = "en"


class Translations(I18n):
    """All languages that there are; one of them is spoken in each task."""

    def __init__(self, path: Path = LOCALES) -> None:
        super().__init__(path=path, default_locale=DEFAULT)

    def find_locales(self) -> dict[str, GNUTranslations]:
        """Read the files of all languages."""
        return {file.stem: _read(file) for file in sorted(self.path.glob("*.po"))}

    def choose(self, language_code: str | None) -> str:
        """Return the language for what Telegram says of a person's: `de-AT` is `de`."""
        wanted = (language_code or DEFAULT).partition("-")[0].lower()
        return wanted if wanted in self.locales else DEFAULT

    @contextmanager
    def use_language(self, language: str) -> Iterator[None]:
        """Have all texts be in this language until the block ends."""
        with self.context(), self.use_locale(language):
            yield


TRANSLATIONS = Resource(provides=Translations, factory=lambda _: Translations())


def _read(file: Path) -> GNUTranslations:
    compiled = BytesIO()
    with file.open("rb") as text:
        write_mo(compiled, read_po(text, locale=file.stem, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(message: str, /, **values: object) -> str:
    """Return the message as HTML in the language that is spoken; values are escaped."""
    return _filled(Translations.get_current(no_error=False).gettext(message), values)


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """Return what is right for this number, which the message has as `{n}`."""
    text = Translations.get_current(no_error=False).gettext(one, many, n)
    return _filled(text, {"n": n, **values})


def current_language() -> str:
    """Return the language that is spoken."""
    return Translations.get_current(no_error=False).current_locale


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format(**{name: escape(str(value), quote=False) for name, value in values.items()})
