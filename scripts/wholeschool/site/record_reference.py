"""The record reference: a page for each kind of record, written from its schema.

Examples come from the made-up programme beside the tests, never from `submissions/`: in a province's own repository
those are real people's records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from wholeschool.records.kinds import Kind, kinds, placed
from wholeschool.records.schema import ANY, Schema, Terms
from wholeschool.rules.examples import CASES
from wholeschool.site.markup import facts, front_matter, table, text, trail

THEMES: Mapping[str, tuple[str, ...]] = {
    "全省共用": ("programme", "microabilities", "rubrics", "regions", "figures", "ability-figures"),
    "单位与团队": ("unit", "team", "appraisal", "work-plan", "work-log", "documents", "accounts"),
    "学校规划与研修": ("plan", "survey", "scheme", "group", "teachers", "activities", "evidence"),
    "评审与案例": ("review", "appeals", "case", "result-uses"),
    "县区审核、监督与发证": (
        *("approvals", "announcement", "population", "spot-check", "acceptance", "register", "certificates"),
        "process-data",
    ),
    "培训、试点与资源": ("training", "pilots", "providers", "online-hours", "resources"),
    "评估、项目与报送": ("performance", "inspections", "projects", "project-decisions", "nominations", "filings"),
}
OTHERS = "其他"
LONGEST_EXAMPLE = 60
_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "一组字段",
}
_PUBLIC, _INTERNAL = "公开", "不公开"


class Field(NamedTuple):
    """One field of a record: where it stands (lists passed through silently), what the schema says, and its parent."""

    path: str
    schema: dict[str, Any]
    required: bool
    published: bool

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rpartition(".")[2]

    @property
    def parent(self) -> str:
        """The path of the object it belongs to; empty for the record itself."""
        return self.path.rpartition(".")[0]


def pages(terms: Terms = ANY) -> Iterator[tuple[str, str]]:
    """`reference/records/index.md` and `reference/records/<kind>.md`, in the words of a guidance."""
    yield "reference/records/index.md", _overview()
    for kind in kinds(terms).values():
        yield f"reference/records/{kind.name}.md", _page(kind)


def fields(name: str, terms: Terms = ANY) -> Mapping[str, Field]:
    """Every field of a kind by its path, e.g. `members.name`, an object's fields right after the object."""
    return _fields_of(kinds(terms)[name])


@cache
def _fields_of(kind: Kind) -> Mapping[str, Field]:
    schema = kind.schema
    return {field.path: field for field in _fields(schema, schema.document, "", published=False)}


def _fields(schema: Schema, node: Mapping[str, Any], path: str, *, published: bool) -> Iterator[Field]:
    required = node.get("required", ())
    for name, child in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        said = schema.resolve(child)
        public = published or bool(said.get("x-published"))
        yield Field(here, said, name in required, public)
        inner = _object(schema, said)
        if inner is not None:
            yield from _fields(schema, inner, here, published=public)


def _object(schema: Schema, said: Mapping[str, Any]) -> dict[str, Any] | None:
    """The object a field is, or is a list of; None where it is neither."""
    inner = schema.resolve(said["items"]) if said.get("type") == "array" else said
    return dict(inner) if inner.get("type") == "object" else None


def _overview() -> str:
    parts = [
        front_matter("记录参考", "每一种记录：放在哪里、谁来写、每个字段是什么意思"),
        "# 记录参考\n\n每一种记录是一个文件，放在 `submissions/` 下本单位的文件夹里。"
        "每一页写明它放在哪里、由谁写、每个字段是什么意思、为的是哪一条、能填什么。\n",
    ]
    listed = {name for names in THEMES.values() for name in names}
    themes = {**THEMES, OTHERS: tuple(name for name in kinds() if name not in listed)}
    for theme, names in themes.items():
        rows = [
            [f"[{text(kind.title)}]({kind.name}.md)", _code(kind.place), _keepers(kind)]
            for kind in (kinds()[name] for name in names if name in kinds())
        ]
        if rows:
            parts += [f"\n## {theme}\n\n", table(["记录", "文件", "谁来写"], rows, kind="records")]
    return "".join(parts)


def _page(kind: Kind) -> str:
    document = kind.schema.document
    parts = [
        # Somebody who looks for a word wants to know what to do; the fields come after that.
        front_matter(f"{kind.title} 记录参考", str(document.get("description", "")), search={"boost": 0.4}),
        trail([("记录参考", "index.md")], kind.title),
        f"# {text(kind.title)}\n\n{text(document.get('description', ''))}\n\n",
        facts([("文件", _where(kind)), ("谁来写", _keepers(kind)), ("格式", _FORMATS[kind.format])]),
        "\n## 字段 { #fields }\n\n有哪些字段、怎样写，由本项目定；字段后面的条款，是这一栏为的是哪一条。\n\n",
        _table(kind, ""),
        _conditions(kind.schema),
    ]
    for field in _fields_of(kind).values():
        inner = _object(kind.schema, field.schema)
        if inner is None:
            continue
        depth = field.path.count(".")
        title = text(_title(field.schema))
        about = "" if inner.get("description") in (None, field.schema.get("description")) else inner["description"]
        anchor = f"in-{_anchor(field.path)}"
        parts.append(f"\n{'#' * min(3 + depth, 6)} {title} {_code(field.path)} {{ #{anchor} }}\n\n")
        parts += [f"{text(about)}\n\n" if about else "", _table(kind, field.path)]
    if example := _example(kind):
        source, note = example
        language = "text" if kind.format == "csv" else "yaml"
        parts.append("\n## 例子 { #example }\n\n")
        parts.append(f"人物和单位都是虚构的。{note}\n\n````{language}\n{source}\n````\n")
    return "".join(parts)


_FORMATS = {
    "yaml": "YAML：“字段: 值”，缩进用空格",
    "csv": "CSV 表格：第一行是列名，次序不变",
    "md": "Markdown：开头用 --- 围起几行字段，下面是正文",
}


def _where(kind: Kind) -> str:
    place = f"submissions/{kind.place}" if kind.levels == ("工程",) else f"submissions/<单位>/{kind.place}"
    words = []
    if "{year}" in kind.place:
        words.append("{year} 是年度，例如 2026")
    names = kind.schema.placement.get("names")
    if names:
        words.append(f"文件名是 {'、'.join(names)} 之一")
    elif "{guidance}" in kind.place:
        words.append("{guidance} 是指导意见的文件夹名，例如 anhui-2.0")
    elif "{name}" in kind.place:
        words.append("{name} 自己取，小写字母、数字和连字符")
    note = f"<br><small>{text('；'.join(words))}</small>" if words else ""
    return f"<code>{text(place)}</code>{note}"


def _keepers(kind: Kind) -> str:
    if kind.levels == ("工程",):
        return f"维护人员，{'一份指导意见' if '{guidance}' in kind.place else '全省'}一份"
    return "、".join({"省": "省级", "市": "市级", "县": "县级", "校": "学校"}[level] for level in kind.levels)


def _table(kind: Kind, parent: str) -> str:
    rows = [_row(kind, field) for field in _fields_of(kind).values() if field.parent == parent]
    return table(["字段和意思", "怎么填", "必填", "公开"], rows, kind="fields")


def _row(kind: Kind, field: Field) -> list[str]:
    said = field.schema
    meaning = f"**{text(_title(said))}**"
    if about := said.get("description"):
        meaning += f"<br>{text(about)}"
    if clause := said.get("x-clause"):
        meaning += f" <cite>{text(clause)}</cite>"
    if aliases := said.get("x-aliases"):
        meaning += f"<br><small>也认得的列名：{text('、'.join(aliases))}</small>"
    name = f'<code id="{_anchor(field.path)}">{text(field.name)}</code> {meaning}'
    inner = _object(kind.schema, said)
    how = _how(kind.schema, said)
    if inner is not None:
        how = f"{how}，见[{text(_title(said))}](#in-{_anchor(field.path)})"
    public = _PUBLIC if field.published else "" if inner is not None else _INTERNAL
    return [name, how, "必填" if field.required else "", public]


def _how(schema: Schema, said: Mapping[str, Any]) -> str:
    """What may be filled in: type, choices, form, limits and an example."""
    if said.get("type") == "array":
        item = schema.resolve(said["items"])
        limits = _limits(said, "minItems", "maxItems", "条")
        unique = "，不重复" if said.get("uniqueItems") else ""
        inner = "" if item.get("type") == "object" else f"，每条{'' if item.get('enum') else '：'}{_how(schema, item)}"
        return f"列表{limits}{unique}{inner}"
    if choices := said.get("enum"):
        return f"选一个：{'、'.join(text(choice) for choice in choices)}"
    kind = "日期" if said.get("format") == "date" else _TYPES.get(str(said.get("type")), "")
    hint = str(said.get("x-hint", ""))
    limits = _limits(said, "minLength", "maxLength", "字") + _limits(said, "minimum", "maximum", "")
    words = [] if hint and not limits and kind != "日期" else [kind + limits]
    if "exclusiveMinimum" in said:
        words.append(f"大于 {said['exclusiveMinimum']}")
    if hint:
        words.append(text(hint))
    examples = [str(example) for example in said.get("examples", ())]
    if examples and examples[0] not in hint:
        words.append(f"例：<code>{text(examples[0])}</code>")
    return "；".join(words)


def _limits(said: Mapping[str, Any], low: str, high: str, unit: str) -> str:
    least, most = said.get(low), said.get(high)
    if least is None and most is None:
        return ""
    if least in (None, 0) and most is not None and unit:
        return f"（至多 {most} {unit}）"
    if most is None:
        return f"（至少 {least} {unit}）".replace(" ）", "）")
    if least is None:
        return f"（至多 {most}）"
    return f"（{least}–{most} {unit}）".replace(" ）", "）")


def _conditions(schema: Schema) -> str:
    """What is required or forbidden only in some cases (`allOf` with `if`)."""
    rules = []
    properties = schema.document.get("properties", {})
    for branch in schema.document.get("allOf", ()):
        condition = branch.get("if", {}).get("properties", {})
        when = "，".join(
            f"{_title(schema.resolve(properties[name]))}是“{wanted['const']}”" for name, wanted in condition.items()
        )
        for key, words in (("then", f"{when}时"), ("else", f"{when}以外")):
            told = _demands(schema, branch.get(key, {}))
            if told:
                rules.append(f"- {text(words)}：{told}\n")
    return f"\n{''.join(rules)}" if rules else ""


def _demands(schema: Schema, branch: Mapping[str, Any]) -> str:
    words = []
    if required := branch.get("required"):
        words.append(f"必须写 {'、'.join(_code(name) for name in required)}")
    forbidden = [name for name, said in branch.get("properties", {}).items() if said is False]
    if forbidden:
        words.append(f"不写 {'、'.join(_code(name) for name in forbidden)}")
    return "；".join(words)


def _example(kind: Kind) -> tuple[str, str] | None:
    """The shortest example file of the kind and a remark where it is cut; None where there is none."""
    found = _examples().get(kind.name)
    if found is None:
        return None
    rows = found.rstrip("\n").split("\n")
    if len(rows) <= LONGEST_EXAMPLE:
        return "\n".join(rows), ""
    return "\n".join(rows[:LONGEST_EXAMPLE]), f"共 {len(rows)} 行，这里是前 {LONGEST_EXAMPLE} 行。"


@cache
def _examples() -> Mapping[str, str]:
    """For each kind the text of an example: the base programme's, else an accepted one's.

    A school's comes before a county's, then the shortest.
    """
    chosen: dict[str, tuple[bool, int, int, str]] = {}
    for folder in (CASES / "_base", *sorted(CASES.glob("*/accepted-*"))):
        for path in sorted(folder.rglob("submissions/**/*")):
            where = placed(path.relative_to(folder).as_posix()) if path.is_file() and not path.is_symlink() else None
            if where is None:
                continue
            content = path.read_text("utf-8", errors="replace")
            key = (folder.name != "_base", -where.unit.count("/"), len(content), content)
            if where.kind.name not in chosen or key < chosen[where.kind.name]:
                chosen[where.kind.name] = key
    return {name: key[-1] for name, key in chosen.items()}


def _title(said: Mapping[str, Any]) -> str:
    return str(said.get("title", ""))


def _code(value: str) -> str:
    return f"<code>{text(value)}</code>"


def _anchor(path: str) -> str:
    """An address within the page; dots stay, they are legal and read like the path."""
    return re.sub(r"[^a-z0-9_.-]", "-", path)
