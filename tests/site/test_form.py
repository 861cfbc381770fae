"""The form page in a real browser: what it accepts and rejects is what Python accepts and rejects; files out and in."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page

from tests.case_folders import CaseFolder, all_cases, judge
from tests.site.browser import DESKTOP
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.kinds import placed
from wholeschool.records.reading import read_file
from wholeschool.records.record import read
from wholeschool.rules import check
from wholeschool.site.build import REPOSITORY
from wholeschool.site.form import LEVEL, school_kinds
from wholeschool.sources import Entry, MemoryTree, open_tree

KINDS = {kind.name for kind in school_kinds()}
SCHOOL = "submissions/anhui/shili/mingyuan/xinqiao-xiaoxue"
# The parser in the browser is another one: that it refuses is the same, in which words may differ.
SYNTAX = {"Y-COLON", "Y-TAB", "Y-SYNTAX"}
_CHECK = """(files) => wholeschoolForm.checkAll(files.map(({ content, ...file }) => (
  { ...file, bytes: Uint8Array.from(atob(content), (each) => each.charCodeAt(0)) }
))).map((result) => result.findings.map((each) => each.code))"""


@pytest.fixture(scope="module")
def form(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open; a request to anywhere else or an error is a failure."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda sent: None if sent.url.startswith((address, "blob:")) else wrong.append(sent.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}form/")
    page.wait_for_selector(".ws-form:not([hidden])")
    yield page
    context.close()
    assert not wrong


def said_of(page: Page, files: Sequence[tuple[str, bytes]]) -> list[set[str]]:
    """What the page says of each of a school's files."""
    asked = []
    for path, content in files:
        where = placed(path)
        assert where is not None
        about = {"kind": where.kind.name, "name": where.name, "year": where.year or 0}
        asked.append({**about, "content": base64.b64encode(content).decode()})
    return [{_family(code) for code in found} for found in page.evaluate(_CHECK, asked)]


def said_by_page(page: Page, files: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """(path, code) of everything the page says of a school's files."""
    found = said_of(page, list(files.items()))
    return {(path, code) for path, codes in zip(files, found, strict=True) for code in codes}


def _family(code: str) -> str:
    return "Y-SYNTAX" if code in SYNTAX else code


def is_form_record(path: str) -> bool:
    where = placed(path)
    return bool(
        where
        and where.level == LEVEL
        and where.kind.name in KINDS
        and (where.kind.name != "team" or where.name == "management")
    )


def schools_in(files: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The records that the form knows, by school."""
    found: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        if is_form_record(path):
            where = placed(path)
            assert where is not None
            found.setdefault(where.unit, {})[path] = content
    return found


def test_the_example_folder_gets_the_same_verdicts(form: Page) -> None:
    tree = open_tree(REPOSITORY)
    loaded = load(tree)
    rules = set(form.evaluate("wholeschoolForm.ruleCodes"))
    said = {
        (each.path, _family(each.code))
        for each in [*loaded.findings, *check(assemble(loaded))]
        if each.code in rules or each.code.startswith(("S-", "Y-", "PII-"))
    }
    schools = schools_in({entry.path: tree.read(entry.path) for entry in tree.entries("submissions/")})
    assert len(schools) >= 6
    for files in schools.values():
        assert said_by_page(form, files) == {each for each in said if each[0] in files}


def _touched(case: CaseFolder) -> set[str]:
    """The schools whose records a case has or leaves out."""
    found = set()
    for path in (*case.own, *case.about.without):
        where = placed(path)
        if where and is_form_record(path):
            found.add(where.unit)
    return found


def test_every_example_of_a_rule_about_a_school_gets_the_same_verdict(form: Page) -> None:
    rules = set(form.evaluate("wholeschoolForm.ruleCodes"))
    different, counted = [], 0
    for case in all_cases():
        schools = _touched(case)
        if not schools:
            continue
        tree = case.tree
        findings = judge(tree)
        for school, files in schools_in(tree.files).items():
            if school not in schools or b"\ncenter:" in files.get(f"submissions/{school}/unit.yaml", b""):
                continue  # a branch school's plan is its 中心学校's, which the form does not have
            counted += 1
            wanted = {
                (each.path, _family(each.code))
                for each in findings
                if each.path in files and (each.code in rules or each.code.startswith(("S-", "Y-", "PII-")))
            }
            got = said_by_page(form, files)
            if _comparable(wanted) != _comparable(got):
                different.append((case, sorted(wanted - got), sorted(got - wanted)))
    assert counted > 150
    assert not different, "\n".join(map(str, different))


def _comparable(said: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What must be equal: a misspelt field explains the missing one, a list in place of a word that it is no choice,
    and a telephone number what is wrong with the field it stands in."""
    left = set(said)
    for path, code in said:
        if code == "S-UNKNOWN":
            left -= {(path, "S-REQUIRED")}
        elif code == "S-TYPE":
            left -= {(path, "S-ENUM")}
        elif code.startswith("PII-"):
            left -= {each for each in said if each[0] == path and each[1].startswith("S-")}
    return left


def _examples() -> dict[str, list[tuple[str, Any]]]:
    found: dict[str, list[tuple[str, Any]]] = {}
    for path in sorted((REPOSITORY / "submissions").rglob("*.yaml")):
        name = path.relative_to(REPOSITORY).as_posix()
        if is_form_record(name):
            where = placed(name)
            assert where is not None
            found.setdefault(where.kind.name, []).append((name, read(where.kind, path.read_text("utf-8"))[0]))
    return found


_ODD = (
    *("", " ", "0", "-1", "1.5", "1e3", "９", "true", "2026-02-30", "2026-13-01", "二〇二六", "A1\n", "A0", "=1+1"),
    *("𠮷野", "张" * 60, "字" * 4001, "<b>", "null", "~", "李 明", "a@b", "1" * 14, "2026", "9" * 20, "㛃"),
)


def _spoilt(value: Any, dice: random.Random) -> Any:
    """A copy with one thing changed somewhere."""
    copy = deepcopy(value)
    spots: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in list(keys)[:12]:
            spots.append((node, key))
            walk(node[key])

    walk(copy)
    node, key = dice.choice(spots)
    match dice.randrange(6):
        case 0 if isinstance(node, dict):
            del node[key]
        case 1 if isinstance(node, dict):
            node[dice.choice(("unknown", "__proto__", "constructor"))] = "1"
        case 2:
            node[key] = [] if dice.random() < 0.5 else {}
        case 3 if isinstance(node, list):
            node.append(deepcopy(node[key]))
        case _:
            node[key] = dice.choice(_ODD)
    return copy


def test_spoilt_records_are_judged_alike(form: Page) -> None:
    dice = random.Random(5)
    different, rejected = [], 0
    for examples in _examples().values():
        spoilt = []
        for _ in range(60):
            path, value = dice.choice(examples)
            spoilt.append((path, yaml.safe_dump(_spoilt(value, dice), allow_unicode=True, sort_keys=False).encode()))
        for (path, content), got in zip(spoilt, said_of(form, spoilt), strict=True):
            verdict = read_file(MemoryTree({path: content}), Entry(path, len(content), 0o100644))
            wanted = {("", _family(each.code)) for each in verdict.findings}
            said = {("", code) for code in got if code.startswith(("S-", "Y-", "PII-"))}
            rejected += bool(wanted)
            if bool(wanted) != bool(said) or _comparable(wanted) != _comparable(said):
                different.append((path, wanted, said, content.decode()[:300]))
    assert rejected > 200
    assert not different, "\n".join(map(str, different))
