"""Validation of a synthetic county: all rules and line numbers, beside check-jsonschema with the same schemas alone."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.row import Row
from tests.bench.timed import validated
from tests.synthesis import write
from wholeschool.records.schema import schemas

SCHOOLS, TEACHERS = 350, 10_000


def measure() -> list[Row]:
    """Files per second of both, and our peak memory."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        write(tree, counties=1, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        ours = validated([], tree)
        peer_seconds, peer_files = _peer(tree)
    return [
        Row(
            f"validate {SCHOOLS} schools, {TEACHERS} teachers, per 1,000 files",
            ours.seconds * 1000 / ours.report["files"],
            peer_seconds * 1000 / peer_files,
            "s",
            "≥ 5 times check-jsonschema",
        ),
        Row("validate, peak memory", ours.memory / 1e6, None, "MB", "< 1,000 MB"),
    ]


def _peer(tree: Path) -> tuple[float, int]:
    """check-jsonschema over the same YAML files, one call for each kind (it takes one schema a call)."""
    by_kind = {
        "teachers": list(tree.glob("submissions/*/*/*/*/*/teachers.yaml")),
        "plan": list(tree.glob("submissions/*/*/*/*/*/plan.yaml")),
        "review": list(tree.glob("submissions/*/*/*/*/*/reviews/*.yaml")),
        "team": list(tree.glob("submissions/**/teams/*.yaml")),
        "unit": list(tree.glob("submissions/**/unit.yaml")),
    }
    seconds = 0.0
    for kind, files in by_kind.items():
        schema = tree / f"{kind}.json"
        schema.write_text(json.dumps(schemas()[kind].document, ensure_ascii=False), encoding="utf-8")
        command = [
            str(Path(sys.executable).with_name("check-jsonschema")),
            "--schemafile",
            str(schema),
            *map(str, files),
        ]
        start = time.perf_counter()
        # YAML typing differs (dates, leading zeros), so its verdict is not asked, only its time.
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        seconds += time.perf_counter() - start
    return seconds, sum(map(len, by_kind.values()))
