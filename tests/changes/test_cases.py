"""Every rule that only a change can break, by its example folders: exactly the findings a folder promises."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from tests.case_folders import BASE, Expected
from wholeschool.changes.examples import Change, findings
from wholeschool.changes.proposal import change_rules
from wholeschool.rules.examples import CHANGES, examples


class CaseFile(Change, frozen=True, forbid_unknown_fields=True):
    """`case.yaml` with what must be found."""

    findings: tuple[Expected, ...] = ()


FOLDERS = sorted(path.parent for path in CHANGES.glob("*/*/case.yaml"))
BASE_FILES = {path.relative_to(BASE).as_posix(): path.read_bytes() for path in BASE.rglob("*") if path.is_file()}


def test_every_rule_has_two_rejected_and_one_accepted_example() -> None:
    assert {folder.parent.name for folder in FOLDERS} == {path.name for path in CHANGES.iterdir()} == {*change_rules()}
    for code in change_rules():
        verdicts = Counter(folder.name.partition("-")[0] for folder in FOLDERS if folder.parent.name == code)
        assert verdicts["rejected"] >= 2, code
        assert verdicts["accepted"] >= 1, code
        assert verdicts.keys() == {"rejected", "accepted"}, code


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_change_gets_exactly_what_it_says(folder: Path) -> None:
    about = msgspec.yaml.decode((folder / "case.yaml").read_bytes(), type=CaseFile)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "case.yaml"
    }
    found = findings(folder, BASE_FILES, files)
    assert Counter((each.path, each.line, each.code) for each in found) == Counter(
        (each.path, each.line, each.code) for each in about.findings
    )
    assert folder.name.startswith("accepted-") == (not about.findings)
    assert about.title.endswith("。")


@pytest.mark.parametrize("code", change_rules())
def test_its_page_shows_what_is_wrong_and_how_to_put_it_right(code: str) -> None:
    shown = examples(code)
    assert all(each.message and each.hint for each in shown if not each.accepted)
    assert any(each.accepted for each in shown)
