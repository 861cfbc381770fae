"""`certificates issue --dry-run` says exactly what `issue` writes then, in this round and in the next of its cycle."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base
from tests.soak import examples
from wholeschool.cli.main import cli
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.csv_text import appended

COUNTY = "anhui/shili/mingyuan"
FOLDER = f"submissions/{COUNTY}/"
SCHOOL, SETTINGS = f"{FOLDER}wenhua-xiaoxue/", "submissions/programme.yaml"
LEVELS = st.sampled_from(["优秀", "合格", "不合格"])
# What the county has checked stays as it was found.
OPEN = ("B9", "B10")


def records(levels: Mapping[int, tuple[str, ...]], *, gathers: bool, registered: frozenset[int]) -> Mapping[str, bytes]:
    """Two rounds of the same school with those levels; the second belongs to a cycle with the first, or does not."""
    files = {path: data for path, data in base().files.items() if not path.endswith("certificates.csv")}
    files |= {
        path.replace("/2026/", "/2025/").replace("2026-06-12", "2025-06-12"): data.replace(
            b"2026-0", b"2025-0"
        ).replace("〔2026〕".encode(), "〔2025〕".encode())
        for path, data in files.items()
        if path.startswith(FOLDER) and "/2026/" in path
    }
    # The demonstration key signs for demonstration units.
    files["submissions/keys.yaml"] = (Path(__file__).parents[2] / "submissions/keys.yaml").read_bytes()
    said = "    cycle: 2025\npublication:" if gathers else "publication:"
    earlier = "rounds:\n  - {year: 2025, starts: 2025-01-01, ends: 2025-12-31}\n"
    text = files[SETTINGS].decode().replace("rounds:\n", earlier).replace("publication:", said)
    files[SETTINGS] = text.encode()
    for year, found in levels.items():
        path = f"{SCHOOL}{year}/reviews/{year}-06-12.yaml"
        text = files[path].decode()
        for code, level in zip(OPEN, found, strict=True):
            text = re.sub(f"(microability: {code}\n    level: )\\S+", rf"\g<1>{level}", text, count=1)
        files[path] = text.encode()
    for year in sorted(registered):
        programme = assemble(load(MemoryTree(files)))
        school = programme.school_year(programme.units[SCHOOL.removeprefix("submissions/").rstrip("/")], year)
        files[f"{FOLDER}{year}/register.csv"] = appended(None, list(due_rows(programme, school, f"{year}-07-01")))
    return files


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["certificates", "issue", COUNTY, *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def ledger(root: Path, year: int) -> list[dict[str, str]]:
    path = root / f"{FOLDER}{year}/certificates.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []


@settings(max_examples=examples(8), deadline=None)
@given(
    st.fixed_dictionaries({2025: st.tuples(LEVELS, LEVELS), 2026: st.tuples(LEVELS, LEVELS)}),
    st.booleans(),
    st.sets(st.sampled_from([2025, 2026])).map(frozenset),
    st.permutations([2025, 2026]),
)
@example({2025: ("优秀", "不合格"), 2026: ("不合格", "合格")}, True, frozenset({2025}), [2025, 2026])
@example({2025: ("优秀", "不合格"), 2026: ("不合格", "合格")}, True, frozenset({2025, 2026}), [2026, 2025])
@pytest.mark.soak
def test_what_is_foretold_is_what_is_written(
    levels: Mapping[int, tuple[str, ...]], gathers: bool, registered: frozenset[int], order: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        root = Path(folder)
        for path, data in records(levels, gathers=gathers, registered=registered).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        for year in order:
            foretold = run("--year", str(year), "--dry-run", "--date", "2026-11-20")
            assert ledger(root, year) == []
            run("--year", str(year), "--date", "2026-11-20")
            written = [row["number"] for row in ledger(root, year)]
            assert sorted(re.findall("可发 ([0-9A-Z]{24})", foretold)) == sorted(written)
            again = run("--year", str(year), "--dry-run")
            assert "可发" not in again.replace("年可发 0 张", "")
            assert sorted(re.findall("已发 ([0-9A-Z]{24})", again)) == sorted(written)
            # Everybody else is told why.
            assert not re.search("不发：$", foretold, re.MULTILINE)
        rows = [(row["teacher"], row["microability"]) for year in order for row in ledger(root, year)]
        assert len(rows) == len(set(rows))
        first, later = order
        for row in ledger(root, first):
            said = run("--year", str(later), "--dry-run")
            assert f"{row['teacher']}  {row['microability']:<4}不发：已有 {first} 年的证书 {row['number']}" in said
