"""The report: one self-contained page about one studied cell, to read on a screen or to print and pin up."""

from __future__ import annotations

from alloycell.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
