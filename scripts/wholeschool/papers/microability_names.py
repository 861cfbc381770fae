"""Microabilities as people write them: by code, by name, by both, by names of other standards, misspelt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import NamedTuple

from wholeschool.records.mending import half_width

_CODE = re.compile(r"([A-Za-z])[-.\s]?0*([1-9][0-9]?)(?![0-9])[\s.:：、-]*")
# Names in the Ministry's card set and in other provinces' lists, and slips that spread with copied tables.
OTHER_NAMES = {
    "数字资源获取与评价": "数字教育资源获取与评价",
    "数字教育资源的获取与评价": "数字教育资源获取与评价",
    "数字资源管理": "数字教育资源管理",
    "演示文稿的设计与制作": "演示文稿设计与制作",
    "技术支持的总结与提升": "技术支持的总结提升",
    "学生信息道德与安全意识培养": "学生信息道德培养",
    "学生信息安全意识的培养": "学生信息安全意识培养",
    "评价量规的设计与应用": "评价量规设计与应用",
    "评价数据的伴随采集": "评价数据的伴随性采集",
    "评价数据伴随性采集": "评价数据的伴随性采集",
    "数据可视化的呈现与解读": "数据可视化呈现与解读",
    "技术支持的测试与练习": "技术支持的测验与练习",
    "微课设计与制作": "微课程设计与制作",
    "微课程的设计与制作": "微课程设计与制作",
    "探究性学习活动设计": "探究型学习活动设计",
    "技术支持的发现和解决问题": "技术支持的发现与解决问题",
    "学习小组的组织与管理": "学习小组组织与管理",
    "技术支持的展示与交流": "技术支持的展示交流",
    "家校合作与交流": "家校交流与合作",
    "自评与互评活动组织": "自评与互评活动的组织",
    "创设真实学习情境": "创造真实学习情境",
    "创设真实学习情景": "创造真实学习情境",
    "创造真实学习情景": "创造真实学习情境",
    "创新解决问题方法": "创新解决问题的方法",
    "支持学生创造性的学习与表达": "支持学生创造性学习与表达",
    "基于数据的个性化指导": "基于数据的个别化指导",
    "应用数据分析的模型": "应用数据分析模型",
    "创建数据分析的微模型": "创建数据分析微模型",
}


class Recognised(NamedTuple):
    """The code, and what to tell the person when it is not what they wrote; no code when nothing fits."""

    code: str | None
    remark: str = ""


def recognise(text: str, names: Mapping[str, str]) -> Recognised:
    """The microability that `text` means; `names` are this programme's names by code."""
    narrow = re.sub(r"\s", "", half_width(text))
    found = _CODE.match(narrow)
    code = f"{found[1].upper()}{found[2]}" if found else None
    rest = narrow[found.end() :].strip("（）()") if found else narrow
    named = _by_name(rest, names) if rest else Recognised(None)
    if code is None:
        return named
    if rest and named.code and named.code != code:
        return Recognised(None, f"“{text}”的编号和名称对不上：{code} 是“{names.get(code, '没有的编号')}”")
    return Recognised(code, named.remark)


def _by_name(text: str, names: Mapping[str, str]) -> Recognised:
    codes = {name: code for code, name in names.items()}
    if text in codes:
        return Recognised(codes[text])
    if (right := OTHER_NAMES.get(text)) in codes:
        return Recognised(codes[right], f"“{text}”按“{codes[right]} {right}”导入")
    if close := difflib.get_close_matches(text, codes, n=2, cutoff=0.8):
        scores = [difflib.SequenceMatcher(None, text, name).ratio() for name in close]
        if len(close) == 1 or scores[0] - scores[1] > 0.05:
            return Recognised(codes[close[0]], f"“{text}”按“{codes[close[0]]} {close[0]}”导入")
    return Recognised(None)
