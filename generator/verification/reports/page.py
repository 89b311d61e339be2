"""A report as one HTML file that needs nothing else and no network."""

import json
import re
from pathlib import Path

from generator.verification.model import Report
from generator.verification.reports.document import report_document

_TEMPLATE = Path(__file__).with_name("report.html")
_PLACES = re.compile("@(REPORT|PICTURE)@")


def html_page(report: Report, picture: str = "") -> str:
    """The page: the report as data in it, shown by a script that only ever sets text.

    Args:
        report: what was verified.
        picture: an SVG of the workspace to stand in it, in which every text is escaped; none
            where it is empty.
    """
    data = json.dumps(report_document(report), ensure_ascii=True)
    # Inside <script> only these could end the element or begin a comment.
    for character in "<>&":
        data = data.replace(character, f"\\u{ord(character):04x}")
    texts = {"REPORT": data, "PICTURE": picture}
    # In one pass: what a check printed may look like a place.
    template = _TEMPLATE.read_text(encoding="utf-8")
    return _PLACES.sub(lambda place: texts[place[1]], template)
