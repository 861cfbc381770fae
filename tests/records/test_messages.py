"""Messages name the value and the choices, guess what was meant, and never repeat what is personal."""

from __future__ import annotations

import pytest

from tests.case_folders import CaseFolder, MemoryTree, all_cases, base
from tests.case_folders import judge as judge_whole
from wholeschool.findings import Finding
from wholeschool.records.explain import nearest
from wholeschool.records.kinds import kinds

COUNTY = "submissions/anhui/shili/mingyuan/"
UNIT = COUNTY + "qingshan-xiaoxue/unit.yaml"


def judge(tree: MemoryTree) -> list[Finding]:
    """The errors of a tree; what the base could do better is not asked here."""
    return [each for each in judge_whole(tree) if each.severity == "error"]


def _message(old: str, new: str) -> tuple[str, str]:
    data = base().files[UNIT].decode()
    assert data.count(old) == 1
    (found,) = judge(base().having({UNIT: data.replace(old, new).encode()}))
    return found.message, found.hint


def test_a_mistyped_choice_is_quoted_and_the_nearest_is_offered() -> None:
    message, hint = _message("[多媒体教学环境]", "[多媒体环境]")
    assert message == "信息化环境写的是“多媒体环境”，不在可选范围内"
    assert hint == "您是不是想写“多媒体教学环境”？可选：多媒体教学环境、混合学习环境、智慧学习环境"


def test_a_choice_that_resembles_nothing_gets_the_list() -> None:
    assert _message("type: 小学", "type: 少年宫")[1].startswith("可选：幼儿园、小学、初中")


def test_a_mistyped_field_says_which_was_meant_and_is_not_also_missing() -> None:
    assert _message("principal:", "principle:") == ("没有“principle”这个字段", "您是不是想写“principal”？")


def test_a_field_named_in_chinese_is_understood() -> None:
    assert _message("type:", "学校类型:") == ("没有“学校类型”这个字段", "您是不是想写“type”？")


def test_a_missing_field_is_named_in_both_languages() -> None:
    message, hint = _message("principal: 曹立新\n", "")
    assert message == "缺少“principal”（校（园）长）"
    assert hint


def test_a_long_value_is_cut() -> None:
    message, _ = _message("type: 小学", f"type: {'很长的类型' * 30}")
    assert len(message) < 60
    assert "…" in message


@pytest.mark.parametrize(
    "number", ["13800138000", "１３８００１３８０００", "138 0013 8000", "138-0013-8000", "+8613800138000"]
)
@pytest.mark.parametrize("before", ["", "联系人", "这一格里写了很长很长很长很长很长的话"])
def test_a_telephone_number_is_never_repeated(number: str, before: str) -> None:
    data = base().files[UNIT].decode().replace("type: 小学", f"type: {before} {number}")
    (found,) = judge(base().having({UNIT: data.encode()}))
    assert found.code == "PII-MOBILE"
    assert not any(piece in found.message + found.hint for piece in ("8001", "0013", "００１３"))


def test_names_of_people_are_not_repeated_by_rules_about_people() -> None:
    case = next(case for case in all_cases() if repr(case) == "PLAN-GUIDED/rejected-not-on-the-list")
    (found,) = judge(case.tree)
    assert "乔林" not in found.message + found.hint


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_record_that_is_a_list_or_a_word_gets_a_sentence(name: str) -> None:
    from tests.records.test_anything import paths

    path = dict(zip(kinds(), paths(), strict=True))[name]
    if path.endswith(".yaml"):
        for text in ("- a\n", "一个词\n", "3\n"):
            found = [each for each in judge(base().having({path: text.encode()})) if each.path == path]
            assert [each.code for each in found] == ["S-TYPE"]
            assert found[0].hint


def test_nearest() -> None:
    assert nearest("多媒体环境", ["多媒体教学环境", "混合学习环境"]) == "多媒体教学环境"
    assert nearest("村小", ["小学", "初中"]) == "小学"
    assert nearest("x", ["小学", "初中"]) is None


def test_a_refused_file_does_not_hide_its_neighbours() -> None:
    bad = {UNIT: b"\xff\xfe", COUNTY + "wenhua-xiaoxue/cases/leer.md": b"", COUNTY + "documents.yaml": b"a: [\n"}
    assert {each.path for each in judge(base().having(bad)) if each.severity == "error"} == set(bad)


@pytest.mark.parametrize("path", [UNIT, COUNTY + "contacts.txt", COUNTY + "联系表.csv", COUNTY + "2026/survey.yaml"])
def test_a_telephone_number_is_told_also_in_a_file_that_is_wrong_otherwise(path: str) -> None:
    found = judge(base().having({path: "名单: [张三\n电话 138 0013 8000\n".encode()}))
    assert "PII-MOBILE" in {each.code for each in found if each.path == path}
    assert len(found) == 2


def test_an_example_reads_as_it_will_be_shown() -> None:
    case: CaseFolder = next(case for case in all_cases() if repr(case) == "CHOICE-CREDITS/rejected-four-choices")
    (found,) = judge(case.tree)
    assert found.message == "所选 A1、A2、A5、A6 合计 18 学分，还差 2 学分"
    assert found.hint == "再选一项就够，例如 A3（4 学分）、A4（4 学分）、A7（5 学分）"
    assert found.clause == (
        "附件1 二(四)2“每位教师所选微能力，合计不少于20学分”；本工程的配置（policy.yaml 的 standard.credits）"
    )
