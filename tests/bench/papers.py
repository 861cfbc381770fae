"""All papers of a county and of its schools: 350 schools, 10,000 teachers, as workbooks, PDF and documents."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.row import Row
from tests.synthesis import write

SCHOOLS, TEACHERS = 350, 10_000


def measure() -> list[Row]:
    """Seconds of one `wholeschool export --all COUNTY --schools`."""
    with tempfile.TemporaryDirectory() as name:
        root, out = Path(name, "programme"), Path(name, "papers")
        write(root, counties=1, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        county = next(path.parent for path in root.glob("submissions/*/*/*/unit.yaml"))
        command = str(Path(sys.executable).with_name("wholeschool"))
        unit = str(county.relative_to(root / "submissions"))
        start = time.perf_counter()
        subprocess.run([command, "export", "--all", unit, "--schools", "--out", str(out)], cwd=root, check=True)
        seconds = time.perf_counter() - start
        files = sum(1 for each in out.rglob("*") if each.is_file())
    return [Row(f"all papers of {SCHOOLS} schools, {TEACHERS} teachers ({files} files)", seconds, None, "s", "< 300 s")]
