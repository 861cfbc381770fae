"""A province's overview from its counties' open data: 16 cities, 104 counties, 20,000 schools."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from tests.bench.row import Row
from tests.synthesis import write

CITIES, COUNTIES, SCHOOLS = 16, 104, 20_000


def measure() -> list[Row]:
    """Seconds and memory of one `wholeschool site --from-exports`."""
    with tempfile.TemporaryDirectory() as name:
        root, exports = Path(name, "programme"), Path(name, "exports")
        write(root, counties=1, schools=1, teachers=10, seed=1)  # for the programme's own files
        table = list(
            csv.DictReader((root / "submissions/guidance/anhui-2.0/microabilities.csv").open(encoding="utf-8"))
        )
        for county in range(COUNTIES):
            folder = exports / str(county)
            folder.mkdir(parents=True)
            (folder / "figures-2026.json").write_text(json.dumps(_export(county)), encoding="utf-8")
            if county % 3:  # who hides who passed shows nothing of it
                (folder / "abilities-2026.json").write_text(json.dumps(_abilities(county, table)), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("wholeschool")), "site", "--from-exports", str(exports)]
        start = time.perf_counter()
        process = psutil.Popen([*command, "--out", str(Path(name, "site"))], cwd=root)
        peak = 0
        while process.poll() is None:
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        assert process.wait() == 0
    return [
        Row(f"overview of {COUNTIES} counties, {SCHOOLS:,} schools", seconds, None, "s", "< 60 s"),
        Row("the same, peak memory", peak / 1e6, None, "MB", "< 1000 MB"),
    ]


def _abilities(county: int, table: list[dict[str, str]]) -> dict[str, object]:
    """The rows of every microability, of every dimension in every environment, and of both by themselves."""
    unit = f"anhui/city{county % CITIES}/county{county}"
    names = Counter(
        name
        for each in table
        for way, where in ((each["dimension"], each["environment"]),)
        for name in ((way, "", ""), ("", where, ""), (way, where, ""), (way, where, each["code"]))
    )
    head = {"unit": unit, "year": 2026}
    rows = [
        head | {"dimension": way, "environment": where, "code": code, "chosen": 900 * codes, "passed": 800 * codes}
        for (way, where, code), codes in names.items()
    ]
    return {"schema": "abilities.schema.json", "version": 1, "minimum_cell": 3, "abilities": rows}


def _export(county: int) -> dict[str, object]:
    """What a county of about 192 schools publishes; one school in ten hides its count, and the county with it."""
    city = f"anhui/city{county % CITIES}"
    path = f"{city}/county{county}"
    first, end = county * SCHOOLS // COUNTIES, (county + 1) * SCHOOLS // COUNTIES
    schools = [
        _row(f"{path}/school{each}", f"示例学校{each}", "校", 1, 28, None if each % 10 == 0 else 25, 1 + each % 5)
        for each in range(first, end)
    ]
    above = [
        _row("anhui", "安徽省", "省", len(schools), 0, 0, None),
        _row(city, f"示例市{county % CITIES}", "市", len(schools), 0, 0, None),
    ]
    own = _row(
        path,
        f"示例县{county}",
        "县",
        len(schools),
        28 * len(schools),
        None if county % 3 == 0 else 25 * len(schools),
        None,
    )
    head = {"schema": "figures.schema.json", "version": 1, "site": f"https://county{county}.example.org/"}
    return head | {"minimum_cell": 3, "figures": [*above, own, *schools]}


def _row(
    path: str, name: str, level: str, schools: int, due: int, passed: int | None, step: int | None
) -> dict[str, object]:
    above = level in ("省", "市")
    counts = {
        "exempt": 0,
        "chosen": due,
        "trained": due,
        "passed": passed,
        "accepted": 0 if above else passed,
        "accepted_complete": above or passed is not None,
    }
    head = {"unit": path, "name": name, "level": level, "demo": True, "year": 2026, "schools": schools}
    return {**head, "recognised": schools, "due": due, **counts, "step": step}
