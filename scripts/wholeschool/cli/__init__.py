"""The command line: verbs that parse, call and exit. 0 nothing wrong, 1 findings, 2 wrong usage or unreadable."""

from wholeschool.cli.main import main

__all__ = ["main"]
