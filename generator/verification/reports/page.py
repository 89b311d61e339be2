"""A report as one HTML file that needs nothing else and no network."""

import json
from pathlib import Path

from generator.verification.model import Report
from generator.verification.reports.document import report_document

_TEMPLATE = Path(__file__).with_name("report.html")
_PLACE = "@REPORT@"


def html_page(report: Report) -> str:
    """The page: the report as data in it, shown by a script that only ever sets text."""
    data = json.dumps(report_document(report), ensure_ascii=True)
    # Inside <script> only these could end the element or begin a comment.
    for character in "<>&":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return _TEMPLATE.read_text(encoding="utf-8").replace(_PLACE, data)
