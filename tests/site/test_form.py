"""The form page in a real browser: what it accepts and rejects is what Python accepts and rejects; files out and in."""

from __future__ import annotations

import base64
import random
import re
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.case_folders import CaseFolder, all_cases, base
from tests.cli.test_import import commit, git
from tests.cli.test_validate import run
from tests.site.browser import DESKTOP, PHONE
from tests.site.test_browser import AXE
from tests.soak import examples
from wholeschool.causes import roots
from wholeschool.findings import Finding
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.case_html import problems
from wholeschool.records.case_text import read_case
from wholeschool.records.kinds import is_shared, placed
from wholeschool.records.positions import Mark, locate
from wholeschool.records.reading import Outcome, read_file
from wholeschool.records.record import read
from wholeschool.records.terms import Vocabulary, vocabulary_of
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge as judge_rules
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.form import LEVEL, gathering, school_kinds
from wholeschool.sources import Entry, MemoryTree, open_tree
from wholeschool.sources.tree import REGULAR

KINDS = {kind.name for kind in school_kinds()}
SCHOOL = "submissions/anhui/shili/mingyuan/xinqiao-xiaoxue"
# The parser in the browser is another one: that it refuses is the same, in which words may differ.
SYNTAX = {"Y-COLON", "Y-TAB", "Y-SYNTAX"}
_CHECK = """(files) => wholeschoolForm.checkAll(files.map(({ content, ...file }) => (
  { ...file, bytes: Uint8Array.from(atob(content), (each) => each.charCodeAt(0)) }
)), true).map((result) => result.findings.map((each) => each.code))"""


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
    for script in ("vendor/markdown-it.js", "form/case.js"):  # as when there is a case
        page.add_script_tag(url=f"{address}assets/{script}")
    yield page
    context.close()
    assert not wrong


def said_of(page: Page, files: Sequence[tuple[str, bytes]]) -> list[set[str]]:
    """What the page says of each of a school's files."""
    return [{_family(code) for code in found} for found in page.evaluate(_CHECK, _asked(files))]


def _asked(files: Iterable[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """A school's files as the page's script takes them."""
    asked = []
    for path, content in files:
        where = placed(path)
        assert where is not None
        about = {"kind": where.kind.name, "name": where.name, "year": where.year or 0}
        asked.append({**about, "content": base64.b64encode(content).decode()})
    return asked


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


_WHOLE = _CHECK.replace("each.code)", "[each.code, each.severity, each.message, each.pointer, each.related || null])")
# Path, code, weight, the line, the words, less what they call a field by where it has no label: in a file; and the path
# and line that it disagrees with.
Saying = tuple[str, str, str, int, str, tuple[str, int] | None]
_FIELD = re.compile(r"（[a-z_.]+）")
_LINE = re.compile(r"（正文第 ([0-9]+) 行）")


def _sayings(page: Page, files: Mapping[str, bytes], rules: Collection[str]) -> list[frozenset[Saying]]:
    """What the page says by the rules of a school's files. A place may be a field's name or what stands there."""
    said = []
    for (path, content), found in zip(files.items(), page.evaluate(_WHOLE, _asked(files.items())), strict=True):
        where = placed(path)
        assert where is not None
        for code, severity, message, pointer, related in found:
            if code not in rules:
                continue
            marks = read(where.kind, content.decode())[1]
            lines = _lines(marks, pointer)
            if body := _LINE.search(message):  # a text's own lines
                lines = {locate(marks, ("body",))[0] + int(body[1]) - 1}
            others: set[tuple[str, int] | None] = {None}
            if related:
                other = list(files)[related[0]]
                there = placed(other)
                assert there is not None
                others = {(other, one) for one in _lines(read(there.kind, files[other].decode())[1], related[1])}
            words = _LINE.sub("", message)
            said.append(frozenset((path, code, severity, at, words, to) for at in lines for to in others))
    return said


def _lines(marks: Mark, pointer: Sequence[str | int]) -> set[int]:
    return {locate(marks, tuple(pointer), key=key)[0] for key in (False, True)}


def _spoken(each: Finding) -> Saying:
    related = (each.related[0].path, each.related[0].line) if each.related else None
    return each.path, each.code, each.severity, each.line, _FIELD.sub("", each.message), related


def test_the_example_folder_gets_the_same_verdicts(form: Page) -> None:
    tree = open_tree(REPOSITORY)
    loaded = load(tree)
    rules = set(form.evaluate("wholeschoolForm.ruleCodes"))
    said = {
        (each.path, _family(each.code))
        for each in [*loaded.findings, *judge_rules(all_rules(), assemble(loaded))]
        if each.code in rules or each.code.startswith(("S-", "Y-", "PII-", "MD-FRONTMATTER"))
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
    different, apart, counted = [], [], 0
    for case in all_cases():
        schools = _touched(case)
        if not schools or not _has_the_pages_words(case.tree):
            continue
        tree = case.tree
        loaded = load(tree)
        programme = assemble(loaded, case.about.day)
        findings = [*loaded.findings, *judge_rules(all_rules(), programme)]
        _configure(form, gathering=gathering(programme))
        for school, files in schools_in(tree.files).items():
            if school not in schools or b"\ncenter:" in files.get(f"submissions/{school}/unit.yaml", b""):
                continue  # a branch school's plan is its 中心学校's, which the form does not have
            counted += 1
            wanted = {
                (each.path, _family(each.code))
                for each in findings
                if each.path in files
                and (each.code in rules or each.code.startswith(("S-", "Y-", "PII-", "MD-FRONTMATTER")))
                and _is_known(each)
                # A draft without groups may be a part of what the school has.
                and (each.code != "CONSULT-FIRST" or any("/groups/" in path for path in files))
            }
            got = said_by_page(form, files)
            if _comparable(wanted) != _comparable(got):
                different.append((case, sorted(wanted - got), sorted(got - wanted)))
            his = {_spoken(each) for each in findings if each.code in rules and (each.path, each.code) in wanted}
            its = _sayings(form, files, rules)
            if any(not it & his for it in its) or his - {one for it in its for one in it}:
                apart.append((case, sorted(his), sorted(map(sorted, its))))
    _configure(form, gathering=[])
    assert counted > 150
    assert not different, "\n".join(map(str, different))
    assert not apart, "\n".join(map(str, apart))


def _has_the_pages_words(tree: MemoryTree) -> bool:
    """Whether records are judged by the words of the guidance that the page was made for."""
    asks = vocabulary_of(tree).usual.without
    return asks == vocabulary_of(base()).usual.without


def _is_known(each: Finding) -> bool:
    """Whether the form can find it: it has nothing of other rounds and schools, nor when these were."""
    of_others = {"TEACHER-UNIQUE": "只留一行" not in each.hint, "HOURS-DERIVED": "那一轮" in each.message}
    return not of_others.get(each.code, False)


def _configure(page: Page, *, gathering: list[int]) -> None:
    """As the page comes with a programme in which rounds gather, or with another."""
    page.evaluate("(it) => { wholeschoolForm.gathers = it; }", gathering)


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


_ROOTS = _CHECK.replace(", true)", ")").replace("each.code", "[each.code, each.message]")


def _told(page: Page, files: Mapping[str, bytes]) -> Counter[tuple[str, str, str]]:
    """(path, code, how many in one) of everything that the page tells of a school's files."""
    found = page.evaluate(_ROOTS, _asked(files.items()))
    return Counter(
        (path, code, _many(message)) for path, said in zip(files, found, strict=True) for code, message in said
    )


def _many(message: str) -> str:
    together = re.search("（这样的共 ([0-9]+) 处）$", message)
    return together[1] if together else ""


def _roots(tree: MemoryTree, school: str, rules: set[str], day: str = "") -> Counter[tuple[str, str, str]]:
    """The same by Python, of the rules that the form has and of what it knows."""
    loaded = load(tree)
    every = [each for each in judge_rules(all_rules(), assemble(loaded, day)) if each.code in rules]
    own = {path for path in tree.files if is_form_record(path) and path.startswith(f"submissions/{school}/")}
    found = [each for each in every if each.path in own and _is_known(each)]
    return Counter((each.path, each.code, _many(each.message)) for each in roots(found))


def test_what_only_follows_is_left_out_as_in_python(form: Page) -> None:
    rules = set(form.evaluate("wholeschoolForm.ruleCodes"))
    different = []
    for case in all_cases():
        for school in _touched(case):
            files = schools_in(case.tree.files).get(school, {})
            if not _has_the_pages_words(case.tree):
                continue
            if not files or b"\ncenter:" in files.get(f"submissions/{school}/unit.yaml", b""):
                continue
            if not any("/groups/" in path for path in files):
                continue  # a draft without groups may be a part of what the school has
            _configure(form, gathering=gathering(assemble(load(case.tree))))
            wanted = _roots(case.tree, school, rules, case.about.day)
            got = Counter({each: many for each, many in _told(form, files).items() if each[1] in rules})
            if wanted != got:
                different.append((case, sorted((wanted - got).items()), sorted((got - wanted).items())))
    _configure(form, gathering=[])
    assert not different, "\n".join(map(str, different))


# What findings are about: who, what, when, and who says so.
_MEANT = ("teacher", "number", "microability", "declared", "date", "name", "group", "staff", "reason", "original")


def _muddled(values: dict[str, Any], dice: random.Random) -> None:
    """Put words where others of their kind stand, or strange ones: records right by themselves and wrong together."""
    leaves: dict[str, list[tuple[Any, Any]]] = {}

    def walk(node: Any, name: str) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            called = key if isinstance(key, str) else name
            if isinstance(node[key], (dict, list)):
                walk(node[key], called)
            else:
                leaves.setdefault(called, []).append((node, key))

    for value in values.values():
        walk(value, "")
    lists = ("choices", "microabilities", "participants", "reviewers", "offered")
    for _ in range(dice.randint(2, 9)):
        name = dice.choice([each for each in (*_MEANT, *lists) if each in leaves])
        (node, key), (other, its) = dice.choice(leaves[name]), dice.choice(leaves[name])
        strange = {"teacher": "34990100010999", "number": "34990100010999", "participants": "34990100010999"}
        node[key] = strange.get(name, other[its]) if dice.random() < 0.3 else other[its]


@pytest.mark.soak
def test_of_muddled_records_the_same_causes_are_told(form: Page) -> None:
    rules = set(form.evaluate("wholeschoolForm.ruleCodes"))
    dice = random.Random(11)
    whole = open_tree(REPOSITORY)
    school = "anhui/shili/mingyuan/wenhua-xiaoxue"
    above = (
        "submissions/anhui/unit.yaml",
        "submissions/anhui/shili/unit.yaml",
        "submissions/anhui/shili/mingyuan/unit.yaml",
    )
    base = {
        entry.path: whole.read(entry.path)
        for entry in whole.entries("submissions/")
        if is_shared(entry.path) or entry.path in above or entry.path.startswith(f"submissions/{school}/")
    }
    own = schools_in(base)[school]
    parsed = {path: yaml.load(data, yaml.BaseLoader) for path, data in own.items() if path.endswith(".yaml")}
    told = hidden = 0
    for number in range(examples(8)):
        values = deepcopy(parsed)
        _muddled(values, dice)
        changed = {path: _yaml(value) for path, value in values.items() if value != parsed[path]}
        tree = MemoryTree(base | changed)
        wanted = _roots(tree, school, rules)
        files = own | changed
        got = Counter({each: many for each, many in _told(form, files).items() if each[1] in rules})
        different = sorted((wanted - got).items()), sorted((got - wanted).items())
        assert different == ([], []), number
        told += sum(got.values())
        hidden += {each for each in said_by_page(form, files) if each[1] in rules} > {each[:2] for each in got}
    assert told > 8
    assert hidden > 0


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


def _yaml(value: Any) -> bytes:
    text: str = yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return text.encode()


def _read(path: str, content: bytes) -> Outcome:
    """What the program says of one record of the example."""
    return read_file(MemoryTree({path: content}), Entry(path, REGULAR, len(content)), _vocabulary())


@cache
def _vocabulary() -> Vocabulary:
    return vocabulary_of(open_tree(REPOSITORY))


def test_spoilt_records_are_judged_alike(form: Page) -> None:
    dice = random.Random(5)
    different, rejected = [], 0
    for known in _examples().values():
        spoilt = []
        for _ in range(30):
            path, value = dice.choice(known)
            spoilt.append((path, _yaml(_spoilt(value, dice))))
        for (path, content), got in zip(spoilt, said_of(form, spoilt), strict=True):
            verdict = _read(path, content)
            wanted = {("", _family(each.code)) for each in verdict.findings}
            said = {("", code) for code in got if code.startswith(("S-", "Y-", "PII-", "MD-FRONTMATTER"))}
            rejected += bool(wanted)
            if bool(wanted) != bool(said) or _comparable(wanted) != _comparable(said):
                different.append((path, wanted, said, content.decode()[:300]))
    assert rejected > 150
    assert not different, "\n".join(map(str, different))


HOSTILE = (
    *("<img src=x onerror=alert(1)>", "a: b # c", "- x", "'", '"', "\\", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">"),
    *(
        "[",
        "{",
        "? a",
        "true",
        "~",
        "2026-03-01",
        "0x1f",
        "1_000",
        "1e3",
        "a\nb",
        "a\n\nb",
        " a",
        "a ",
        "\n a\nb",
        "a\n",
    ),
    *("name：张三", "一\nname：二", "a\tb", "\ta", "---", "...", "#a", "a #b", "a:", "=1+1", "𠮷野家㛃", "<<", "null"),
    *("字" * 300, "...\n---", "一\n---\n二"),
)


def test_what_is_written_out_is_read_back_the_same(form: Page) -> None:
    kind = next(each for each in school_kinds() if each.name == "work-plan")
    value = {"items": [dict.fromkeys(("task", "when", "person", "result"), text) for text in HOSTILE], "approved": "1"}
    text = form.evaluate("(value) => wholeschoolForm.yamlOf('work-plan', value)", value)
    assert text.startswith("# yaml-language-server: $schema=../../")
    assert kind.schema.type_scalars(read(kind, text)[0]) == value
    again = form.evaluate(
        "(text) => wholeschoolForm.checkBytes('work-plan', new TextEncoder().encode(text)).value", text
    )
    assert again == value


BODIES = (
    *(
        "[量规](https://example.com/a)",
        "[量规](http://example.com/a)",
        "[量规](javascript:alert(1))",
        "[量规](file:///D:/a)",
    ),
    *("[量规](//example.com)", "[量规](mailto:a)", "[量规](a/b.md)", "[量规](#yi)", "![图](data:image/png;base64,x)"),
    *("[量规][1]\n\n[1]: http://example.com", "[量规][1]\n\n[1]: <https://example.com>", "[量规](JavaScript:x)"),
    *(
        "[量规](java&#115;cript:x)",
        "[量规](<http://example.com/a b>)",
        '[量规](http://example.com "题")',
        "（量规）(http://a)",
    ),
    *(
        "`[量规](http://example.com)`",
        "```\n[量规](http://example.com)\n```",
        "~~~\n<b>\n~~~",
        "`<b>`",
        "<b>好</b>",
        "3 < 5 > 2",
    ),
    *(
        "<https://example.com>",
        "<http://example.com>",
        "<!-- 注 -->",
        "<?php",
        "a<b",
        "x <img src=a",
        "</p>",
        "<![CDATA[x]]>",
    ),
    *("https://example.com", "一\n---\n二", "---", "# 标题", "| 一 | 二 |\n|---|---|\n| 三 | 四 |", "\\<b>", "[x]: y"),
)


def test_the_text_of_a_case_is_judged_alike(form: Page) -> None:
    path = next((REPOSITORY / "submissions").rglob("wenhua-xiaoxue/cases/*.md"))
    head = path.read_text("utf-8").partition("\n---\n")[0]
    name = path.relative_to(REPOSITORY).as_posix()
    files = [(name, f"{head}\n---\n\n{'好' * 50}\n\n{body}\n".encode()) for body in BODIES]
    for (_, content), body in zip(files, BODIES, strict=True):
        (said,) = said_of(form, [(name, content)])
        wanted = {each.code for each in problems(read_case(content.decode())[0]["body"])}
        assert {code for code in said if code.startswith("MD-")} == wanted, body
    value = {"title": "钟面", "body": "---\n一\n---\n\n二"}
    text = form.evaluate("(value) => wholeschoolForm.yamlOf('case', value)", value)
    assert read_case(text)[0] == value


def opened(browser: Browser, address: str, size: Mapping[str, int], scheme: str = "light") -> tuple[Page, list[str]]:
    """The page in a context of its own, with everything it complains of and every request to elsewhere."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        accept_downloads=True,
        reduced_motion="reduce",  # what fades in is judged when it is there, not half-way
    )
    page = context.new_page()
    wrong: list[str] = []
    home = address.split("form/")[0]
    page.on("request", lambda sent: None if sent.url.startswith((home, "blob:")) else wrong.append(sent.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    page.wait_for_selector(".ws-form:not([hidden])")
    return page, wrong


def choose(page: Page, school: str, folder: str = "", county: str = "anhui/shili/mingyuan") -> None:
    """The school by its name; a new one's folder is what the page suggests, with `folder` in front."""
    page.get_by_label("县（市、区）").select_option(county)
    expect(page.locator(".ws-where datalist option")).not_to_have_count(0)
    page.get_by_label("学校", exact=True).fill(school)
    page.get_by_label("学校", exact=True).press("Tab")
    if folder:
        suggested = page.get_by_label("新学校的文件夹名")
        suggested.fill(folder + suggested.input_value())


def check_all(page: Page) -> None:
    """Ask for all that is wrong with the open record."""
    page.get_by_role("button", name="检查", exact=True).click()


def begin(page: Page, kind: str) -> None:
    page.get_by_label("要填哪一种").select_option(kind)
    page.get_by_role("button", name="新建", exact=True).click()


def fill(page: Page, **fields: str) -> None:
    """Fields of the open record by the dots and numbers of their place: members__0__name."""
    for place, text in fields.items():
        control = page.locator(f'.ws-editor [name="{place.replace("__", ".")}"]')
        if control.evaluate("(each) => each.tagName") == "SELECT":
            control.select_option(text)
        else:
            control.fill(text)


def add(page: Page, title: str) -> None:
    page.get_by_role("button", name=f"加一条{title}", exact=True).click()


def test_with_only_the_form_from_nothing_to_a_valid_submission(
    browser: Browser, address: str, tree: Path, tmp_path: Path
) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    choose(page, "明远县新桥小学", "xinqiao")
    page.wait_for_load_state("networkidle")  # what it fetches once it stands is there
    page.context.set_offline(True)
    begin(page, "unit")
    expect(page.locator(".ws-editor h2")).to_be_focused()
    expect(page.locator(".ws-wrong:visible")).to_have_count(0)
    check_all(page)
    expect(page.get_by_text("还有 4 处要改")).to_be_visible()  # the name is known
    assert page.locator('.ws-editor [name="authority"]').count() == 0  # a county's field
    fill(page, code="3499010099", name="明远县新桥小学", demo="true", type="小学", principal="周若川")
    page.locator(".ws-editor").get_by_label("多媒体教学环境").check()
    expect(page.get_by_text("没有问题，可以下载了")).to_be_visible()

    begin(page, "team")
    roles = ("校长", "业务副校长", "教导主任", "信息技术骨干教师")
    for index, (name, role) in enumerate(zip(("周若川", "许星河", "何青禾", "宋听澜"), roles, strict=True)):
        add(page, "成员")
        fill(page, **{f"members__{index}__name": name, f"members__{index}__role": role})
    # The fault is a button that leads to the field.
    check_all(page)
    page.get_by_role("button", name="成员 › 第 1 条：周若川 · 校长 › 团队职责").press("Enter")
    page.locator(".ws-items details").first.get_by_label("负责人").check()
    expect(page.get_by_text("没有问题，可以下载了")).to_be_visible()

    begin(page, "plan")
    fill(
        page,
        submitted="2026-03-01",
        development="让每位教师用好教室里的屏幕。",
        needs="多数教师想改进导入。",
        themes="用好前五分钟",
    )
    add(page, "信息化环境现状")
    fill(page, environments__0__environment="多媒体教学环境", environments__0__state="每间教室都有。")
    add(page, "目标")
    goal = {"goal": "会看学情", "baseline": "三成", "target": "八成", "measure": "抽查课例", "deadline": "2026-12-01"}
    fill(page, **{f"goals__0__{name}": text for name, text in (goal | {"person": "许星河"}).items()})
    for code in ("A1", "A5", "A6", "A9", "A11", "B1"):
        tick = page.locator(f'.ws-planner input[value="{code}"]')
        if code == "B1":
            expect(tick.locator("visible=true")).to_have_count(0)  # the school has no such environment
        else:
            tick.first.check()
    add(page, "教师培训计划")
    fill(
        page, **{f"training__0__{name}": text for name, text in {"theme": "学情", "hours": "6", "when": "3 月"}.items()}
    )
    fill(page, training__0__mode="混合", guided_by__team="anhui/shili/mingyuan", guided_by__members="沈望舒")
    fill(page, guided_by__date="2026-02-20", guided_by__opinion="目标可以检测，从导入做起。")
    expect(page.get_by_text("没有问题，可以下载了")).to_be_visible()

    begin(page, "teachers")
    for index, name in enumerate(("林见微", "苏远岫")):
        add(page, "教师")
        place = f"teachers__{index}__"
        fill(page, **{f"{place}number": f"3499010099000{index + 1}", f"{place}name": name})
        fill(page, **{f"{place}subject": "语文", f"{place}stage": "小学"})
        item = page.locator(".ws-items > details").nth(index)
        item.locator('.ws-planner input[value="A1"]').check()
        item.locator('.ws-planner input[value="A5"]').check()
        expect(item.locator(".ws-sum")).to_contain_text("还差")
        check_all(page)
        expect(item).to_contain_text("CHOICE-CREDITS")
        for code in ("A6", "A9", "A11"):
            item.locator(f'.ws-planner input[value="{code}"]').check()
        expect(item.locator(".ws-sum")).to_contain_text("够 20 学分了")
    expect(page.get_by_text("没有问题，可以下载了")).to_be_visible()

    with page.expect_download() as started:
        page.get_by_role("button", name="下载全部（zip）").click()
    assert started.value.suggested_filename == "xinqiao-xiaoxue.zip"
    repository = tmp_path / "repository"
    shutil.copytree(tree / "submissions", repository / "submissions")
    git(repository, "init", "-q", "-b", "main")
    accounts = repository / Path(SCHOOL).parent / "accounts.yaml"
    accounts.write_text(
        f"accounts:\n  - account: xinqiao\n    unit: {SCHOOL.removeprefix('submissions/')}\n", encoding="utf-8"
    )
    commit(repository)
    git(repository, "switch", "-q", "-c", "xinqiao")
    with ZipFile(started.value.path()) as archive:
        archive.extractall(repository)  # what the guide says: the archive's folders are the repository's
    commit(repository)
    for account, status in (("xinqiao", 0), ("somebody", 1)):
        change = ("--base", "main", "--head", "xinqiao", "--author", account)
        submitted = run(repository, "validate", *change)
        assert submitted.returncode == status, submitted.stdout
        assert "名册人数 2" in submitted.stdout

    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".ws-records button")).to_have_count(4)
    expect(page.locator(".ws-editor h2")).to_have_text("教师名册与选学")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清空草稿").click()
    expect(page.locator(".ws-records button")).to_have_count(0)
    page.reload()
    page.wait_for_selector(".ws-form:not([hidden])")
    expect(page.locator(".ws-records button")).to_have_count(0)

    # A draft that something else has spoilt does no harm.
    spoilt = '{"records": [{"kind": "plan", "name": "", "value": {"offered": {}, "goals": [1]}}, {"kind": "x"}]}'
    page.evaluate("(text) => localStorage.setItem('wholeschool-form', text)", spoilt)
    page.reload()
    expect(page.locator(".ws-records button")).to_have_count(1)
    page.get_by_role("button", name="清空草稿").click()

    # The archive comes in again, and every file says where it belongs.
    archive_path = tmp_path / "again.zip"
    started.value.save_as(archive_path)
    page.set_input_files("input[type=file]", archive_path)
    expect(page.locator(".ws-records .ws-good")).to_have_count(4)
    expect(page.get_by_label("县（市、区）")).to_have_value("anhui/shili/mingyuan")
    expect(page.get_by_label("学校", exact=True)).to_have_value("明远县新桥小学")
    expect(page.get_by_label("新学校的文件夹名")).to_have_value("xinqiao-xiaoxue")
    page.context.close()
    assert not wrong


def test_what_is_in_a_file_never_becomes_markup(browser: Browser, address: str, tmp_path: Path) -> None:
    mark = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    team = {"members": [{"name": mark, "unit": mark, mark: mark, "duty": [mark]}], mark: mark, "document": mark}
    for name, content in {
        "management.yaml": yaml.safe_dump(team, allow_unicode=True),
        "teachers.yaml": f"teachers:\n  - name: '{mark}'\n    choices: ['{mark}']\n",
        f"{mark.replace('/', '')}.yaml": f"'{mark}': '{mark}",
        "notes.xlsx": "",
        "broken.zip": "PK",
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.set_input_files("input[type=file]", sorted(tmp_path.iterdir()))
    expect(page.locator(".ws-said")).to_contain_text("“notes.xlsx”没有读进来：文件是空的")
    expect(page.locator(".ws-said")).to_contain_text("“broken.zip”打不开")
    for record in page.locator(".ws-records button").all():
        record.click()
        for item in page.locator(".ws-items > details > summary").all():
            item.click()
        assert page.locator(".ws-form img, .ws-form script").count() == 0
    # What the schema does not know can be taken out with a button.
    page.locator(".ws-records button").first.click()
    unknown = page.get_by_role("button", name="删掉这个字段")
    before = unknown.count()
    unknown.first.click()
    expect(unknown).to_have_count(before - 1)
    page.reload()
    page.wait_for_selector(".ws-form:not([hidden])")
    assert page.locator(".ws-form img, .ws-form script").count() == 0
    page.context.close()
    assert not wrong


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_filled_in_it_is_accessible_and_fits(
    browser: Browser, address: str, tree: Path, size: dict[str, int], scheme: str
) -> None:
    page, wrong = opened(browser, f"{address}form/", size, scheme)
    folder = tree / "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
    names = ("unit.yaml", "teams/management.yaml", "2026/plan.yaml", "2026/teachers.yaml")
    page.set_input_files("input[type=file]", [folder / name for name in names])
    expect(page.locator(".ws-records button")).to_have_count(4)
    page.locator(".ws-alone > summary").click()
    for record in page.locator(".ws-records button").all():
        record.click()
        for item in page.locator(".ws-items > details > summary").all()[:2]:
            item.click()
        found = Axe().run(page, options=AXE).response["violations"]
        assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []
        assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.context.close()
    assert not wrong


def test_it_opens_from_a_folder(browser: Browser, site: Path) -> None:
    page, wrong = opened(browser, (site / "form" / "index.html").as_uri(), DESKTOP)
    begin(page, "survey")
    fill(page, date="2026-03-01", invited="30", answered="31", findings="想改进导入")
    check_all(page)
    expect(page.locator(".ws-editor")).to_contain_text("SURVEY-COUNTS")
    fill(page, answered="30")
    expect(page.get_by_text("没有问题，可以下载了")).to_be_visible()
    page.context.close()
    assert [each for each in wrong if "/form/" in each and "blob:" not in each] == []


def test_the_planner_names_what_would_complete_the_choice(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    page.locator(".ws-alone > summary").press("Enter")
    page.locator(".ws-alone").get_by_label("多媒体教学环境").check()
    assert page.locator('.ws-alone input[value="B1"]').count() == 0
    for code in ("A1", "A5", "A6"):
        page.locator(f'.ws-alone input[value="{code}"]').press("Space")
    told = page.locator(".ws-alone .ws-sum")
    expect(told).to_contain_text("再选一项就够")
    named = told.locator("a").all_inner_texts()
    assert "A9 " in " ".join(named)
    assert all(name.startswith("A") for name in named)
    expect(page.locator(".ws-codes")).to_have_text("告诉学校：A1、A5、A6")
    page.context.close()
    assert not wrong


def test_a_large_roster_can_be_edited(browser: Browser, address: str, tmp_path: Path) -> None:
    teacher = "  - {{number: '3499010099{:04}', name: 林见微, subject: 语文, stage: 小学, choices: [A1, A5, A6, A9]}}\n"
    roster = "".join(teacher.format(index) for index in range(1000))
    (tmp_path / "teachers.yaml").write_text(f"teachers:\n{roster}", "utf-8")
    page, wrong = opened(browser, f"{address}form/", PHONE)
    page.set_input_files("input[type=file]", tmp_path / "teachers.yaml")
    expect(page.get_by_text("没有问题，可以下载了")).to_be_visible()
    page.locator(".ws-items > details > summary").last.click()
    page.locator('[name="teachers.999.subject"]').fill("=")
    expect(page.locator(".ws-wrong:not([hidden])")).to_contain_text("S-PATTERN")
    page.context.close()
    assert not wrong


def test_a_new_file_on_the_forge_is_already_filled_in(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    choose(page, "明远县新桥小学", "xinqiao")
    begin(page, "survey")
    fill(page, date="2026-03-01", invited="30", answered="30", findings="导入 & 评价 #1")
    page.evaluate("window.open = (address) => { window.went = String(address); }")
    page.get_by_role("button", name="到代码平台新建这个文件").click()
    went = urlsplit(page.evaluate("window.went"))
    asked = parse_qs(went.query)
    assert f"{went.scheme}://{went.netloc}{went.path}" == "https://github.com/example/wholeschool/new/main"
    assert asked["filename"] == [f"{SCHOOL}/2026/survey.yaml"]
    kind = next(each for each in school_kinds() if each.name == "survey")
    assert read(kind, asked["value"][0])[0]["findings"] == ["导入 & 评价 #1"]
    page.context.close()
    assert not wrong


def test_what_was_taken_out_can_be_put_back(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    begin(page, "team")
    assert page.locator('.ws-editor [name="lead_department"]').count() == 0  # a field of the offices above
    for index, name in enumerate(("周若川", "许星河", "何青禾")):
        add(page, "成员")
        fill(page, **{f"members__{index}__name": name})
    page.get_by_role("button", name="删掉第 2 条：许星河").press("Enter")
    items = page.locator(".ws-items > details > summary")
    expect(items).to_have_text(["第 1 条：周若川", "第 2 条：何青禾"])
    expect(page.get_by_role("button", name="放回去")).to_be_focused()
    page.keyboard.press("Enter")
    expect(items).to_have_text(["第 1 条：周若川", "第 2 条：许星河", "第 3 条：何青禾"])
    expect(items.nth(1)).to_be_focused()
    page.reload()  # at once: what was typed last is in the draft all the same
    expect(items).to_have_text(["第 1 条：周若川", "第 2 条：许星河", "第 3 条：何青禾"])
    page.context.close()
    assert not wrong


def test_without_the_school_s_folder_files_still_come_out_and_in(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    begin(page, "survey")
    fill(page, date="2026-03-01", invited="30", answered="30", findings="想改进导入")
    page.get_by_role("button", name="到代码平台新建这个文件").click()
    expect(page.locator(".ws-said")).to_contain_text("先在上面选好学校")
    expect(page.get_by_label("县（市、区）")).to_be_focused()
    with page.expect_download() as started:
        page.get_by_role("button", name="下载全部（zip）").click()
    expect(page.locator(".ws-said")).to_contain_text("还没有选学校")
    started.value.save_as(tmp_path / "records.zip")
    with ZipFile(tmp_path / "records.zip") as archive:
        assert archive.namelist() == ["2026/survey.yaml"]
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清空草稿").click()
    page.set_input_files("input[type=file]", tmp_path / "records.zip")
    expect(page.locator(".ws-records button")).to_have_text("需求调研与意见 没有问题")
    choose(page, "明远县新桥小学", "xinqiao")
    expect(page.locator(".ws-path")).to_have_text(f"交上去放在 {SCHOOL}/2026/survey.yaml")
    page.context.close()
    assert not wrong


def test_the_planner_knows_the_records_opened_since(browser: Browser, address: str, tree: Path) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    folder = tree / "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
    page.set_input_files("input[type=file]", [folder / "unit.yaml", folder / "2026/plan.yaml"])
    expect(page.locator(".ws-records button")).to_have_count(2)
    kinds = {kind.name: kind for kind in school_kinds()}
    plan = read(kinds["plan"], (folder / "2026/plan.yaml").read_text("utf-8"))[0]
    unit = read(kinds["unit"], (folder / "unit.yaml").read_text("utf-8"))[0]
    planner = page.locator(".ws-alone")
    planner.locator("summary").click()
    expect(planner.locator(".ws-planner input")).to_have_count(len(plan["offered"]))
    shown = planner.locator(".ws-planner input").evaluate_all("(all) => all.map((each) => each.value)")
    assert set(shown) == set(plan["offered"])
    for environment in ("多媒体教学环境", "混合学习环境", "智慧学习环境"):
        assert planner.get_by_label(environment).is_checked() == (environment in unit["environments"])
    page.context.close()
    assert not wrong


def test_a_message_leads_to_the_record_that_it_disagrees_with(
    browser: Browser, address: str, tree: Path, tmp_path: Path
) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    folder = tree / "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
    unit = tmp_path / "unit.yaml"
    named = re.sub(r"^principal: .*$", "principal: 样张校长", (folder / "unit.yaml").read_text("utf-8"), flags=re.M)
    unit.write_text(named, "utf-8")
    page.set_input_files("input[type=file]", [unit, folder / "teams/management.yaml"])
    expect(page.locator(".ws-records button")).to_have_count(2)
    page.locator(".ws-records button").last.click()
    check_all(page)
    page.locator(".ws-judged li button").first.click()
    page.get_by_role("button", name="对照：单位信息").click()
    field = page.locator('.ws-editor [name="principal"]')
    expect(field).to_be_focused()
    expect(field).to_have_value("样张校长")
    page.context.close()
    assert not wrong


def test_the_list_of_what_is_wrong_keeps_the_focus(browser: Browser, address: str) -> None:
    """Whoever goes through it with the keyboard stays where they are when something else is put right meanwhile."""
    page, wrong = opened(browser, f"{address}form/", PHONE)
    choose(page, "明远县新桥小学", "xinqiao")
    begin(page, "case")
    check_all(page)
    listed = page.locator(".ws-judged li")
    expect(listed.first).to_be_visible()
    before = listed.count()
    body = page.locator(".ws-judged").get_by_role("button", name="正文")
    body.focus()
    page.locator('[name="title"]').evaluate(
        "field => { field.value = '分针慢慢走'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    expect(listed).not_to_have_count(before)
    expect(body).to_be_focused()
    assert wrong == []


def test_a_case_is_written_downloaded_and_opened_again(browser: Browser, address: str, tmp_path: Path) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    choose(page, "明远县新桥小学", "xinqiao")
    begin(page, "case")
    page.get_by_text("文件名（一般不用改）").click()
    page.locator(".ws-filename input").fill("fenzhen")
    fill(page, title="分针慢慢走", type="整校推进工作案例", author="林见微", date="2026-05-06", problem="看不懂钟面")
    fill(page, summary="把钟面投到屏幕上，让分针慢慢走一圈。", consent__author="true", consent__students="不涉及")
    fill(page, body=f"## 怎样想到的\n\n{'上学期的小测里有十一人看错。' * 5}\n\n<b>好</b>")
    check_all(page)
    expect(page.locator(".ws-wrong:visible")).to_contain_text("MD-HTML")
    page.locator(".ws-judged").get_by_role("button", name="正文").click()
    expect(page.locator('[name="body"]')).to_be_focused()
    fill(page, body=f"## 怎样想到的\n\n{'上学期的小测里有十一人看错。' * 5}")
    expect(page.get_by_text("没有问题，可以下载了")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="下载这一份").click()
    assert started.value.suggested_filename == "fenzhen.md"
    started.value.save_as(tmp_path / "fenzhen.md")
    path = f"{SCHOOL}/cases/fenzhen.md"
    content = (tmp_path / "fenzhen.md").read_bytes()
    assert not _read(path, content).findings
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清空草稿").click()
    page.set_input_files("input[type=file]", tmp_path / "fenzhen.md")
    expect(page.locator(".ws-records button")).to_have_text("案例与课例：分针慢慢走 没有问题")
    page.context.close()
    assert not wrong
