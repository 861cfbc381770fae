"""JSON Schema's complaints in the words of a careful colleague: where, which value, which choices, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from wholeschool.authority import of_a_field
from wholeschool.findings import Finding, Location, finding
from wholeschool.personal_data import redact
from wholeschool.records.characters import described, odd_in
from wholeschool.records.positions import Mark, locate
from wholeschool.records.refusals import REFUSALS
from wholeschool.records.schema import Schema, load_schema, type_names

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Pointer = tuple[str | int, ...]


def explain(schema: Schema, value: Any, mark: Mark, path: str) -> Iterator[Finding]:
    """Findings for everything `schema` dislikes in `value`, in no particular order, one per mistake."""
    errors = list(_first_of_each_value(_causes(schema.errors(value))))
    wrong = {error.absolute_path[0] for error in errors if error.absolute_path} | _missing(errors)
    for error in errors:
        # What depends on a field (`if`) is not known while that field itself is wrong.
        if not wrong & _conditions(schema, error):
            yield from _Explanation(schema, error, mark, path).findings()


def nearest(word: str, choices: list[str]) -> str | None:
    """The choice that `word` was probably meant to be."""
    by_containment = [choice for choice in choices if len(word) > 1 and (word in choice or choice in word)]
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    return close[0] if close else by_containment[0] if len(by_containment) == 1 else None


def _causes(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    """The errors at the bottom: what an `if`/`then` or `allOf` complains of, not that it complains."""
    for error in errors:
        if error.context:
            yield from _causes(iter(error.context))
        else:
            yield error


# What can be the matter with one value, in the order in which it is told: a list where a word should stand is no
# choice either, and a word that is none of the choices need not be short as well.
_OF_A_VALUE = (
    *("type", "enum", "const", "pattern", "format", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
)


def _first_of_each_value(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """All errors, but of those about one value only the first; what is asked of it in any case comes first."""
    first: dict[Pointer, tuple[bool, int]] = {}
    found = list(errors)
    for error in found:
        if error.validator in _OF_A_VALUE:
            place = tuple(error.absolute_path)
            first[place] = min(_weight(error), first.get(place, _weight(error)))
    for error in found:
        if error.validator in _OF_A_VALUE:
            if first.get(tuple(error.absolute_path)) != _weight(error):
                continue
            del first[tuple(error.absolute_path)]
        yield error


def _weight(error: ValidationError) -> tuple[bool, int]:
    return "allOf" in error.absolute_schema_path, _OF_A_VALUE.index(str(error.validator))


def _missing(errors: list[ValidationError]) -> set[str | int]:
    found: set[str | int] = set()
    for error in errors:
        if error.validator == "required" and not error.absolute_path:
            wanted, present = cast("list[str]", error.validator_value), cast("dict[str, Any]", error.instance)
            found |= set(wanted) - present.keys()
    return found


def _conditions(schema: Schema, error: ValidationError) -> set[str | int]:
    """The fields that decide whether what `error` complains of is asked for at all."""
    match list(error.absolute_schema_path):
        case ["allOf", int(place), "then" | "else", *_]:
            return set(schema.document["allOf"][place]["if"]["properties"])
    return set()


class _Explanation:
    """One complaint, with what is needed to put it into words."""

    def __init__(self, schema: Schema, error: ValidationError, mark: Mark, path: str) -> None:
        self.schema, self.error, self.mark, self.path = schema, error, mark, path
        self.instance: Any = error.instance
        self.wanted: Any = error.validator_value
        self.pointer: Pointer = tuple(error.absolute_path)
        self.field = schema.field(self.pointer)
        self.name = self._title(self.field, self.pointer)

    def findings(self) -> Iterator[Finding]:
        word = str(self.error.validator)
        yield from _WORDS.get(word, _Explanation.other)(self)

    def required(self) -> Iterator[Finding]:
        present = self.instance
        # One error for each missing field arrives; say only the one this error is about.
        missing = next((key for key in self.wanted if f"'{key}' is a required" in self.error.message), None)
        if missing is None or missing in self._meant(present):
            return
        child = self.schema.field((*self.pointer, missing))
        title = self._title(child, (missing,))
        blank = self._keys_written()
        if missing in blank:
            yield self._finding(
                "S-REQUIRED",
                f"“{missing}”（{title}）留空了",
                hint=_how(child) or "填上它",
                at=(missing,),
                field=child,
                key=True,
            )
        else:
            inside = f"{self.name}里" if self.pointer else ""
            yield self._finding(
                "S-REQUIRED", f"{inside}缺少“{missing}”（{title}）", hint=_how(child) or f"补上 {missing}", field=child
            )

    def unknown(self) -> Iterator[Finding]:
        properties = self.field.get("properties", {})
        for key in self.instance:
            if key not in properties:
                meant = self._meaning_of(key, properties)
                choices = "、".join(properties)
                hint = f"您是不是想写“{meant}”？" if meant else f"可用的字段：{choices}"
                if key in load_schema(self.schema.name).field(self.pointer).get("properties", {}):
                    hint = "这里依据的指导意见不要这个字段，删掉这一行"
                yield self._finding("S-UNKNOWN", f"没有“{_short(key)}”这个字段", hint=hint, at=(key,), key=True)

    def forbidden(self) -> Iterator[Finding]:
        """A field that `then: {field: false}` does not allow here."""
        yield self._finding("S-UNKNOWN", f"这里不写“{self.pointer[-1]}”（{self.name}）", hint="删掉这个字段", key=True)

    def choice(self) -> Iterator[Finding]:
        choices = [_written(choice) for choice in self.wanted]
        meant = nearest(_written(self.instance), choices)
        listed = "、".join(choices)
        hint = f"您是不是想写“{meant}”？可选：{listed}" if meant else f"可选：{listed}"
        yield self._finding("S-ENUM", f"{self.name}写的是{self._quoted()}，不在可选范围内", hint=hint)

    def type(self) -> Iterator[Finding]:
        value = self.instance
        wanted = type_names[str(self.wanted)]
        if value is None:
            yield self._finding("Y-EMPTY", "列表里有一个空项", hint="填上内容，或删掉这个“-”")
        elif isinstance(value, str) and wanted == type_names["object"] and "：" in value:
            yield self._finding(
                "Y-COLON", "字段名后面用了全角冒号“：”", hint="请用半角冒号，后面空一格，例如“name: 张三”"
            )
        elif isinstance(value, str) and wanted == type_names["object"] and ":" in value:
            yield self._finding("Y-COLON", "冒号后面少了一个空格", hint="写成“名字: 值”，冒号后空一格")
        elif isinstance(value, str) and wanted in (type_names["integer"], type_names["number"]):
            yield self._finding(
                "S-TYPE", f"{self.name}写的是{self._quoted()}，应为{wanted}", hint="只写半角数字，不带单位"
            )
        else:
            got = f"写的是{self._quoted()}" if isinstance(value, str) else f"写成了{type_names[_type_of(value)]}"
            hints = {type_names["array"]: "每项前面写“- ”", type_names["boolean"]: "是写 true，否写 false"}
            hint = hints.get(wanted) or _how(self.field) or "对照模板改写"
            yield self._finding("S-TYPE", f"{self.name}{got}，应为{wanted}", hint=hint)

    def pattern(self) -> Iterator[Finding]:
        if odd := odd_in(str(self.instance)):
            message = f"{self.name}{self._quoted()}里有{'、'.join(map(described, odd))}"
            yield self._finding("S-PATTERN", message, hint="照通常的写法重新输入；文件也可以用 wholeschool fix 改")
        else:
            yield self._finding("S-PATTERN", f"{self.name}{self._quoted()}的写法不对", hint=_how(self.field))

    def format(self) -> Iterator[Finding]:
        yield self._finding("S-FORMAT", f"{self.name}写的是{self._quoted()}，不是一个日期", hint=_how(self.field))

    def range(self) -> Iterator[Finding]:
        limit = self.wanted
        bound = {
            "minimum": "不能小于",
            "maximum": "不能大于",
            "exclusiveMinimum": "要大于",
            "exclusiveMaximum": "要小于",
        }
        word = bound[str(self.error.validator)]
        yield self._finding(
            "S-RANGE", f"{self.name}写的是{self._quoted()}，{word} {limit}", hint="检查是否多写或少写了一位"
        )

    def count(self) -> Iterator[Finding]:
        few = self.error.validator == "minItems"
        limit, got = self.wanted, len(self.instance)
        text = f"至少要有 {limit} 条" if few else f"最多 {limit} 条"
        yield self._finding(
            "S-COUNT", f"{self.name}有 {got} 条，{text}", hint="补上内容" if few else "检查是否贴多了", key=True
        )

    def length(self) -> Iterator[Finding]:
        short = self.error.validator == "minLength"
        limit, got = self.wanted, len(self.instance)
        text = f"至少 {limit} 个字" if short else f"最多 {limit} 个字"
        yield self._finding(
            "S-LENGTH", f"{self.name}有 {got} 个字，{text}", hint="再写具体一些" if short else "写短一些，细节另附"
        )

    def unique(self) -> Iterator[Finding]:
        seen: list[Any] = []
        for index, item in enumerate(self.instance):
            if item in seen:
                what = f"“{_short(item)}”" if isinstance(item, str) else f"第 {seen.index(item) + 1} 项"
                yield self._finding("S-UNIQUE", f"{self.name}里{what}写了不止一次", hint="删掉重复的一项", at=(index,))
            else:
                seen.append(item)

    def other(self) -> Iterator[Finding]:
        yield self._finding("S-TYPE", f"{self.name}不符合“{self.error.validator}”的要求", hint=_how(self.field))

    def _finding(
        self,
        code: str,
        message: str,
        *,
        hint: str,
        at: Pointer = (),
        key: bool = False,
        field: Mapping[str, Any] | None = None,
    ) -> Finding:
        line, column = locate(self.mark, self.pointer + at, key=key)
        clause = of_a_field(REFUSALS[code].clause, (field or self.field).get("x-clause", ""))
        return finding(code, Location(self.path, line, column), message, hint=hint, clause=clause)

    def _title(self, field: Mapping[str, Any], pointer: Pointer) -> str:
        named = [step for step in pointer if isinstance(step, str)]
        return str(field.get("title") or (named[-1] if named else self.schema.title))

    def _quoted(self) -> str:
        """The disliked value; personal fields are never repeated."""
        if self.field.get("x-sensitive"):
            return "（内容已隐去）"
        return f"“{_short(_written(self.instance))}”"

    def _keys_written(self) -> Mapping[str, Any]:
        mark = self.mark
        for step in self.pointer:
            if isinstance(step, str) and mark.keys and step in mark.keys:
                mark = mark.keys[step].value
            elif isinstance(step, int) and mark.items and step < len(mark.items):
                mark = mark.items[step]
        return mark.keys or {}

    def _meant(self, present: Mapping[str, Any]) -> set[str]:
        """Fields that a mistyped neighbour stands for: its own finding is enough."""
        properties = self.field.get("properties", {})
        return {meant for key in present if key not in properties and (meant := self._meaning_of(key, properties))}

    def _meaning_of(self, key: str, properties: Mapping[str, Any]) -> str | None:
        titles = {self._title(self.schema.resolve(child), (name,)): name for name, child in properties.items()}
        return titles.get(key) or nearest(key, list(properties))


def _written(value: Any) -> str:
    """A value as people write it in a file, not as Python does."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return "、".join(map(_written, value))
        case dict():
            return "，".join(f"{key}: {_written(each)}" for key, each in value.items())
    return str(value)


def _how(field: Mapping[str, Any]) -> str:
    """What to write, as the schema itself explains it."""
    if hint := field.get("x-hint"):
        return str(hint)
    if choices := field.get("enum"):
        return f"可选：{'、'.join(map(str, choices))}"
    return str(field.get("description", ""))


def _short(text: str) -> str:
    # Masked before it is cut: half a telephone number would not be recognised as one.
    text = redact(" ".join(text[:200].split()))
    return text if len(text) <= 30 else f"{text[:28]}…"


def _type_of(value: Any) -> str:
    names = {dict: "object", list: "array", bool: "boolean", int: "integer", float: "number"}
    return names.get(type(value), "string")


_WORDS: Mapping[str, Callable[[_Explanation], Iterator[Finding]]] = {
    "required": _Explanation.required,
    "additionalProperties": _Explanation.unknown,
    "forbidden": _Explanation.forbidden,
    "enum": _Explanation.choice,
    "const": _Explanation.other,
    "type": _Explanation.type,
    "pattern": _Explanation.pattern,
    "format": _Explanation.format,
    "minimum": _Explanation.range,
    "maximum": _Explanation.range,
    "exclusiveMinimum": _Explanation.range,
    "exclusiveMaximum": _Explanation.range,
    "minItems": _Explanation.count,
    "maxItems": _Explanation.count,
    "minLength": _Explanation.length,
    "maxLength": _Explanation.length,
    "uniqueItems": _Explanation.unique,
}
