"""Every rule and every refusal, by its example folders: exactly the findings a folder promises, and no echoes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.case_folders import BASE, CASES, CaseFolder, MemoryTree, all_cases, base, judge
from tests.rules.single_mistakes import AS_PYTHON_WRITES
from wholeschool.authority import spoken
from wholeschool.findings import Finding
from wholeschool.programme.programme import PAPERS
from wholeschool.records import placed
from wholeschool.records.refusals import REFUSALS, Refused
from wholeschool.records.text import decode
from wholeschool.rules import all_rules
from wholeschool.rules.reference import rulebook_of

FOLDERS = all_cases()
BOOK = rulebook_of(base())
CODES = {*all_rules(), *REFUSALS}


def _told(case: CaseFolder, findings: list[Finding]) -> list[Finding]:
    """What a case answers for: every error, and its own rule's warnings."""
    return [each for each in findings if each.severity == "error" or each.code == case.code]


def test_the_base_programme_is_right() -> None:
    assert [each for each in judge(base()) if each.severity == "error"] == []


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_has_two_rejected_and_one_accepted_example(code: str) -> None:
    verdicts = Counter(case.accepted for case in FOLDERS if case.code == code)
    assert verdicts[False] >= 2, f"tests/cases/{code}/ 需要至少两个 rejected-…"
    assert verdicts[True] >= 1, f"tests/cases/{code}/ 需要至少一个 accepted-…"


def test_every_folder_belongs_to_a_code_and_says_what_it_is() -> None:
    folders = {path.name for path in CASES.iterdir() if path.is_dir() and path != BASE}
    assert folders == CODES
    known = {case.folder for case in FOLDERS}
    for folder in CASES.glob("[!_]*/*/"):
        assert folder in known, f"{folder} 里没有 case.yaml"
        assert folder.name.startswith(("accepted-", "rejected-"))


@pytest.mark.parametrize("case", FOLDERS, ids=repr)
def test_a_case_gets_exactly_what_it_says(case: CaseFolder) -> None:
    tree = case.tree
    told = _told(case, judge(tree, case.about.day))
    assert Counter((each.path, each.line, each.code) for each in told) == Counter(
        (each.path, each.line, each.code) for each in case.about.findings
    )
    assert case.accepted == (not case.about.findings)
    assert case.accepted or any(each.code == case.code for each in told)
    for each in told:
        _reads_well(each, tree)


def test_titles_are_one_sentence_each_and_differ_within_a_code() -> None:
    titles = Counter((case.code, case.about.title) for case in FOLDERS)
    assert max(titles.values()) == 1
    assert all(title.endswith("。") and title.count("。") == 1 for _, title in titles)


def _reads_well(each: Finding, tree: MemoryTree) -> None:
    """A place inside the file, a Chinese sentence about what is wrong, one about what to do, and the rule's clause."""
    assert _is_chinese(each.message)
    assert _is_chinese(each.hint)
    assert not {"\n", "\r"} & {*each.message, *each.hint}
    assert not AS_PYTHON_WRITES.search(f"{each.message} {each.hint}"), each
    if each.code in all_rules():
        assert each.clause == spoken(all_rules()[each.code].voices(BOOK))
        where = placed(each.path)
        # Where nothing but working papers is new, rules about decisions are not asked (`Programme.decides`).
        assert all_rules()[each.code].kind != "decision" or where is None or where.kind.struct not in PAPERS
    assert each.clause
    assert each.line >= 1
    assert each.column >= 1
    if data := tree.files.get(each.path):
        try:
            lines = decode(data).split("\n")
        except Refused:  # its line is counted in the bytes that could be read
            lines = data.decode("utf-8-sig", "replace").split("\n")
        assert each.line <= len(lines)
        assert each.column <= len(lines[each.line - 1]) + 1


def _is_chinese(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


def _damage() -> Iterator[tuple[str, MemoryTree]]:
    for path in base().files:
        yield f"without {path}", base().without(path)
        yield f"unreadable {path}", base().having({path: b"\xff\xfe"})


DAMAGED = list(_damage())


@pytest.mark.parametrize(("what", "tree"), DAMAGED, ids=[what for what, _ in DAMAGED])
def test_one_missing_or_unreadable_file_is_at_most_one_error(what: str, tree: MemoryTree) -> None:
    """The records around it may be right or wrong without it: nobody can know, so nothing is said of them."""
    errors = [each for each in judge(tree) if each.severity == "error"]
    assert len(errors) <= 1, errors
    assert errors or what.startswith("without")


@pytest.mark.parametrize("case", [case for case in FOLDERS if case.accepted], ids=repr)
def test_a_unit_or_roster_that_cannot_be_read_has_no_echo_in_other_records(case: CaseFolder) -> None:
    tree = case.tree
    keys = ("mingyuan/unit.yaml", "-xiaoxue/unit.yaml", "/teachers.yaml", "training.yaml", "/plan.yaml")
    for path in tree.files:
        if path.endswith(keys) and not case.code.startswith(("Y-", "S-", "PII-", "C-")):
            errors = [each for each in judge(tree.having({path: b"\xff\xfe"})) if each.severity == "error"]
            assert [each.path for each in errors] == [path], errors
