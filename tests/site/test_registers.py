"""The public registers and reference pages, from the base programme with a few records added."""

from __future__ import annotations

import re

from tests.case_folders import MemoryTree, base
from wholeschool.outcomes.published import public_year
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.kinds import kinds
from wholeschool.rules.examples import examples
from wholeschool.rules.reference import as_text, entries, shipped_rulebook
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site import home, record_reference, registers, rubrics, rule_reference
from wholeschool.site.views import public_cases

CITY, COUNTY = "anhui/shili", "anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"


def made(files: dict[str, str] | None = None) -> dict[str, str]:
    """The registers' pages as plain text: entities back into characters."""
    added = {f"submissions/{path}": text.encode() for path, text in (files or {}).items()}
    loaded = load(MemoryTree(base().having(added).files))
    assert loaded.findings == []
    programme = assemble(loaded)
    pages = dict(registers.pages(programme, public_cases(programme)))
    return {path: plain(markdown) for path, markdown in pages.items()}


def plain(markdown: str) -> str:
    """Markdown with its numeric entities resolved."""
    return re.sub(r"&#(\d+);", lambda found: chr(int(found.group(1))), markdown)


def page(unit: str, files: dict[str, str] | None = None, name: str = "registers") -> str:
    """A page of one unit beside its rates."""
    return made(files)[f"rates/{unit}/{name}.md"]


def test_the_county_names_who_is_responsible() -> None:
    assert "明远县教育局" in page(COUNTY)


def test_teams_not_yet_registered_are_named() -> None:
    assert "| 工程办 | 还没有登记 |" in page(COUNTY)
    assert "| 培训团队 | 已登记 |" in page(COUNTY)
    assert "| 专家团队 | 还没有登记 |" in page("anhui")
    assert "专家团队" not in page(CITY)


def test_issued_documents_are_listed() -> None:
    shown = page(COUNTY)
    assert "| 实施方案 | 明远县整校推进实施方案 | 明教〔2026〕3号 | 2026年1月15日 |" in shown
    draft = "documents:\n  - {title: 全省实施规划, kind: 实施规划, status: 起草, date: 2026-01-02}\n"
    issued = draft.replace("起草", "印发")
    assert "全省实施规划" not in page("anhui", {"anhui/documents.yaml": draft})
    assert "| 实施规划 | 全省实施规划 |" in page("anhui", {"anhui/documents.yaml": issued})


def test_pilots_link_to_their_public_cases() -> None:
    text = base().files[f"submissions/{SCHOOL}/cases/xizuo-huping.md"].decode()
    files = {
        f"{COUNTY}/pilots.yaml": f"pilots:\n  - {{unit: {SCHOOL}, since: 2026-03-01, experience: [ban-nian]}}\n",
        f"{COUNTY}/cases/ban-nian.md": text,
    }
    assert "[五分钟的习作互评](../../../../cases/mingyuan-ban-nian.md)" in page(COUNTY, files)
    files[f"{COUNTY}/cases/ban-nian.md"] = text.replace("author: true", "author: false")
    assert "五分钟的习作互评" not in page(COUNTY, files)


def test_approvals_carry_their_filing_number() -> None:
    assert "| 审核通过 | 2026年3月5日 | 明远备2026-001 |" in page(COUNTY)
    assert "| 还没有报送 | — | — |" in page(COUNTY)


def test_schools_without_papers_are_shown() -> None:
    plan = "items:\n  - {task: 组织评审, when: 6 月, person: 许文博, result: 评审记录}\n"
    assert "明远县文华小学](wenhua-xiaoxue.md) | 还没有 | 有 | 还没有 |" in page(COUNTY, name="papers")
    with_plan = page(COUNTY, {f"{SCHOOL}/2026/work-plan.yaml": plan}, name="papers")
    assert "明远县文华小学](wenhua-xiaoxue.md) | 有 | 有 | 还没有 |" in with_plan


def test_resources_are_found_by_microability() -> None:
    resource = "{title: 量规设计微课, source: 自主研发, licence: 县内免费使用, microabilities: [A11], stages: [小学]}"
    shown = page(COUNTY, {f"{COUNTY}/resources.yaml": f"resources:\n  - {resource}\n"})
    assert "| 量规设计微课 | 自主研发 | 县内免费使用 | [A11](../../../../catalogue/A11.md) | 小学 |" in shown


def test_showing_work_needs_consent() -> None:
    use = "uses:\n  - {{type: 成果展示, date: 2026-09-10, content: 展出三份量规, consent: {}}}\n"
    assert "展出三份量规" not in page(COUNTY, {f"{COUNTY}/2026/result-uses.yaml": use.format("false")})
    assert "展出三份量规" in page(COUNTY, {f"{COUNTY}/2026/result-uses.yaml": use.format("true")})


def test_a_use_that_names_a_teacher_is_shown_with_their_consent() -> None:
    """Whoever failed would be made known; two characters are a name only where somebody is called by them."""
    use = "uses:\n  - {{type: 评优考核, date: 2026-09-10, content: {}, consent: {}}}\n"
    for said, consent, shown in (
        ("周雨晴考核不合格", "false", False),
        ("何芳老师考核不合格", "false", False),
        ("何芳老师评为教学能手", "true", True),
        ("何芳香何处来读书活动", "false", True),
        ("三位教师评为教学能手", "false", True),
    ):
        assert (said in page(COUNTY, {f"{COUNTY}/2026/result-uses.yaml": use.format(said, consent)})) is shown, said


def test_no_person_is_in_a_register() -> None:
    names = {"高建国", "沈月华", "林静", "许文博", "周雨晴", "陈思远", "方敏", "何芳"}
    assert not [name for name in names for text in made().values() if name in text]


def test_the_home_page_names_the_policy() -> None:
    programme = assemble(load(base()))
    words = plain(dict(home.pages(programme, [public_year(programme, 2026)], []))["index.md"])
    assert "中小学教师信息技术应用能力整校推进实施指导意见》（暂行）" in words


def test_the_policy_rests_on_its_basis() -> None:
    settings = (REPOSITORY / "submissions/guidance/anhui-2.0/policy.yaml").read_text("utf-8")
    handbook = (REPOSITORY / "docs/handbook/programme.md").read_text("utf-8")
    for number in ("教师〔2019〕1号", "皖政办〔2019〕8号"):
        assert number in settings
        assert number in handbook


def test_the_standard_has_its_page_with_or_without_one() -> None:
    assert "还没有登记考核规范" in dict(rubrics.pages(assemble(load(base()))))["reference/rubrics.md"]


def test_every_kind_of_record_has_its_page() -> None:
    pages = dict(record_reference.pages())
    assert pages.keys() == {f"reference/records/{name}.md" for name in ("index", *kinds())}
    for name, kind in kinds().items():
        words = pages[f"reference/records/{name}.md"]
        assert kind.title in words
        for field in record_reference.fields(name).values():
            assert f'id="{field.path}"' in words
            assert field.schema.get("title"), (name, field.path)
        assert f"]({name}.md)" in pages["reference/records/index.md"]


def test_examples_of_records_come_from_the_made_up_programme() -> None:
    words = dict(record_reference.pages())["reference/records/teachers.md"]
    assert "34990100010001" in words
    assert "teachers:" in words


def test_every_rule_has_its_page_with_examples() -> None:
    pages = {path: plain(markdown) for path, markdown in rule_reference.pages(shipped_rulebook())}
    for code, entry in entries(shipped_rulebook()).items():
        words = pages[f"rules/{code}.md"]
        assert entry.sentence in words
        assert entry.beginning in words
        shown = examples(code)
        if entry.theme.startswith("更改"):
            continue  # a change is no folder of files
        assert any(example.accepted for example in shown)
        assert any(not example.accepted for example in shown)
        assert all(example.title in words for example in shown)
        # Three kinds of examples are made large by repeating a line; those are not read again for the page.
        assert any(example.message for example in shown) or code in ("Y-SIZE", "Y-NODES", "GIT-SIZE")


def test_the_terminal_says_the_same() -> None:
    words = as_text("TEAM-SIZE", shipped_rulebook())
    for part in ("附件1 三(一)2", "管理团队有 6 人，应为 3–5 人", "减少成员", "从第一轮起", "名单上六个人"):
        assert part in words


def test_projects_say_how_far_they_have_come() -> None:
    names = {"甲": "2026-03-02", "乙": "2026-03-02", "丙": "2026-03-02", "丁": "2026-03-02", "戊": ""}
    projects = "projects:\n" + "".join(
        f"  - {{name: {name}, content: 试一试, designed: 2026-03-01{f', submitted: {day}' if day else ''}}}\n"
        for name, day in names.items()
    )
    entry = "  - {{county: {}, project: {}, decision: {}, date: {}{}}}\n"
    decisions = "decisions:\n" + "".join(
        (
            entry.format(COUNTY, "甲", "退回修改", "2026-03-10", ""),
            entry.format(COUNTY, "甲", "批准", "2026-03-20", ", reported: 2026-03-27"),
            entry.format(COUNTY, "乙", "批准", "2026-03-20", ""),
            entry.format(COUNTY, "丙", "退回修改", "2026-03-20", ""),
        )
    )
    shown = page(COUNTY, {f"{COUNTY}/2026/projects.yaml": projects, f"{CITY}/2026/project-decisions.yaml": decisions})
    states = {
        "甲": "已批准，已向省报备",
        "乙": "已批准，待向省报备",
        "丙": "市里退回修改",
        "丁": "已报市审批",
        "戊": "设计中",
    }
    for name, state in states.items():
        assert re.search(rf"{name}</td>\s*<td[^>]*>{state}|{name} *\| *{state}", shown), (name, state)
