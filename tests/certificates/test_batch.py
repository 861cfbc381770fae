"""Whole programmes: what changed is made, what failed is told, and nothing else is touched."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pikepdf
import pytest

from tests.bench.certificates import entries
from wholeschool.certificates import batch
from wholeschool.certificates.batch import render_all
from wholeschool.certificates.typeset import Design, Typesetter
from wholeschool.cli.workspace import check_root
from wholeschool.errors import BuildError
from wholeschool.lock import held
from wholeschool.programme import Programme
from wholeschool.records.structs import CertificateEntry

HEADER = ",".join(field.encode_name for field in msgspec.structs.fields(CertificateEntry))
COUNTY = "anhui/shili/mingyuan"
SCHOOL = "3499010001"


def programme(root: Path, rows: list[CertificateEntry]) -> Programme:
    """One county with nothing but its ledger."""
    submissions = root / "submissions"
    for path, level in (("anhui", "省"), ("anhui/shili", "市"), (COUNTY, "县")):
        folder = submissions / path
        folder.mkdir(parents=True, exist_ok=True)
        code = {"省": "340000", "市": "349900", "县": "349901"}[level]
        authority = "authority: 明远县教育局\n" if level == "县" else f"authority: {path}教育厅局\n"
        text = f"name: 示例{level}\ncode: '{code}'\nlevel: {level}\n{authority}demo: true\n"
        (folder / "unit.yaml").write_text(text, encoding="utf-8")
    ledger = submissions / COUNTY / "2026" / "certificates.csv"
    ledger.parent.mkdir(exist_ok=True)
    cells = [["" if cell is None else str(cell) for cell in msgspec.structs.astuple(row)] for row in rows]
    ledger.write_text("\n".join([HEADER, *(",".join(row) for row in cells), ""]), encoding="utf-8")
    return check_root(root).programme


def folder(out: Path, school: str = SCHOOL) -> Path:
    return out / COUNTY / "2026" / school


def contents(out: Path) -> dict[str, bytes]:
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*.pdf"))}


def test_two_ways_to_the_same_ledger_end_in_the_same_bytes(tmp_path: Path) -> None:
    """Made row by row over three runs, or all at once in other processes."""
    rows = entries(5)
    rows[3:] = [msgspec.structs.replace(row, school_code="3499010002", school="明远县青山小学") for row in rows[3:]]
    for count in (1, 4, 5):
        render_all(programme(tmp_path, rows[:count]), tmp_path / "slowly")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        made = render_all(programme(tmp_path, rows), tmp_path / "at-once", executor=pool)
    assert made == batch.Rendered(5, 0)
    assert len(contents(tmp_path / "at-once")) == 7
    assert contents(tmp_path / "slowly") == contents(tmp_path / "at-once")
    school = folder(tmp_path / "at-once")
    with ZipFile(school / f"{school.name}.zip") as packed:
        assert set(packed.namelist()) == {row.number + ".pdf" for row in rows[:3]}
        assert all(packed.read(name) == (school / name).read_bytes() for name in packed.namelist())
    assert (school / f"{school.name}.zip").read_bytes() == (
        folder(tmp_path / "slowly") / f"{school.name}.zip"
    ).read_bytes()


def test_only_schools_with_new_rows_are_made_again(tmp_path: Path) -> None:
    rows = entries(3)
    rows[2] = msgspec.structs.replace(rows[2], school_code="3499010002")
    out = tmp_path / "out"
    render_all(programme(tmp_path, rows[1:]), out)
    untouched = {file: file.stat().st_mtime_ns for file in folder(out, "3499010002").iterdir()}
    assert render_all(programme(tmp_path, rows), out) == batch.Rendered(3, 1)
    assert {file: file.stat().st_mtime_ns for file in folder(out, "3499010002").iterdir()} == untouched
    with pikepdf.open(folder(out) / batch.PRINT_FILE) as pdf:
        assert len(pdf.pages) == 2


def test_one_that_cannot_be_drawn_is_told_and_the_others_are_made(tmp_path: Path) -> None:
    rows = entries(3)
    rows[1] = msgspec.structs.replace(rows[1], name="张ཀ")
    out = tmp_path / "out"
    made = render_all(programme(tmp_path, rows), out)
    assert made.certificates == 2
    assert len(made.failures) == 1
    assert rows[1].number in made.failures[0]
    assert "“ཀ”（U+0F40）" in made.failures[0]
    assert {file.stem for file in folder(out).glob("2026*.pdf")} == {rows[0].number, rows[2].number}
    with pikepdf.open(folder(out) / batch.PRINT_FILE) as pdf:
        assert len(pdf.pages) == 2
    assert render_all(programme(tmp_path, rows), out).failures == made.failures, "told until it is put right"
    assert render_all(programme(tmp_path, entries(3)), out) == batch.Rendered(3, 0)


def test_a_school_of_failures_leaves_no_empty_print_file(tmp_path: Path) -> None:
    rows = [msgspec.structs.replace(row, basis="依" * 200) for row in entries(2)]
    out = tmp_path / "out"
    made = render_all(programme(tmp_path, rows), out)
    assert (made.certificates, len(made.failures)) == (0, 2)
    assert contents(out) == {}


def test_what_is_no_longer_in_a_ledger_goes_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    rows = entries(2)
    rows[1] = msgspec.structs.replace(rows[1], school_code="3499010002")
    out = tmp_path / "out"
    render_all(programme(tmp_path, rows), out)
    theirs = out / COUNTY / "2026" / "扫描件" / "盖章.pdf"
    theirs.parent.mkdir()
    theirs.write_bytes(b"scan")
    left = out / COUNTY / "2026" / ".3499010001-abcd_123"  # as a killed run leaves it
    left.mkdir()
    (left / "half.pdf").write_bytes(b"%PDF")
    render_all(programme(tmp_path, rows[:1]), out)
    assert not folder(out, "3499010002").exists()
    assert folder(out).exists()
    assert theirs.exists()
    assert not left.exists()


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    known = programme(tmp_path, entries(1))
    out = tmp_path / "out"
    with held(out / ".lock", "held"), pytest.raises(BuildError, match="另一个程序"):
        render_all(known, out)
    assert render_all(known, out).certificates == 1


def test_a_worker_that_dies_is_a_sentence_and_the_next_run_goes_on(tmp_path: Path) -> None:
    known = programme(tmp_path, entries(2))
    out = tmp_path / "out"
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=os._exit, initargs=(9,)) as pool,
        pytest.raises(BuildError, match="内存不够"),
    ):
        render_all(known, out, executor=pool)
    assert contents(out) == {}
    assert render_all(known, out).certificates == 2


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    known = programme(tmp_path, entries(1))
    blocked = tmp_path / "out"
    (blocked / "anhui").mkdir(parents=True)
    (blocked / "anhui" / "shili").write_text("a file where a folder should be")
    with pytest.raises(BuildError, match="写不下证书"):
        render_all(known, blocked)
    with pytest.raises(BuildError, match="写不下证书"):
        render_all(known, blocked / "anhui" / "shili")


def test_an_accident_with_one_certificate_stays_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = entries(3)
    whole = Typesetter.pdf

    def sometimes(self: Typesetter, wanted: list[CertificateEntry]) -> bytes:
        if wanted == [rows[1]]:
            raise ZeroDivisionError("unforeseen")
        return whole(self, wanted)

    monkeypatch.setattr(Typesetter, "pdf", sometimes)
    made = batch.render_school(batch.School(str(tmp_path / "school"), "key", tuple(rows), Design()))
    assert made.certificates == 2
    assert rows[1].number in made.failures[0]
