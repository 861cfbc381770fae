"""Two rounds that are one cycle: 12 credits in the first, 8 in the second, and every microability certified once."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import load_workbook

from tests.certificates.test_dry_run import records
from tests.scenarios.county import Repository

COUNTY, SCHOOL = "anhui/shili/mingyuan", "anhui/shili/mingyuan/wenhua-xiaoxue"
SETTINGS = "submissions/programme.yaml"
ZHOU = "34990100010001"
OF_THE_SCHOOL = ("teachers.yaml", "evidence.yaml", "groups/quanxiao.yaml", "reviews/2026-06-12.yaml")
OF_THE_COUNTY = ("acceptance", "spot-checks")


class Cycle(Repository):
    """The county with its first round recognised; what belongs to the second is handed in piece by piece."""

    def __init__(self, folder: Path) -> None:
        # A1 and B9 are passed in 2025, B10 is not: 12 credits.
        files = records({2025: ("合格", "不合格"), 2026: ("合格", "合格")}, gathers=False, registered=frozenset({2025}))
        first, self.drawer = folder / "first", folder / "drawer"
        for path, data in files.items():
            (first / path).parent.mkdir(parents=True, exist_ok=True)
            (first / path).write_bytes(data)
        self._only_b10(first / "submissions" / SCHOOL / "2026", first / "submissions" / COUNTY / "2026")
        for unit, names in ((SCHOOL, OF_THE_SCHOOL), (COUNTY, OF_THE_COUNTY)):
            for name in names:
                (self.drawer / unit / "2026" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(first / "submissions" / unit / "2026" / name, self.drawer / unit / "2026" / name)
        super().__init__(folder, first, "mingyuan", "wenhua-xiaoxue")

    def _only_b10(self, school: Path, county: Path) -> None:
        """In 2026 the teacher chooses the one that is left, 8 credits, and trains a little more."""

        def rest(each: Mapping[str, Any]) -> bool:
            return str(each.get("teacher")) != ZHOU or each.get("microability") == "B10"

        roster = _read(school / "teachers.yaml")
        zhou = roster["teachers"][0] | {"choices": ["B10"], "hours": {"online": 5, "practice": 4}}
        zhou["task_sheet"] = [each for each in zhou["task_sheet"] if each["microability"] == "B10"]
        _write(school / "teachers.yaml", roster | {"teachers": [zhou, *roster["teachers"][1:]]})
        group = _read(school / "groups/quanxiao.yaml")
        group["consultation"]["points"][0]["microabilities"] = ["B10"]
        _write(school / "groups/quanxiao.yaml", group)
        for path, name in (
            (school / "evidence.yaml", "submissions"),
            (school / "reviews/2026-06-12.yaml", "results"),
            (next((county / "spot-checks").glob("*.yaml")), "items"),
        ):
            record = _read(path)
            _write(path, record | {name: [each for each in record[name] if rest(each)]})
        acceptance = _read(county / "acceptance/1.yaml")
        del acceptance["acceptances"][0]["recognition"]
        _write(county / "acceptance/1.yaml", acceptance)

    def hand_in(self, unit: str, names: tuple[str, ...]) -> None:
        """Put a unit's papers of 2026 in their place."""
        for name in names:
            source, target = self.drawer / unit / "2026" / name, self.work / "submissions" / unit / "2026" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)

    def ledger(self, year: int) -> list[dict[str, str]]:
        """The rows of the county's ledger of a round."""
        path = self.work / "submissions" / COUNTY / f"{year}/certificates.csv"
        return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []


def _read(path: Path) -> Any:
    return msgspec.yaml.decode(path.read_bytes())


def _write(path: Path, value: Any) -> None:
    path.write_bytes(msgspec.yaml.encode(value))


@pytest.fixture
def county(tmp_path: Path) -> Cycle:
    return Cycle(tmp_path)


def said(county: Cycle, *arguments: str) -> str:
    done = county.run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_twelve_credits_and_eight_are_twenty(county: Cycle) -> None:
    # The first round by itself: nobody has 20 credits, nothing is certified.
    first = said(county, "certificates", "issue", COUNTY, "--year", "2025", "--dry-run")
    assert "合计 12 学分，不到 20 学分" in first
    assert "可发 0 张" in first
    # In the second the school hands in 8 credits: refused, as long as every round stands alone.
    county.hand_in(SCHOOL, OF_THE_SCHOOL)
    pushed = county.push("school")
    assert not pushed.accepted
    assert "所选 B10 合计 8 学分，还差 12 学分" in pushed.said
    assert "已经评审，但网络研修 5 学时，少 25 学时" in pushed.said
    # The keeper says that the two are one cycle. Now the same papers are accepted.
    county.edit(SETTINGS, "    ends: 2026-12-31\n", "    ends: 2026-12-31\n    cycle: 2025\n")
    assert county.push("keeper").accepted
    county.hand_in(SCHOOL, OF_THE_SCHOOL)
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert county.is_sound()
    # The county checks, accepts and recognises. Its register says only what this round gave.
    county.hand_in(COUNTY, OF_THE_COUNTY)
    said(county, "recognise", COUNTY, "--year", "2026", "--document", "明教〔2026〕18号", "--date", "2026-07-01")
    register = (county.work / "submissions" / COUNTY / "2026/register.csv").read_text("utf-8")
    row = next(each for each in csv.DictReader(register.splitlines()) if each["teacher"] == ZHOU)
    assert (row["online"], row["practice"], row["excellent"] + row["passed"]) == ("5", "4", "B10")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    # All three are certified now, in the second round, each once.
    foretold = said(county, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-11-20", "--dry-run")
    said(county, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-11-20")
    written = {each["microability"]: each["number"] for each in county.ledger(2026)}
    assert sorted(written) == ["A1", "B10", "B9"]
    assert all(f"可发 {number}" in foretold for number in written.values())
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    assert "可发 0 张" in said(county, "certificates", "issue", COUNTY, "--year", "2025", "--dry-run")
    # The paper that the school files says what of the sum came before.
    said(county, "export", "results", SCHOOL, "--year", "2026", "--out", str(county.drawer / "results.xlsx"))
    cells = [
        row for sheet in load_workbook(county.drawer / "results.xlsx") for row in sheet.iter_rows(values_only=True)
    ]
    assert any("其中前几轮认定" in row for row in cells)
    assert any({"周雨晴", 20, 12, "合格"} <= {*row} for row in cells)
    # Nor can the cycle be taken back any more.
    county.edit(SETTINGS, "    cycle: 2025\n", "")
    pushed = county.push("keeper")
    assert not pushed.accepted
    assert "CYCLE-KEPT" in pushed.said
    assert "这一轮 2026-07-01 已经有认定" in pushed.said
