"""Writes a report down for machines and for people: a document, JUnit XML, a page."""

from generator.verification.reports.document import report_document
from generator.verification.reports.junit import junit_xml
from generator.verification.reports.page import html_page

__all__ = ["html_page", "junit_xml", "report_document"]
