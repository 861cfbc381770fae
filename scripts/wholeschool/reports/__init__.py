"""Findings as people and machines read them. Reporters differ only in drawing; they are looked up by name."""

from wholeschool.reports.report import Report, reporters

__all__ = ["Report", "reporters"]
