"""The site of a synthetic county, beside a bare `mkdocs build` of the very same pages."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.row import Row
from tests.synthesis import write
from wholeschool.site.build import REPOSITORY

SCHOOLS, TEACHERS = 350, 10_000


def measure() -> list[Row]:
    """Seconds for the whole `wholeschool site`, and for MkDocs alone."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        write(tree, counties=1, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        start = time.perf_counter()
        subprocess.run([str(Path(sys.executable).with_name("wholeschool")), "site"], cwd=tree, check=True)
        ours = time.perf_counter() - start
        config = tree / "mkdocs.yml"
        settings = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
        for own in ("docs/overrides", "scripts/wholeschool/site/search_terms.txt"):
            settings = settings.replace(own, str(REPOSITORY / own))
        config.write_text(settings, encoding="utf-8")
        start = time.perf_counter()
        command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(config), "-d", str(tree / "peer")]
        subprocess.run(command, cwd=tree, check=True)
        peer = time.perf_counter() - start
    return [Row(f"site of {SCHOOLS} schools (check, pages, MkDocs)", ours, peer, "s", "< 2 times MkDocs alone: ≥ 0.5")]
