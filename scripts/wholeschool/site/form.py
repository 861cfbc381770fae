"""The page on which a school fills in its records without Git, an account or a network.

What the page needs of the schemas and of the programme is one script, `form/records.js`, so that it also opens from a
folder. The fields, the checks and the rules are in `docs/assets/form/`. What is needed later is fetched later: what
reads workbooks (`form/workbooks.js`) when somebody opens one, a county's schools (`form/schools/`) when the county is
chosen, all units (`form/units.js`) when one is called by its name where its folder is asked for, who asks for what
(`form/authorities.js`) when something is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from wholeschool.authority import spoken
from wholeschool.outcomes.credits import before
from wholeschool.outcomes.published import public_unit
from wholeschool.papers import (
    cell_text,
    microability_names,
    opening,
    origin,
    packages,
    separated_text,
    sheets,
    spreadsheetml,
)
from wholeschool.papers.contacts import MARKS
from wholeschool.papers.layout import FORM, Column, for_people, layouts
from wholeschool.papers.rows import FIGURE, FOOT, LONGEST_SIGNATURE, NO_NEWS, TOTALS
from wholeschool.papers.tables import COMPUTED, HEADER_WITHIN
from wholeschool.programme import Programme, Unit
from wholeschool.programme.rulebook import Rulebook
from wholeschool.records import case_html
from wholeschool.records.characters import USUAL_RADICALS
from wholeschool.records.kinds import Kind, kinds
from wholeschool.records.refusals import REFUSALS
from wholeschool.records.scaffold import for_level
from wholeschool.records.schema import ANY, Terms
from wholeschool.rules import all_rules
from wholeschool.rules.registry import Rule
from wholeschool.rules.teams import SIZE
from wholeschool.rules.wording import FEWEST_CHARACTERS, SET_PHRASES, SHORTEST_SUGGESTION
from wholeschool.shipped import HOME
from wholeschool.site.markup import front_matter, starting
from wholeschool.unseen import UNSEEN, VARIANTS

FOLDER = "form"
LEVEL = "校"
SCRIPTS = (
    *("form/records.js", "assets/vendor/js-yaml.js"),
    *("assets/form/check.js", "assets/form/rules.js", "assets/form/page.js"),
)
# As a school comes to need them; further kinds follow in their own order.
_ORDER = (
    *("unit", "team", "survey", "plan", "scheme", "group", "teachers", "activities", "evidence", "review", "appeals"),
    *("case", "work-plan", "work-log"),
)
# What a schema says of all units, said to a school.
_ABOUT = {
    "unit": "学校的名称、代码、类型、教学环境和校长。",
    "team": "校长领衔的管理团队，{bounds}；联络人可以由负责人兼任。",
}
# The refusals that the page can come to (check.js).
_WRITING = ("S-", "Y-", "MD-", "PII-", "PATH-")
# Fields that counties and above write.
_OFFICES = {"team": {"lead_department", "host_institution"}, "unit": {"former", "opened", "closed"}}
_WRITTEN_BY_OFFICES = frozenset({"FormerFacts", "Closing"})
_UNSAID = frozenset(
    {
        *("$schema", "$id", "x-wholeschool", "x-published", "x-key", "x-sorted", "x-aliases", "x-unsaid", "x-words"),
        *("x-terms", "x-asks", "default"),
    }
)

_WORDS = """# 网页填报

不用 Git，不用账号，断网也能填。填好以后下载文件，交给县里或传到仓库。
这里查的就是正式检查的规则，但不是全部：要和别校、县里的记录对照的，还有一些材料齐不齐、文字空不空的，交上去才查。

- **什么都不发送**：所有内容只在这台设备的浏览器里。
- 草稿自动留在**这台设备**上，刷新、关掉再来都在；公用电脑填完请点“清空草稿”，无痕窗口关掉就没有了。
- 填好的 Excel 工作簿、下载过的文件，都可以打开接着填。
- 一步步怎么做，见[只用网页填报](../guides/school.md#form)。电话、身份证号、邮箱一律不写。

<div class="ws-form" hidden></div>
<noscript><p>这一页要用 JavaScript，请打开它；或者用 <a href="../guides/school/">Excel 模板</a>报送。</p></noscript>
"""


def school_kinds(terms: Terms = ANY) -> list[Kind]:
    """The kinds of records that a school keeps, in the order in which it comes to need them."""
    found = [
        kind for kind in kinds(terms).values() if LEVEL in kind.levels and kind.format != "csv" and not kind.is_imported
    ]
    place = {name: index for index, name in enumerate(_ORDER)}
    return sorted(found, key=lambda kind: place.get(kind.name, len(place)))


def pages(programme: Programme) -> Iterator[tuple[str, str]]:
    """`form/index.md` and what its scripts know of the schemas and the programme."""
    page = front_matter(
        "网页填报", "不用 Git、不用账号，在网页上填好学校的记录，检查通过后下载", hide=["toc"], guarded=True
    )
    style = '<link rel="stylesheet" href="../assets/form/form.css">'
    yield f"{FOLDER}/index.md", f"{page}{_WORDS}\n{style}\n{starting('.ws-form', SCRIPTS, downloads=True)}"
    yield f"{FOLDER}/records.js", f"globalThis.wholeschoolForm = {_json(_data(programme))};\n"
    for county in programme.counties:
        schools = [
            (each.path.rpartition("/")[2], public_unit(each).name) for each in county.children if not each.closed
        ]
        yield (
            f"{FOLDER}/schools/{county.path}.js",
            f"wholeschoolForm.schools[{_json(county.path)}] = {_json(schools)};\n",
        )
    yield f"{FOLDER}/authorities.js", f"wholeschoolForm.authorities = {_json(_authorities(programme.rulebook()))};\n"
    # In the order of their files, as records.unit_names has them.
    units = sorted(programme.units.values(), key=lambda each: f"{each.path}/unit.yaml")
    named = [(each.path, public_unit(each).name) for each in units]
    yield f"{FOLDER}/units.js", f"globalThis.wholeschoolForm.units = {_json(named)};\n"
    yield f"{FOLDER}/workbooks.js", f"globalThis.wholeschoolForm.workbooks = {_json(_workbooks(programme.terms()))};\n"


def offered(programme: Programme) -> list[int]:
    """The rounds that the page can be filled in for: open ones that go by the table and standard of the running one.

    The page checks by one table. A round that is opened early and goes by another is offered when it begins.
    """
    now = programme.current
    rounds = [year for year in programme.years if not programme.closed(year)]
    same = [
        year
        for year in rounds
        if programme.guidance_named(year) == programme.guidance_named(now)
        and programme.standard(year) == programme.standard(now)
    ]
    return same or rounds or programme.years


def gathering(programme: Programme) -> list[int]:
    """The open rounds in which hours and credits of earlier ones count.

    The page does not know what these are; so it leaves to the check after it whether the sums are enough.
    """
    rounds = programme.settings.data.rounds if programme.settings else ()
    return [each.year for each in rounds if programme.cycle(each.year) and not each.closed]


def _data(programme: Programme) -> dict[str, Any]:
    standard, book = programme.standard(), programme.rulebook()
    bounds = book.bounds(SIZE)
    publication = programme.settings.data.publication if programme.settings else None
    rounds = programme.settings.data.rounds if programme.settings else ()
    gathered = "；前几轮认定的也算，这里看不到" if gathering(programme) else ""
    common: dict[str, Any] = {}
    entries = []
    for kind in school_kinds(programme.terms()):
        document = _said(kind.schema.document)
        # Definitions that several kinds share are there once.
        definitions = document.pop("$defs")
        for name in _OFFICES.get(kind.name, ()):  # nobody is shown these: they are checked, and not explained
            document["properties"][name] = _unexplained(document["properties"][name], definitions)
        document["$defs"] = {name: each for name, each in definitions.items() if common.setdefault(name, each) != each}
        fixed = {"level": LEVEL} if kind.name == "unit" else {}
        asked = for_level(kind.schema.document, fixed)
        entries.append(
            {
                "name": kind.name,
                "format": kind.format,
                "title": kind.title,
                "about": _ABOUT.get(kind.name, document["description"]).replace("{bounds}", bounds.said("人")),
                # Other teams are kept by counties and above (TEAM-KIND).
                "place": kind.place.replace("{team}", "management"),
                # When it is due, and whether a new school begins with it.
                "due": kind.schema.placement["due"],
                "first": kind.schema.placement.get("first", False),
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
        "presupposes": {each.code: each.presupposes for each in _rules() if each.presupposes},
        # The numbers and words by which rules judge: what the page's own rules say with them is compared with ours.
        "team": {
            **bounds._asdict(),
            **{"said": bounds.said("人"), "within": bounds.within, "roles": book.listed("TEAM-ROLES")},
        },
        "suggestion": {"shortest": SHORTEST_SUGGESTION, "fewest": FEWEST_CHARACTERS, "phrases": SET_PHRASES},
        "reminders": [each.code for each in _rules() if each.severity == "warning"],
        "common": common,
        **({"gathers": gathering(programme)} if gathered else {}),
        "abilities": {
            code: {name: getattr(entry, name) for name in ("name", "dimension", "environment", "credits")}
            | ({"after": before(entry.after)} if entry.after else {})
            for code, entry in programme.abilities().items()
        },
        "standard": {
            name: getattr(standard, name) for name in ("credits", "online_hours", "practice_hours", "practice_share")
        }
        | {"of": programme.counts()}
        | ({"dimensions": standard.dimensions} if standard.dimensions else {})
        | (
            {"types": {"": standard.credits, **{each.type: each.credits for each in standard.types}}}
            if standard.types  # what is asked of schools of some types
            else {}
        )
        | {"source": book.source(book.clause("pages", "standard.credits"), standard.credits) + gathered},
        "prose": {
            "lines": case_html.MOST_LINES,
            "cells": case_html.MOST_CELLS,
            "paragraph": case_html.LONGEST_PARAGRAPH,
            "deepest": case_html.DEEPEST,
            "pieces": case_html.MOST_PIECES,
            "addresses": case_html.LONGEST_ADDRESSES,
            "problems": case_html.MOST_PROBLEMS,
            "html": case_html.RAW_HTML.pattern,
            "chinese": case_html.CHINESE.pattern,
            "schemes": sorted(case_html.SCHEMES),
        },
        "years": offered(programme),
        # The page chooses the round of the day on which it is opened.
        "begins": {each.year: each.starts for each in rounds},
        "radicals": USUAL_RADICALS,
        "unseen": UNSEEN,
        "variants": VARIANTS,
        "counties": [(each.path, *_names(each)) for each in programme.counties if not each.closed],
        "schools": {},
        "repository": publication.repository if publication else None,
    }


def _authorities(book: Rulebook) -> dict[str, str]:
    """Who says so, by the codes that the page can come to."""
    refusals = {code: each.clause for code, each in REFUSALS.items() if code.startswith(_WRITING)}
    return refusals | {each.code: spoken(each.voices(book)) for each in _rules() if each.is_used(book)}


@cache
def _rules() -> list[Rule[Programme]]:
    """Those that the page can come to: the ones of which its script has a part."""
    script = (HOME / "docs" / "assets" / "form" / "rules.js").read_text("utf-8")
    return [each for each in all_rules().values() if f'"{each.code}": ' in script]


def _names(county: Unit) -> tuple[str, str]:
    """A county's name and that of what it lies in, as far as they are published."""
    return public_unit(county).name, public_unit(county.parent).name if county.parent else ""


def _workbooks(terms: Terms) -> dict[str, Any]:
    """What a workbook of every kind looks like, and the words and limits by which `wholeschool import` reads one."""
    made = []
    for name, each in layouts(terms).items():
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
        "sheets": {"form": FORM, "notes": origin.NOTES, "origin": origin.ORIGIN, "lists": origin.LISTS},
        "limits": {
            "bytes": opening.MAX_BYTES,
            "unpacked": packages.MAX_UNPACKED,
            "ratio": packages.MAX_RATIO,
            "parts": packages.MAX_PARTS,
            "tags": packages.MAX_TAGS,
            "depth": packages.MAX_DEPTH,
            "namespaces": packages.MAX_NAMESPACES,
            "sheets": spreadsheetml.MAX_SHEETS,
            "ranges": spreadsheetml.MAX_RANGES,
            "fields": separated_text.MAX_FIELDS,
            "rows": sheets.MAX_ROWS,
            "columns": sheets.MAX_COLUMNS,
            "cells": sheets.MAX_CELLS,
            "cell": sheets.MAX_CELL,
            "text": sheets.MAX_TEXT,
        },
        "errors": sorted(sheets.ERRORS),
        "headerWithin": HEADER_WITHIN,
        "foot": FOOT.pattern,
        "totals": TOTALS.pattern,
        "figure": FIGURE.pattern,
        "longestSignature": LONGEST_SIGNATURE,
        "noNews": NO_NEWS,
        "computed": COMPUTED,
        "yes": sorted(cell_text.YES),
        "no": sorted(cell_text.NO),
        "signs": cell_text.SIGNS,
        "separators": microability_names.SEPARATORS,
        "serials": [cell_text.SERIALS.start, cell_text.SERIALS.stop],
        "otherNames": microability_names.OTHER_NAMES,
        "privateHeadings": sorted(MARKS),
    }


def _columns(columns: Iterable[Column]) -> list[tuple[str, tuple[str, ...], bool, tuple[str, ...]]]:
    """Heading, place, whether it must be there, and the other headings that mean it."""
    return [(column.heading, column.pointer, column.required, column.aliases) for column in columns]


def _said(node: Any) -> Any:
    """A schema without what only other uses of it need; what it says of a field, to those who tick and type."""
    if isinstance(node, dict):
        return {
            key: for_people(value) if key == "description" and isinstance(value, str) else _said(value)
            for key, value in node.items()
            if key not in _UNSAID
        }
    return [_said(item) for item in node] if isinstance(node, list) else node


def _unexplained(node: Any, definitions: dict[str, Any]) -> Any:
    """A schema, and its own definitions that it refers to, without what is said to people who fill it in."""
    if isinstance(node, list):
        return [_unexplained(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    name = str(node.get("$ref", "")).removeprefix("#/$defs/")
    if name in _WRITTEN_BY_OFFICES:
        definitions[name] = _unexplained(definitions[name], definitions)
    left_out = {key for key in ("description", "examples") if not isinstance(node.get(key), dict)}
    return {key: _unexplained(value, definitions) for key, value in node.items() if key not in left_out}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
