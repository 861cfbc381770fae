"""The page on which a school fills in its records without Git, an account or a network.

What the page needs of the schemas and of the programme is one script, `form/records.js`, so that it also opens from a
folder. The fields, the checks and the rules are in `docs/assets/form/`. What it needs to read workbooks is another,
`form/workbooks.js`, fetched with its readers when somebody opens one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from wholeschool.papers import cell_text, intake, microability_names, opening, origin
from wholeschool.papers.contacts import MARKS
from wholeschool.papers.layout import FORM, Column, layouts
from wholeschool.programme import Programme
from wholeschool.records.kinds import Kind, kinds
from wholeschool.records.scaffold import for_level
from wholeschool.rules import all_rules
from wholeschool.site.markup import front_matter

FOLDER = "form"
LEVEL = "校"
SCRIPTS = (
    *("form/records.js", "assets/vendor/js-yaml.js", "assets/vendor/fflate.js"),
    *("assets/form/check.js", "assets/form/rules.js", "assets/form/page.js"),
)
# As a school comes to need them; further kinds follow in their own order.
_ORDER = (
    *("unit", "team", "survey", "plan", "scheme", "group", "teachers", "activities", "evidence", "review"),
    *("case", "work-plan", "work-log"),
)
# What a schema says of all units, said to a school.
_ABOUT = {
    "unit": "学校的名称、代码、类型、教学环境和校长。",
    "team": "校长领衔的管理团队，3–5 人；联络人可以由负责人兼任。",
}
# Fields of the offices that counties and above set up.
_OFFICES = {"team": {"lead_department", "host_institution"}}
_UNSAID = frozenset({"$schema", "$id", "x-wholeschool", "x-published", "x-key", "x-sorted"})

_WORDS = """# 网页填报

不用 Git，不用账号，断网也能填。填好以后下载文件，交给县里或传到仓库；规则与正式检查相同，这里说没有问题的，
`wholeschool validate` 也说没有问题（要和别校、县里的记录对照的几条，交上去才查）。

- **什么都不发送**：所有内容只在这台设备的浏览器里。
- 草稿自动留在**这台设备**上，刷新、关掉再来都在；公用电脑填完请点“清空草稿”。
- 填好的 Excel 工作簿、下载过的文件，都可以打开接着填。
- 一步步怎么做，见[只用网页填报](../guides/school.md#form)。电话、身份证号、邮箱一律不写。

<div class="ws-form" hidden></div>
<noscript><p>这一页要用 JavaScript，请打开它；或者用 <a href="../guides/school/">Excel 模板</a>报送。</p></noscript>
"""

# The page can be read before its scripts are there; they run in their order.
_LOADING = (
    'addEventListener("load",()=>{for(const path of %s)'
    'document.body.append(Object.assign(document.createElement("script"),{src:"../"+path,async:false}))})'
)


def school_kinds() -> list[Kind]:
    """The kinds of records that a school keeps, in the order in which it comes to need them."""
    found = [kind for kind in kinds().values() if LEVEL in kind.levels and kind.format != "csv"]
    place = {name: index for index, name in enumerate(_ORDER)}
    return sorted(found, key=lambda kind: place.get(kind.name, len(place)))


def pages(programme: Programme) -> Iterator[tuple[str, str]]:
    """`form/index.md` and what its scripts know of the schemas and the programme."""
    page = front_matter("网页填报", "不用 Git、不用账号，在网页上填好学校的记录，检查通过后下载", hide=["toc"])
    style = '<link rel="stylesheet" href="../assets/form/form.css">'
    yield f"{FOLDER}/index.md", f"{page}{_WORDS}\n{style}\n<script>{_LOADING % _json(SCRIPTS)}</script>\n"
    yield f"{FOLDER}/records.js", f"globalThis.wholeschoolForm = {_json(_data(programme))};\n"
    yield f"{FOLDER}/workbooks.js", f"globalThis.wholeschoolForm.workbooks = {_json(_workbooks())};\n"


def _data(programme: Programme) -> dict[str, Any]:
    standard = programme.standard
    publication = programme.settings.data.publication if programme.settings else None
    common: dict[str, Any] = {}
    entries = []
    for kind in school_kinds():
        document = _said(kind.schema.document)
        # Definitions that several kinds share are there once.
        definitions = document.pop("$defs")
        document["$defs"] = {name: each for name, each in definitions.items() if common.setdefault(name, each) != each}
        fixed = {"level": LEVEL} if kind.name == "unit" else {}
        asked = for_level(kind.schema.document, fixed)
        entries.append(
            {
                "name": kind.name,
                "format": kind.format,
                "title": kind.title,
                "about": _ABOUT.get(kind.name, document["description"]),
                # Other teams are kept by counties and above (TEAM-KIND).
                "place": kind.place.replace("{team}", "management"),
                "fixed": fixed,
                "hidden": sorted(
                    fixed.keys()
                    | _OFFICES.get(kind.name, set())
                    | (document["properties"].keys() - asked["properties"].keys() - {"body"})
                ),
                "required": list(asked["required"]),
                "document": document,
            }
        )
    return {
        "kinds": entries,
        "presupposes": {each.code: each.presupposes for each in all_rules().values() if each.presupposes},
        "common": common,
        "abilities": {
            code: {name: getattr(entry, name) for name in ("name", "dimension", "environment", "credits")}
            for code, entry in programme.microabilities.items()
        },
        "standard": {
            name: getattr(standard, name) for name in ("credits", "online_hours", "practice_hours", "practice_share")
        },
        "years": programme.years,
        "repository": publication.repository if publication else None,
    }


def _workbooks() -> dict[str, Any]:
    """What a workbook of every kind looks like, and the words and limits by which `wholeschool import` reads one."""
    made = []
    for name, each in layouts().items():
        tables = [
            {
                "title": table.title,
                "pointer": table.pointer,
                "key": table.key,
                "parent": each.tables.index(table.parent) if table.parent else None,
                "columns": _columns(table.columns),
            }
            for table in each.tables
        ]
        made.append({"kind": name, "title": each.kind.title, "form": _columns(each.form), "tables": tables})
    return {
        "layouts": made,
        "sheets": {"form": FORM, "notes": origin.NOTES, "origin": origin.ORIGIN, "hidden": origin.HIDDEN},
        "limits": {
            "bytes": opening.MAX_BYTES,
            "unpacked": opening.MAX_UNPACKED,
            "ratio": opening.MAX_RATIO,
            "parts": opening.MAX_PARTS,
            "rows": opening.MAX_ROWS,
            "columns": opening.MAX_COLUMNS,
            "cell": opening.MAX_CELL,
        },
        "headerWithin": intake.HEADER_WITHIN,
        "foot": intake.FOOT.pattern,
        "computed": intake.COMPUTED,
        "yes": sorted(cell_text.YES),
        "no": sorted(cell_text.NO),
        "signs": cell_text.SIGNS,
        "serials": [cell_text.SERIALS.start, cell_text.SERIALS.stop],
        "otherNames": microability_names.OTHER_NAMES,
        "privateHeadings": sorted(MARKS),
    }


def _columns(columns: Iterable[Column]) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(column.heading, column.pointer, column.required) for column in columns]


def _said(node: Any) -> Any:
    """A schema without what only other uses of it need."""
    if isinstance(node, dict):
        return {key: _said(value) for key, value in node.items() if key not in _UNSAID}
    return [_said(item) for item in node] if isinstance(node, list) else node


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
