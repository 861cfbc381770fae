"""Findings drawn five ways: true to the place, safe to show, and never repeating what is personal."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from tests.case_folders import CaseFolder, MemoryTree, all_cases, base, judge
from wholeschool.findings import Finding, Location, finding
from wholeschool.reports import Report, reporters

COUNTY = "submissions/anhui/shili/mingyuan/"
SCHOOL = COUNTY + "qingshan-xiaoxue/"
REJECTED = [case for case in all_cases() if not case.accepted and not case.about.repeat]
EMPTY = MemoryTree({})


def _report(tree: MemoryTree) -> Report:
    """The errors of a tree; warnings are drawn alike, and which the base has is not asked here."""
    errors = [each for each in judge(tree) if each.severity == "error"]
    return Report(len(tree.files), len(tree.files), errors)


def _visible(path: str) -> str:
    """A path as reports show it."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in path)


def _case(name: str) -> CaseFolder:
    return next(case for case in all_cases() if repr(case) == name)


def _draw(form: str, *findings: Finding, tree: MemoryTree = EMPTY) -> str:
    return reporters[form](Report(1, 1, list(findings)), tree)


# --- text


def test_text_shows_place_sentence_line_caret_remedy_and_clause() -> None:
    tree = _case("TEAM-TERM/rejected-year-mistyped").tree
    assert reporters["text"](_report(tree), tree) == (
        "submissions/anhui/shili/teams/expert.yaml:2:42: 错误 TEAM-TERM 任期止 2020-12-31 早于任期起 2026-01-01\n"
        "    2 │   - {name: 罗文清, from: 2026-01-01, until: 2020-12-31}\n"
        "      │                                             ^\n"
        "      = 怎么办：核对两个日期\n"
        "      = 依据：本项目的约定（指导意见只说管理人员相对稳定；任期止早于任期起，查不出哪一年谁在任）\n"
        "\n"
        f"检查了 {len(tree.files)} 个文件、{len(tree.files)} 份记录：1 处错误，0 处提醒。\n"
    )


def _columns(text: str) -> int:
    """How wide a terminal draws a text, worked out apart from the code that is tested."""
    return sum(
        2 if unicodedata.east_asian_width(one) in ("W", "F") else 1 for one in text if not unicodedata.combining(one)
    )


@pytest.mark.parametrize("case", REJECTED, ids=repr)
def test_the_caret_stands_under_the_place(case: CaseFolder) -> None:
    tree = case.tree
    text = reporters["text"](_report(tree), tree)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if re.fullmatch(" {6}│ *\\^", line):
            place = re.search(r":(\d+):(\d+): ", lines[number - 2])
            assert place
            shown = lines[number - 1].partition(" │ ")[2]
            assert line.index("^") - len("      │ ") == _columns(shown[: int(place[2]) - 1])
    assert all(one == "\n" or one.isprintable() for one in text)


def test_a_caret_under_tabs_and_combining_marks() -> None:
    tree = MemoryTree({"a": "x:\té\u0323x\n".encode()})
    where = Location("a", 1, len("x:\té\u0323") + 1)
    shown = _draw("text", finding("X", where, "这里"), tree=tree).split("\n")
    assert shown[1] == "    1 │ x:→ẹ́x".replace("ẹ́", unicodedata.normalize("NFC", "é\u0323"))
    assert shown[2] == "      │ " + " " * 4 + "^"


def test_text_without_findings_is_one_line() -> None:
    assert _draw("text") == "检查了 1 个文件、1 份记录，没有问题。\n"


def test_text_of_a_file_that_cannot_be_read_has_no_source_line() -> None:
    assert _draw("text", finding("X", Location("gone.yaml", 3), "不见了")).split("\n")[1] == ""


# --- JSON

KEYS = ["code", "severity", "path", "line", "column", "message", "hint", "clause", "related"]


@pytest.mark.parametrize("case", REJECTED[::7], ids=repr)
def test_json_is_exactly_the_documented_object(case: CaseFolder) -> None:
    tree = case.tree
    report = _report(tree)
    body = json.loads(reporters["json"](report, tree))
    assert list(body) == ["files", "records", "errors", "warnings", "known", "effects", "findings"]
    assert (body["errors"], body["warnings"]) == (report.count("error"), report.count("warning"))
    assert len(body["findings"]) == len(report.findings)
    for drawn, each in zip(body["findings"], report.findings, strict=True):
        assert list(drawn) == KEYS
        assert (drawn["code"], drawn["line"]) == (each.code, each.line)
        assert drawn["path"] == _visible(each.path)
        assert isinstance(drawn["line"], int)
        assert isinstance(drawn["column"], int)


# --- anything somebody may have put into a file or its name

HOSTILE = st.text(max_size=40) | st.sampled_from(
    [
        "\n::add-mask::x",
        "\r\n::set-output name=a::b",
        "%0A::error::x",
        "::stop-commands::x",
        "a,b:c%d",
        "| a | b |\n|---|---|",
        "```\n# x",
        "`` ` ``",
        "@everyone #1 org/repo#2 https://example.com",
        "<script>alert(1)</script>",
        "![x](http://example.com/x.png)",
        "[x](javascript:alert(1))",
        "</td></tr></table>",
        "<!-- x",
        "&lt;b&gt;",
        "WWW.example.org",
        "GH-3",
        "\u202egnorw",
        "\\|",
        "\\",
        "**x** __y__ ~~z~~",
    ]
)
FINDINGS = st.builds(
    lambda path, code, message, hint, severity: Finding(
        path, 1, 1, code, severity, message, hint, "附件1 一", related=(Location(path, 2),)
    ),
    HOSTILE.map(lambda text: f"submissions/{text}"),
    st.sampled_from(["S-ENUM", "Y-DUP"]),
    HOSTILE,
    HOSTILE,
    st.sampled_from(["error", "warning"]),
)


@settings(deadline=None)
@given(st.lists(FINDINGS, max_size=4))
def test_github_annotations_stay_one_line_each_and_start_no_other_command(findings: list[Finding]) -> None:
    drawn = _draw("github", *findings)
    lines = drawn.split("\n")[:-1]
    assert len(lines) == len(findings)
    for line, each in zip(lines, findings, strict=True):
        assert "\r" not in line
        parsed = re.fullmatch(r"::(error|warning) file=([^,:]*),line=1,col=1,title=([^,:]*)::(.*)", line, re.DOTALL)
        assert parsed
        assert parsed[1] == each.severity
        undone = parsed[4].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        assert undone.startswith(each.message)


class _Reader(HTMLParser):
    """What a reader of rendered Markdown gets: the tags, and the text of every cell."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


@settings(deadline=None, max_examples=50)
@given(st.lists(FINDINGS, min_size=1, max_size=3))
def test_markdown_shows_hostile_text_as_text_in_its_cell(findings: list[Finding]) -> None:
    drawn = _draw("markdown", *findings)
    reader = _Reader()
    reader.feed(markdown.markdown(drawn, extensions=["tables", "fenced_code"]))
    assert reader.tags <= {"p", "strong", "h3", "code", "table", "thead", "tbody", "tr", "th", "td"}
    cells = [row for row in reader.rows if row]
    assert [len(row) for row in cells] == [5] * len(findings)
    shown = sorted(_squeezed(row[2]) for row in cells)
    messages = (_visible(" ".join(each.message.splitlines())) for each in findings)
    said = (
        f"{message}（对照 {_visible(each.related[0].path)} 第 2 行）"
        for message, each in zip(messages, findings, strict=True)
    )
    assert shown == sorted(map(_squeezed, said))
    in_cells = "".join(line for line in drawn.split("\n") if line.startswith("|"))
    assert not re.search(r"@\w|[^&]#\d|://|(?i:www\.|gh-\d)", in_cells)


def _squeezed(text: str) -> str:
    """Without white space and the characters that only keep text from becoming something else."""
    return "".join(one for one in text if one.isprintable() and not one.isspace() and one != "\u200b")


def test_markdown_groups_by_file_and_carries_every_finding() -> None:
    rows = [
        finding("S-ENUM", Location(f"submissions/{name}.yaml", line), "错了") for name in "ab" for line in range(60)
    ]
    drawn = _draw("markdown", *rows)
    assert drawn.count("\n### ") == 2
    assert drawn.count("`S-ENUM`") == 120


# --- SARIF


def test_a_summary_is_never_longer_than_a_forge_takes() -> None:
    many = [finding("S-ENUM", Location(f"{SCHOOL}{n:05}.yaml"), "写了一个没有的选项，" * 5) for n in range(20_000)]
    text = reporters["markdown"](Report(1, 1, many, effects=("涉及 1 所学校。",)), EMPTY)
    assert len(text.encode()) < 1024 * 1024
    shown = text.count("`S-ENUM`")
    assert f"还有 {20_000 - shown} 处没有列在这里" in text
    assert text.endswith("- 涉及 1 所学校。\n")


@pytest.mark.parametrize("case", REJECTED[::5], ids=repr)
def test_sarif_names_the_places(case: CaseFolder) -> None:
    tree = case.tree
    report = _report(tree)
    body = json.loads(reporters["sarif"](report, tree))
    assert body["version"] == "2.1.0"
    (run,) = body["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    declared = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert len(run["results"]) == len(report.findings)
    for result, each in zip(run["results"], report.findings, strict=True):
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%*-]+", place["artifactLocation"]["uri"])
        assert unquote(place["artifactLocation"]["uri"]) == each.path
        assert place["region"] == {"startLine": each.line, "startColumn": each.column}
        assert result["ruleId"] == each.code in declared
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"].startswith(each.message)


@settings(deadline=None)
@given(st.lists(FINDINGS, max_size=3), st.sampled_from(["json", "sarif"]))
def test_machine_formats_are_json_whatever_they_quote(findings: list[Finding], form: str) -> None:
    assert json.loads(_draw(form, *findings))


def test_a_file_name_that_is_not_unicode_can_be_reported() -> None:
    each = finding("PATH-KIND", Location("submissions/\udcff\x1b[31m\n.yaml"), "这个位置没有这样的记录")
    for form in reporters:
        _draw(form, each).encode("utf-8")
    assert "\x1b" not in _draw("text", each)


# --- personal numbers

CARD = "11010119000101001"
CARD += ric.calc_check_digit(f"{CARD}0")
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
NUMBERS = {
    "mobile": "13800138000",
    "mobile, full width": "13800138000".translate(WIDE),
    "mobile, spaced": "138 0013 8000",
    "mobile, hyphens": "138-0013-8000",
    "mobile, every digit apart": "1 3 8 0 0 1 3 8 0 0 0",
    "mobile, full width and spaced": "１３８　００１３　８０００",
    "mobile, country code": "+8613800138000",
    "card": CARD,
    "card, full width": CARD.translate(WIDE),
    "card, grouped": f"{CARD[:6]} {CARD[6:14]} {CARD[14:]}",
    "card, lower case": CARD.lower(),
}
NARROW = {wide: ord(narrow) for narrow, wide in ((chr(key), value) for key, value in WIDE.items())}


def _digits(text: str) -> str:
    """A text's digits and X in half width, everything between them gone."""
    return re.sub("[^0-9X]", "", text.translate(NARROW).upper())


UNIT = base().files[SCHOOL + "unit.yaml"].decode()
PLACES = {
    "a value": lambda number: (SCHOOL + "unit.yaml", UNIT.replace("曹立新", f"曹立新 {number}")),
    "a choice": lambda number: (SCHOOL + "unit.yaml", UNIT.replace("type: 小学", f"type: {number}")),
    "a quoted value": lambda number: (SCHOOL + "unit.yaml", UNIT.replace("type: 小学", f'type: "{number}"')),
    "a long value": lambda number: (SCHOOL + "unit.yaml", UNIT.replace("type: 小学", f"type: {'很长' * 11} {number}")),
    "a field name": lambda number: (SCHOOL + "unit.yaml", UNIT + f'"{number}": 电话\n'),
    "a field written twice": lambda number: (SCHOOL + "unit.yaml", UNIT + f'"{number}": 1\n"{number}": 2\n'),
    "a comment": lambda number: (SCHOOL + "unit.yaml", UNIT + f"# 校长 {number}\nno: x\n"),
    "a broken file": lambda number: (SCHOOL + "unit.yaml", UNIT + f"x: [{number}\n"),
    "a file name": lambda number: (SCHOOL + f"{number}.yaml", UNIT),
    "a folder name": lambda number: (COUNTY + f"{number}/unit.yaml", UNIT),
    "a table": lambda number: (
        COUNTY + "2026/process-data.csv",
        f"teacher,date,source,type,amount\n{number},2026-04-02,网络学习空间,学习,3\n",
    ),
    "the heading of a table": lambda number: (COUNTY + "2026/process-data.csv", f"{number},date,source,type,amount\n"),
    "a case": lambda number: (
        SCHOOL + "cases/eins.md",
        base().files[COUNTY + "wenhua-xiaoxue/cases/xizuo-huping.md"].decode() + f"\n<b>{number}</b>\n",
    ),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("number", NUMBERS)
def test_a_personal_number_is_in_no_report(number: str, place: str) -> None:
    path, text = PLACES[place](NUMBERS[number])
    tree = base().having({path: text.encode()})
    report = _report(tree)
    assert report.failed
    bare = _digits(NUMBERS[number])[-11:]
    for form, draw in reporters.items():
        for line in draw(report, tree).split("\n"):
            assert bare not in _digits(line), (form, line)


# --- further places

PLAN, ROSTER = f"{SCHOOL}2026/plan.yaml", f"{SCHOOL}2026/teachers.yaml"


def _named(code: str) -> Iterator[tuple[CaseFolder, Finding]]:
    for case in REJECTED:
        if repr(case).startswith(f"{code}/"):
            yield from ((case, each) for each in judge(case.tree) if each.code == code)


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("CHOICE-OFFERED", r"offered:"),
        ("CHOICE-ENVIRONMENT", r"environments:"),
        ("CONSULT-POINTS", r"choices:"),
        ("DECLARED-FIRST", r"date:"),
        ("EVIDENCE-CHOSEN", r"choices:"),
        ("EVIDENCE-COVERS", r"date:"),
        ("RESULT-CHOSEN", r"choices:|exempt:"),
        ("TEACHER-UNIQUE", r"number:"),
        ("TEAM-HEAD", r"principal:"),
        ("UNIT-CODE", r"code:"),
    ],
)
def test_where_else_to_look_is_a_place_in_every_report(code: str, shows: str) -> None:
    """What stands at the further place is what the finding disagrees with; every form of report leads there."""
    found = [(case.tree, each) for case, each in _named(code) if each.related]
    assert found
    for tree, each in found:
        for other in each.related:
            lines = tree.read(other.path).decode().split("\n")
            around = "\n".join(lines[max(0, other.line - 2) : other.line])
            assert re.search(shows, around), (each, around)
            assert f"      = 对照：{other.path}:{other.line}:{other.column}\n" in _draw("text", each, tree=tree)
            assert f"（对照 {other.path}:{other.line}）" in _draw("github", each)
            reader = _Reader()
            reader.feed(markdown.markdown(_draw("markdown", each), extensions=["tables"]))
            assert f"（对照 {other.path} 第 {other.line} 行）" in reader.rows[-1][2]
        places = [{"path": o.path, "line": o.line, "column": o.column} for o in each.related]
        assert json.loads(_draw("json", each))["findings"][0]["related"] == places
        (result,) = json.loads(_draw("sarif", each))["runs"][0]["results"]
        regions = [one["physicalLocation"]["region"]["startLine"] for one in result["relatedLocations"]]
        assert regions == [other.line for other in each.related]
