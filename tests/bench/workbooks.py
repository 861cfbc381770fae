"""Importing a county's rosters from Excel: 350 workbooks, 10,000 teachers, each changed, judged with the county."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from openpyxl import load_workbook

from tests.bench.row import Row
from tests.papers.workbooks import filled
from tests.synthesis import write
from wholeschool.records.kinds import ROOT
from wholeschool.sources import WorkingTree

SCHOOLS, TEACHERS = 350, 10_000


def measure() -> list[Row]:
    """Seconds of one `wholeschool import FOLDER`, from a clean start."""
    with tempfile.TemporaryDirectory() as name:
        root, folder = Path(name, "programme"), Path(name, "workbooks")
        folder.mkdir()
        write(root, counties=1, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        tree = WorkingTree(root)
        rosters = [entry.path for entry in tree.entries(ROOT) if entry.path.endswith("/teachers.yaml")]
        for number, path in enumerate(rosters):
            (folder / f"{number}.xlsx").write_bytes(_worked_on(filled(tree, path)))
        command = [str(Path(sys.executable).with_name("wholeschool")), "import", str(folder)]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        assert f"写入了 {len(rosters)} 个文件" in done.stdout, done.stdout[-2000:] + done.stderr
    return [Row(f"import {len(rosters)} workbooks, {TEACHERS} teachers", seconds, None, "s", "< 60 s")]


def _worked_on(data: bytes) -> bytes:
    """The workbook with a new goal for its first teacher."""
    book = load_workbook(io.BytesIO(data))
    sheet = book["教师"]
    column = next(cell.column for cell in sheet[1] if cell.value == "个人提升目标")
    sheet.cell(2, int(column or 1)).value = "每周有一节课让学生当堂改一次自己的想法。"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
