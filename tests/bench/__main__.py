"""`make bench`: our speed beside the peers', measured in the same run on the same machine.

Machines are noisy and differ; the ratios are what counts. `python -m tests.bench validation site` runs only those.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from tests.bench import (
    certificates,
    change,
    draws,
    form,
    history,
    overview,
    papers,
    reading,
    site,
    validation,
    workbooks,
)
from tests.bench.row import Row
from wholeschool.records.cache import VARIABLE

_PARTS: dict[str, Callable[[], list[Row]]] = {
    "validation": validation.measure,
    "certificates": certificates.measure,
    "site": site.measure,
    "form": form.measure,
    "history": history.measure,
    "reading": reading.measure,
    "change": change.measure,
    "workbooks": workbooks.measure,
    "papers": papers.measure,
    "overview": overview.measure,
    "draws": draws.measure,
}


def main(names: list[str]) -> None:
    """Run the parts named, or all, and print one table."""
    os.environ[VARIABLE] = ""  # nothing kept from a run before; what measures the cache says so itself
    console = Console(width=130)
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    table = Table("measured", "ours", "peer", "peer ÷ ours", "target")
    for column in table.columns[1:4]:
        column.justify = "right"
    for name in names or _PARTS:
        console.print(f"measuring {name} …")
        for row in _PARTS[name]():
            peer = "" if row.peer is None else f"{row.peer:,.2f} {row.unit}"
            ratio = "" if row.peer is None else f"{row.peer / row.ours:.2f}"
            table.add_row(row.what, f"{row.ours:,.2f} {row.unit}", peer, ratio, row.target)
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
