"""Evidence as pages for people and files for machines. jinja2 is imported when a page is made, not before."""

from pytest_agentsafety.report.build import build_report
from pytest_agentsafety.report.data import CaseView, ReportData
from pytest_agentsafety.report.sarif import sarif_log
from pytest_agentsafety.report.summary import summary_markdown
from pytest_agentsafety.report.write import write_report

__all__ = ["CaseView", "ReportData", "build_report", "sarif_log", "summary_markdown", "write_report"]
