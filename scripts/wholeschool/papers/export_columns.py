"""What the columns of a provider's export mean: platforms and form services have no template of ours.

A heading is known by its words alone, whatever number, bracket or mark a form service puts around them
(`3、您的姓名：`, `01.姓名（必填）`, `学习时长(分钟)`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from wholeschool.papers.layout import heading_of
from wholeschool.papers.sheets import Cell, Sheet

HEADER_WITHIN = 20
"""Among how many of a sheet's first rows the headings are looked for: above them stand titles and dates."""

# What the columns are called, the likelier first: of several that say hours, the hours that somebody got.
WORDS: Mapping[str, tuple[str, ...]] = {
    "number": (
        *("教师编号", "教师工号", "教职工编号", "教职工号", "教工号", "职工编号", "职工号", "教师代码", "教师号"),
        *("工号", "学员编号", "人员编号", "学号"),
    ),
    "name": (
        *("姓名", "教师姓名", "学员姓名", "真实姓名", "参训教师姓名", "参训教师", "参训人员", "老师姓名", "用户姓名"),
        *("您的姓名", "你的姓名", "请填写姓名", "请填写您的姓名", "请输入姓名", "学员"),
    ),
    "school": (
        *("学校", "学校名称", "所在学校", "任教学校", "所属学校", "工作学校", "校名", "学校全称", "单位全称"),
        *("您所在的学校", "您所在学校", "您的学校", "您的任教学校", "请填写学校", "单位", "工作单位", "所在单位"),
        *("所属单位", "单位名称", "您的单位", "您所在的单位", "部门", "所在部门", "所属部门", "组织"),
    ),
    "hours": (
        *(
            "网络研修学时",
            "实得学时",
            "已获学时",
            "获得学时",
            "认定学时",
            "已修学时",
            "完成学时",
            "研修学时",
            "学习学时",
        ),
        *("总学时", "学时数", "学时", "本次学时", "研修学时数", "您完成的学时", "完成的学时"),
    ),
    "length": (
        *("累计学习时长", "学习时长", "累计观看时长", "观看时长", "累计参会时长", "参会时长", "在线时长", "累计时长"),
        *("总时长", "研修时长", "学习时间长度", "时长"),
    ),
    "course": ("课程名称", "课程", "研修课程", "培训课程", "本次研修的课程", "您研修的课程", "学习课程", "直播名称"),
    "begun": (
        *("开始学习时间", "学习开始时间", "研修开始时间", "首次学习时间", "首次观看时间", "首次入会时间", "进入时间"),
        *("入会时间", "开始时间", "上课时间"),
    ),
    "ended": (
        *(
            "完成学习时间",
            "学习结束时间",
            "研修结束时间",
            "最后学习时间",
            "最近学习时间",
            "最近退出时间",
            "最后退会时间",
        ),
        *("离开时间", "退出时间", "退会时间", "完成时间", "结束时间", "下课时间"),
    ),
    "provider": ("承担机构", "培训机构", "承训机构", "机构名称", "承办机构"),
    "attended": ("报到状态", "报到情况", "是否报到", "报到"),
    "finished": ("结业状态", "结业情况", "是否结业", "结业", "学习状态"),
}
_MEANING = {heading_of(word): (field, rank) for field, words in WORDS.items() for rank, word in enumerate(words)}

PRIVATE = re.compile(
    r"身份证|证件号|护照|手机|电话|联系方式|邮箱|邮件|e-?mail|微信|wechat|qq|住址|家庭地址|通信地址|通讯地址|出生|生日|政治面貌"
    r"|银行|卡号|(?<![a-z])ip(?![a-z])|openid|unionid|userid|设备号|账号|账户|用户名|登录名|密码|头像|人脸",
    re.IGNORECASE,
)
"""What a heading has that stands above what is somebody's own: such a column is never read."""

_NUMBERED = re.compile(r"^(?:q|第)?[0-9]{1,3}(?:题)?[.、．:：)）\s-]+", re.IGNORECASE)
_BRACKETED = re.compile(r"[(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕]")
_UNITS = (("分", 1.0), ("小时", 60.0), ("秒", 1 / 60), ("钟头", 60.0))


class Columns(NamedTuple):
    """Where a sheet's headings stand, which column each field is, and the headings as written by column."""

    row: int
    fields: Mapping[str, int]
    headings: Mapping[int, str]

    @property
    def is_export(self) -> bool:
        """Whether this says who has studied how long."""
        return bool({"name", "number"} & self.fields.keys()) and bool({"hours", "length"} & self.fields.keys())

    @property
    def lacking(self) -> list[str]:
        """What it does not say of that."""
        wanted = (("姓名或者教师编号", {"name", "number"}), ("学时或者时长", {"hours", "length"}))
        return [title for title, fields in wanted if not fields & self.fields.keys()]


def plain_heading(written: object) -> str:
    """A heading without its number, brackets and marks."""
    text = _NUMBERED.sub("", re.sub(r"\s", "", str(written)))
    while (shorter := _BRACKETED.sub("", text)) != text:
        text = shorter
    return heading_of(text).strip("*：:？?。.")


def columns_of(sheet: Sheet) -> Columns:
    """The row of headings that most fields are found in, and these."""
    best = Columns(0, {}, {})
    for number in sorted(sheet.rows)[:HEADER_WITHIN]:
        headings = {place: str(cell.value) for place, cell in sheet.rows[number].items()}
        fields: dict[str, tuple[int, int]] = {}
        for place, written in headings.items():
            if len(written) > 60 or PRIVATE.search(written):
                continue
            field, rank = _MEANING.get(plain_heading(written), ("", 0))
            if field and (field not in fields or rank < fields[field][0]):
                fields[field] = rank, place
        if len(fields) > len(best.fields):
            best = Columns(number, {field: place for field, (_, place) in fields.items()}, headings)
    return best


def is_export(sheets: Iterable[Sheet]) -> bool:
    """Whether some sheet says who has studied how long, and is no list of another kind by its other columns."""
    return any(columns_of(sheet).is_export for sheet in sheets if not sheet.hidden)


# --- cells ------------------------------------------------------------------------------------------------------------

_HOURS = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)(?:个)?(?:学时|课时)?")
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5]?[0-9])(?::([0-5]?[0-9])(?:\.[0-9]+)?)?")
_SPOKEN = re.compile(r"(?:([0-9]{1,4})(?:个)?(?:小时|时))?(?:([0-9]{1,5})(?:分钟|分))?(?:([0-9]{1,6})秒)?")
_DAY = r"(20[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
_TIME = r"([0-9]{1,2})[:：时]([0-9]{1,2})(?:[:：分](?:[0-9]{1,2}(?:\.[0-9]+)?秒?)?)?"
_MOMENT = re.compile(rf"{_DAY}[ T]*(?:{_TIME})?")
DAYS = re.compile(rf"{_DAY}[ 0-9:：]*?(?:至|到|—+|–|~|～|-)\s*{_DAY}")
"""A first and a last day, as they stand above a table."""


def text_of(cell: Cell | None) -> str:
    """What stands in a cell as a person reads it, without blanks around it."""
    if cell is None or cell.error:
        return ""
    if cell.shown is not None and not isinstance(cell.value, datetime):
        return cell.shown.strip()
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return str(cell.value).strip()


def hours_in(cell: Cell) -> float | None:
    """Hours of study; None where it is no number."""
    if isinstance(cell.value, bool) or cell.error:
        return None
    if isinstance(cell.value, int | float):
        return float(cell.value)
    found = _HOURS.fullmatch(re.sub(r"\s", "", text_of(cell)))
    return float(found[1]) if found else None


def minutes_in(cell: Cell, heading: str) -> float | None:
    """A length of time in minutes: a number by the unit in its heading, a clock's, or words; None: not understood."""
    value = cell.value
    if isinstance(value, bool) or cell.error:
        return None
    if isinstance(value, datetime):  # 1:30:00 is a time of the day on which Excel's days begin
        return value.hour * 60 + value.minute + value.second / 60 if value.year < 1901 else None
    text = re.sub(r"\s", "", text_of(cell)).replace("：", ":")
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
        return hours * 60 + minutes + seconds / 60
    unit = next((times for word, times in _UNITS if word in heading), None)
    if isinstance(value, int | float):
        return float(value) * unit if unit else None
    if text and (spoken := _SPOKEN.fullmatch(text)) and any(spoken.groups()):
        hours, minutes, seconds = (int(each or 0) for each in spoken.groups())
        return hours * 60 + minutes + seconds / 60
    try:
        return float(text) * unit if unit else None
    except ValueError:
        return None


def moment_in(cell: Cell) -> datetime | date | None:
    """A moment, or a day where no time is said; None where it is neither."""
    value = cell.value
    if isinstance(value, datetime):
        return value if value.time() != time() else value.date()
    if isinstance(value, date):
        return value
    found = _MOMENT.fullmatch(text_of(cell))
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return datetime.combine(day, time(int(found[4]), int(found[5]))) if found[4] else day
    except ValueError:
        return None
