"""The published figures and cases as files: JSON with a schema and a version, CSV for spreadsheets.

Nothing is here that no page shows; both come from the same views. A field is never renamed or given another meaning
within a version; new fields may be added.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wholeschool.outcomes.published import PublicFigures, PublicYear
from wholeschool.programme import Programme
from wholeschool.site.markup import front_matter, table, text
from wholeschool.site.views import PublicCase

VERSION = 1
FOLDER = "data"
Fields = Mapping[str, tuple[str, str, dict[str, Any]]]

_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_HIDDEN: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0}
_TRUTH: dict[str, Any] = {"type": "boolean"}
_RATE: dict[str, Any] = {"type": ["number", "null"]}
_STEP: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0, "maximum": 5}
_WORDS: dict[str, Any] = {"type": "array", "items": _TEXT}

FIGURES: Fields = {
    "unit": ("单位", "单位在仓库和网站上的路径", _TEXT),
    "name": ("名称", "单位全称", _TEXT),
    "level": ("级别", "省、市、县、校", {"enum": ["省", "市", "县", "校"]}),
    "demo": ("样张", "虚构的示例单位为 true", _TRUTH),
    "year": ("年度", "轮次", {"type": "integer"}),
    "schools": ("学校", "所辖学校数，学校自身为 1", _COUNT),
    "recognised": ("已认定学校", "验收合格且县级已经认定的学校数", _COUNT),
    "due": ("应考", "名册上的全体教师，减去有理由、有批准人的免考教师", _COUNT),
    "exempt": ("免考", "人数少时为空，表示不公布", _HIDDEN),
    "chosen": ("选满学分", "所选微能力合计达到最低学分的应考教师", _HIDDEN),
    "trained": ("学满学时", "两种学时分别学满的应考教师", _HIDDEN),
    "passed": ("考核合格", "通过的微能力合计达到最低学分的应考教师，证书撤销而没有更换的一项不算", _HIDDEN),
    "accepted": ("验收认定", "考核合格教师中，学校已验收合格、县级已认定的", _HIDDEN),
    "accepted_complete": ("验收认定是否全数", "为 false 时，验收认定只是公开的各县之和，还有县没有计入", _TRUTH),
    "step": (
        "走到哪一步",
        "学校完成了五步中的几步，0 到 5；其他级别为空",
        _STEP,
    ),
    "rate": ("考核合格率", "考核合格 ÷ 应考，百分数，一位小数；不公布或没有应考教师时为空", _RATE),
    "accepted_rate": ("验收合格率", "验收认定 ÷ 应考，百分数，一位小数；不公布、不全或没有应考教师时为空", _RATE),
}
ABILITIES: Fields = {
    "unit": ("单位", "单位在仓库和网站上的路径", _TEXT),
    "year": ("年度", "轮次", {"type": "integer"}),
    "dimension": ("维度", "{dimensions}；为空时是这种环境的合计", _TEXT),
    "environment": ("环境", "为空时是这个维度的合计", _TEXT),
    "code": ("编号", "为空时是合计；有编号时只是这一项", _TEXT),
    "chosen": ("选学", "应考教师选学的人次；没有人选的、人少不公布的没有列出", _COUNT),
    "passed": ("通过", "其中通过的人次", _COUNT),
    "left_out": ("没有计入", "由各县开放数据相加时，没有公布这一行或没有人选的单位数", _COUNT),
}
CASES: Fields = {
    "page": ("网页", "案例在网站上的地址", _TEXT),
    "title": ("标题", "案例标题", _TEXT),
    "type": ("类别", "整校推进工作案例或信息技术应用课例", _TEXT),
    "excellent": ("优秀", "推荐为优秀的为 true", _TRUTH),
    "author": ("作者", "经本人同意署名", _TEXT),
    "unit": ("单位", "单位全称", _TEXT),
    "demo": ("样张", "虚构的示例单位为 true", _TRUTH),
    "date": ("日期", "年-月-日", {"type": "string", "format": "date"}),
    "stage": ("学段", "没有时为空文字", _TEXT),
    "subject": ("学科", "没有时为空文字", _TEXT),
    "environment": ("环境", "没有时为空文字", _TEXT),
    "microabilities": ("微能力", "体现的微能力编号", _WORDS),
    "problem": ("解决的问题", "一句话", _TEXT),
    "summary": ("摘要", "案例摘要", _TEXT),
}
MICROABILITIES: Fields = {
    "code": ("编号", "如 A5", _TEXT),
    "name": ("名称", "指导意见的名称", _TEXT),
    "dimension": ("维度", "{dimensions}", _TEXT),
    "environment": ("环境", "{environments}", _TEXT),
    "credits": ("学分", "通过后计入的学分", _COUNT),
}
KINDS: Mapping[str, tuple[str, Fields]] = {
    "figures": ("合格率和进度", FIGURES),
    "abilities": ("各类微能力", ABILITIES),
    "cases": ("案例与课例", CASES),
    "microabilities": ("微能力表", MICROABILITIES),
}


def files(programme: Programme, years: Sequence[PublicYear], cases: Sequence[PublicCase]) -> Iterator[tuple[str, str]]:
    """`data/index.md`, the schemas, and the data of every round."""
    words = _words(programme)
    for name, (title, fields) in KINDS.items():
        yield f"{FOLDER}/{name}.schema.json", _json(schema(name, title, fields, words))
    data: dict[str, tuple[str, list[dict[str, Any]]]] = {
        f"figures-{year.year}": ("figures", [_figures(each, year) for each in year.figures.values()]) for year in years
    }
    data |= {f"abilities-{year.year}": ("abilities", list(_abilities(year))) for year in years}
    least = {f"{kind}-{year.year}": programme.minimum_cell(year.year) for kind in KINDS for year in years}
    data["cases"] = ("cases", [_case(case) for case in cases])
    data["microabilities"] = (
        "microabilities",
        [{key: getattr(each, key) for key in MICROABILITIES} for each in programme.ever.values()],
    )
    usual = programme.minimum_cell(programme.current or 0)
    for name, (kind, rows) in data.items():
        site = (programme.settings.data.publication.site_url if programme.settings else None) or ""
        minimum = least.get(name, usual)
        head = {"schema": f"{kind}.schema.json", "version": VERSION, "minimum_cell": minimum, "site": site}
        yield f"{FOLDER}/{name}.json", _json(head | {kind: rows})
        yield f"{FOLDER}/{name}.csv", _csv(KINDS[kind][1], rows)
    yield f"{FOLDER}/index.md", _page(data, words)


def _words(programme: Programme) -> Mapping[str, str]:
    """The dimensions and environments of the running round, for where a field's meaning names them."""
    said = programme.vocabulary()
    return {
        "dimensions": "、".join(word.name for word in said.dimensions),
        "environments": "、".join(word.name for word in said.environments),
    }


def schema(name: str, title: str, fields: Fields, words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON Schema of a data file; `words` are put where a field's meaning names them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{name}.schema.json",
        "title": title,
        "type": "object",
        "required": ["schema", "version", "minimum_cell", name],
        "properties": {
            "schema": {"const": f"{name}.schema.json"},
            "version": {"const": VERSION, "title": "版本", "description": "同一版本里只添字段，不改名、不改意思"},
            "site": {**_TEXT, "title": "网站", "description": "数据来自哪个网站，没有写时为空"},
            "minimum_cell": {**_COUNT, "title": "最小公开人数", "description": "说到的人比这个数少时不公布"},
            name: {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": list(fields),
                    "properties": {
                        key: {"title": label, "description": meaning.format(**words), **kind}
                        for key, (label, meaning, kind) in fields.items()
                    },
                },
            },
        },
    }


def _figures(figures: PublicFigures, year: PublicYear) -> dict[str, Any]:
    school = year.schools.get(figures.unit.path)
    return {
        "unit": figures.unit.path,
        "name": figures.unit.name,
        "level": figures.unit.level,
        "demo": figures.unit.demo,
        **{key: getattr(figures, key) for key in list(FIGURES)[4:-3]},
        "step": school.step if school else None,
        "rate": _rounded(figures.rate),
        "accepted_rate": _rounded(figures.accepted_rate),
    }


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)


def _abilities(year: PublicYear) -> Iterator[dict[str, Any]]:
    """By dimension, by environment, by both, one by one: as much of it as is public."""
    for path, known in year.classes.items():
        for group, found in known.items():
            yield {
                "unit": path,
                "year": year.year,
                "dimension": group.dimension,
                "environment": group.environment,
                "code": group.code,
                "chosen": found.chosen,
                "passed": found.passed,
                "left_out": found.left_out,
            }


def _case(case: PublicCase) -> dict[str, Any]:
    row = {key: getattr(case, key) for key in CASES if key not in ("page", "unit", "demo")}
    row |= {"page": f"cases/{case.slug}/", "unit": case.unit.name, "demo": case.unit.demo}
    return {key: row[key] for key in CASES}


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _csv(fields: Fields, rows: Sequence[Mapping[str, Any]]) -> str:
    """With Chinese headings, and the mark by which spreadsheets know the encoding."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([label for label, _, _ in fields.values()])
    writer.writerows([[_cell(row[key]) for key in fields] for row in rows])
    return "\ufeff" + out.getvalue()


def _cell(value: object) -> str:
    """A value as a spreadsheet's text that is never taken for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    shown = " ".join(value) if isinstance(value, tuple | list) else str(value)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "\t", "\r")) else shown


def _page(data: Mapping[str, tuple[str, list[dict[str, Any]]]], words: Mapping[str, str]) -> str:
    parts = [
        front_matter("开放数据", "合格率、案例和微能力表的 JSON 与 CSV 文件，字段和版本"),
        "# 开放数据\n\n这里的数据和网页上的一样多：网页不公布的，这里也没有，写成空值。"
        f"现在是第 {VERSION} 版；同一版里只添字段，不改名、不改意思。同样的记录，生成的文件逐字节相同。\n\n",
        "## 下载 { #files }\n\n",
    ]
    rows = []
    for name, (kind, found) in data.items():
        title = f"{KINDS[kind][0]} {name.rpartition('-')[2]} 年" if name != kind else KINDS[kind][0]
        links = f"[JSON]({name}.json) · [CSV]({name}.csv) · [字段定义]({kind}.schema.json)"
        rows.append([text(title), str(len(found)), links])
    parts.append(table(["内容", "条数", "文件"], rows, [1], kind="board"))
    for name, (title, fields) in KINDS.items():
        listed = [[f"{label}<br>`{key}`", text(meaning.format(**words))] for key, (label, meaning, _) in fields.items()]
        parts += [f"\n## {title} {{ #{name} }}\n\n", table(["名称和字段", "意思"], listed, kind="how")]
    parts.append(
        "\nCSV 用 UTF-8 编码，带标记，Excel 可以直接打开；第一行是中文名称。空格子表示不公布或没有，不是 0。\n"
    )
    return "".join(parts)
