"""One version of a template repository, which rendering and updating work from."""

from dataclasses import dataclass
from pathlib import Path

QUESTIONNAIRE = "copier.yml"
# What decides how a template renders; the rest of a checkout may be dirty.
RENDERED_FROM = (QUESTIONNAIRE, "templates")


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateSource:
    """One version of the templates.

    Attributes:
        root: the git repository that holds the commit; without one, the folder of the files.
        url: what answers files record as the template's place, without credentials.
        commit: the full hash to export; empty when the files are taken as they stand.
        version: what answers files record as the template's version.
    """

    root: Path
    url: str
    commit: str
    version: str
