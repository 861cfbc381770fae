"""Imitations of what course platforms and form services export, written from a truth that is known before.

Their columns, titles, states and habits are those of the real ones; people, schools and numbers are invented. A private
number in them is made so that it looks real and is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from openpyxl import Workbook

from tests.papers.workbooks import saved

MINUTES = 45
"""Of an hour of study, where nothing else is configured."""


class Study(NamedTuple):
    """A course that somebody took in one sitting."""

    course: str
    begun: datetime
    hours: float

    @property
    def minutes(self) -> int:
        return round(self.hours * MINUTES)

    @property
    def ended(self) -> datetime:
        return self.begun + timedelta(minutes=self.minutes)


class Person(NamedTuple):
    """Somebody in an export; no number where the provider does not know it."""

    name: str
    school: str
    number: str
    studies: Sequence[Study]

    @property
    def hours(self) -> float:
        return round(sum(each.hours for each in self.studies), 2)


def identity(index: int) -> str:
    """The number of an identity card that is nobody's: the check digit is right, the region was never given out."""
    body = f"349901{1970 + index % 30}0101{index % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def phone(index: int) -> str:
    """A mobile number of a range that is kept for examples."""
    return f"1380000{index % 10000:04}"


def _book(sheets: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


PLATFORM = (
    *("序号", "项目名称", "项目编号", "项目年度", "班级名称", "班级编号", "姓名", "性别", "民族", "身份证号"),
    *("手机号", "电子邮箱", "登录账号", "教师编号", "所在省", "所在市", "所在县区", "工作单位", "单位性质", "学段"),
    *("学科", "职称", "报到状态", "报到时间", "应修学时", "必修学时", "选修学时", "实得学时", "作业成绩", "研讨发帖数"),
    *("考核成绩", "结业状态", "结业时间", "备注"),
)


def platform(people: Sequence[Person]) -> list[list[Any]]:
    """The rows of a course platform's list of a project: 34 columns, one row for each person."""
    rows: list[list[Any]] = [list(PLATFORM)]
    for index, each in enumerate(people, 1):
        attended = bool(each.studies)
        rows.append(
            [
                *(index, "信息技术应用能力提升工程2.0", "P2026", 2026, "小学一班", "C01", each.name, "女", "汉族"),
                *(identity(index), phone(index), f"t{index}@example.com", phone(index), each.number),
                *("样张省", "示例市", "明远县", each.school, "公办", "小学", "语文", "一级教师"),
                *("已报到" if attended else "未报到", "2026-03-05 09:12:44" if attended else "", 30, 20, 10),
                *(each.hours if attended else "", 92, 3, 88, "已结业" if each.hours >= 30 else "未结业", "", ""),
            ]
        )
    return [["明远县网络研修学员学时明细"], ["统计时间：2026-03-01 至 2026-08-31"], *rows]


def a_platform(people: Sequence[Person]) -> bytes:
    return _book([("学员明细", platform(people))])


def by_course(people: Sequence[Person]) -> bytes:
    """A sheet for each course, the length of study in minutes."""
    courses = list(dict.fromkeys(study.course for each in people for study in each.studies))
    sheets = []
    for course in courses:
        rows: list[list[Any]] = [
            [f"课程学习记录：{course}"],
            ["序号", "学员姓名", "学校", "工号", "手机号码", "学习时长（分钟）", "开始学习时间", "完成学习时间"],
        ]
        studies = [(each, study) for each in people for study in each.studies if study.course == course]
        for index, (each, study) in enumerate(studies, 1):
            rows.append(
                [
                    *(index, each.name, each.school, each.number, phone(index)),
                    *(study.minutes, study.begun, study.ended),
                ]
            )
        rows.append(["合计", "", "", "", "", sum(study.minutes for _, study in studies)])
        sheets.append((course, rows))
    return _book(sheets or [("课程", [])])


def _moments(study: Study, form: str) -> tuple[str, str]:
    return study.begun.strftime(form), study.ended.strftime(form)


def wenjuanxing(people: Sequence[Person]) -> bytes:
    """问卷星: who answers, from where, how long it took; then the questions with their numbers."""
    rows: list[list[Any]] = [
        [
            *("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"),
            *("1、您的姓名：", "2、您所在的学校：", "3、教师编号：", "4、手机号：", "5、本次研修的课程："),
            *("6、开始时间：", "7、结束时间：", "8、学时："),
        ]
    ]
    for each in people:
        for study in each.studies:
            index = len(rows)
            rows.append(
                [
                    *(index, "2026/5/30 20:11:03", "64秒", "微信", "N/A", "10.0.0.1(样张)"),
                    *(each.name, each.school, each.number or "(空)", phone(index), study.course),
                    *(*_moments(study, "%Y/%m/%d %H:%M:%S"), f"{study.hours:g}"),
                ]
            )
    return _book([("Sheet1", rows)])


def wps(people: Sequence[Person]) -> bytes:
    """WPS 表单: who handed it in and when, by themselves; then the fields with what they are."""
    rows: list[list[Any]] = [
        [
            *("提交者（自动）", "提交时间（自动）", "姓名（必填）", "学校（必填）", "工号", "联系电话（必填）"),
            *("课程名称（必填）", "研修开始时间", "研修结束时间", "学时（必填）"),
        ]
    ]
    for each in people:
        for study in each.studies:
            rows.append(
                [
                    *(
                        f"金山用户{len(rows)}",
                        "2026-05-30 20:11",
                        each.name,
                        each.school,
                        each.number,
                        phone(len(rows)),
                    ),
                    *(study.course, *_moments(study, "%Y-%m-%d %H:%M"), study.hours),
                ]
            )
    return _book([("表单结果", rows)])


def tencent(people: Sequence[Person]) -> bytes:
    """腾讯文档收集表: numbers with a dot, Chinese dates."""
    rows: list[list[Any]] = [
        [
            *(
                "编号",
                "提交时间",
                "提交者",
                "01.姓名（必填）",
                "02.所在学校（必填）",
                "03.教师编号（选填）",
                "04.微信号",
            ),
            *("05.课程", "06.上课时间", "07.下课时间", "08.完成的学时（必填）"),
        ]
    ]
    for each in people:
        for study in each.studies:
            rows.append(
                [
                    *(len(rows), "2026年5月30日 20:11", "微信用户", each.name, each.school, each.number),
                    *(f"wxid_ab{len(rows):04}", study.course),
                    *(*_moments(study, "%Y年%m月%d日 %H:%M"), f"{study.hours:g}学时"),
                ]
            )
    return _book([("收集结果", rows)])


def dingtalk(people: Sequence[Person]) -> bytes:
    """钉钉直播: titles above, the school as a department, how long somebody watched in words."""
    rows: list[list[Any]] = [
        ["直播观看明细"],
        ["企业名称：明远县教育局（样张）"],
        [],
        ["直播名称", "UserID", "姓名", "部门", "工号", "手机号", "首次观看时间", "最近退出时间", "观看时长"],
    ]
    for each in people:
        for study in each.studies:
            hours, minutes = divmod(study.minutes, 60)
            length = f"{hours}小时{minutes}分" if hours else f"{minutes}分0秒"
            department = f"明远县教育局/小学部/{each.school.removeprefix('明远县')}"
            rows.append(
                [
                    *(study.course, f"u{len(rows):05}", each.name, department, each.number, phone(len(rows))),
                    *(*_moments(study, "%Y-%m-%d %H:%M:%S"), length),
                ]
            )
    return _book([("观看明细", rows)])


LAYOUTS: dict[str, Callable[[Sequence[Person]], bytes]] = {
    "platform": a_platform,
    "by_course": by_course,
    "wenjuanxing": wenjuanxing,
    "wps": wps,
    "tencent": tencent,
    "dingtalk": dingtalk,
}


def page(rows: Sequence[Sequence[Any]], charset: str = "utf-8") -> bytes:
    """The same rows as a page, which platforms call `.xls`."""
    cells = "".join(
        "<tr>" + "".join(f"<td>{'' if each is None else each}</td>" for each in row) + "</tr>" for row in rows
    )
    head = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><meta charset="{charset}">'
    return f"{head}<body><table border=1>{cells}</table></body></html>".encode(charset)


def separated(rows: Sequence[Sequence[Any]], charset: str = "gb18030") -> bytes:
    """The same rows as a text with tabs, as a platform's button makes one."""
    return "\r\n".join("\t".join(str(each) for each in row) for row in rows).encode(charset)
