"""Every rule and refusal as people look it up, on the site and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from wholeschool.authority import Speaker, Voice, spoken
from wholeschool.errors import RepositoryError
from wholeschool.programme.rulebook import Rulebook
from wholeschool.records import structs as s
from wholeschool.records.former import SETTINGS
from wholeschool.records.kinds import GUIDANCES, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.refusals import REFUSALS, Refused
from wholeschool.records.terms import vocabulary_of
from wholeschool.records.text import decode
from wholeschool.rules.examples import examples
from wholeschool.rules.registry import Kind, all_rules, rules_in
from wholeschool.shipped import HOME
from wholeschool.sources import Tree, open_tree

T = TypeVar("T", bound=msgspec.Struct)
THEMES = {
    "units": "单位",
    "unit_history": "单位的变化",
    "accounts": "账号",
    "teams": "团队",
    "documents": "文件",
    "pilots": "试点",
    "plans": "规划",
    "roster": "名册",
    "stays": "到校与离校",
    "online_hours": "网络研修学时",
    "study": "研修、协商与申报",
    "standard": "标准",
    "guidances": "指导意见",
    "choices": "选学",
    "activities": "活动",
    "hours": "学时",
    "evidence": "成果",
    "reviews": "评审",
    "supervision": "抽查与检查",
    "acceptance": "验收与认定",
    "appeals": "申诉",
    "register": "认定名册",
    "certificates": "证书",
    "cases": "案例",
    "training": "培训与承担机构",
    "appraisal": "考评与绩效",
    "projects": "项目",
    "nominations": "推荐人选",
    "filings": "报送",
    "calendar": "日期",
    "closing": "一轮的关闭",
    "wording": "文字",
    "due": "到期未办",
    "history": "更改：已经定下的不改",
    "ownership": "更改：谁的记录谁提交",
    "members": "更改：团队成员",
    "days": "更改：提交的日期",
    "contacts": "更改：加密的联系表",
    "draws": "抽样",
    "pins": "更改：作废的密钥",
    "traces": "更改：不留在历史里的",
}
FORM = "写法与编码"
FIRST = 2019
"""The year of the guidance: a rule that holds since then holds from the start."""


_OCCASIONS: Mapping[Kind, str] = {
    "paper": "随时；县里审核、验收以后，没有再改动的学校材料不再判",
    "decision": "作出决定的那一次改动里判一次，以后不再翻案",
    "keeping": "随时；看的是定下来的有没有被动过",
}


class Entry(NamedTuple):
    """A rule or a refusal, as pages and terminal show it."""

    code: str
    sentence: str
    why: str
    voices: tuple[Voice, ...]
    theme: str
    warning: bool = False
    since: int = FIRST
    kind: Kind | None = None
    presupposes: tuple[str, ...] = ()
    optional: bool = False

    @property
    def occasion(self) -> str:
        """When it is judged; a refusal is of what cannot be read at all."""
        return _OCCASIONS[self.kind] if self.kind else "随时：写法不对的读不了"

    @property
    def clause(self) -> str:
        """Who says so, as reports show it: the guidance, the configuration, this project."""
        return spoken(self.voices)

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """Who they are, each once."""
        return tuple(dict.fromkeys(each.speaker for each in self.voices))

    @property
    def weight(self) -> str:
        """How serious a breach is."""
        return "提醒：可以不改，但请看一眼" if self.warning else "错误：改好才能合并"

    @property
    def beginning(self) -> str:
        """Since when it holds."""
        return "从第一轮起" if self.since <= FIRST else f"从 {self.since} 年这一轮起；更早的记录不受影响"


def rulebook_of(tree: Tree) -> Rulebook:
    """The rulebook of the guidance that a programme usually goes by; empty where it cannot be read."""
    folder = f"{GUIDANCES}{_value(tree, SETTINGS).get('guidance', '')}"
    found = _read(tree, folder, "rulebook", s.Rulebook), _read(tree, folder, "clauses", s.Clauses)
    return Rulebook(*found, vocabulary_of(tree).usual.without)


def _read(tree: Tree, folder: str, name: str, struct: type[T]) -> T | None:
    """A file of a guidance; None where it cannot be read, or says what it may not."""
    schema = kinds()[name].schema
    value = schema.type_scalars(_value(tree, f"{folder}/{name}.yaml"))
    return msgspec.convert(value, struct) if schema.accepts(value) else None


def _value(tree: Tree, path: str) -> dict[str, Any]:
    try:
        value = values_of(decode(tree.read(path)))
    except (Refused, RepositoryError):
        return {}
    return value if isinstance(value, dict) else {}


@cache
def shipped_rulebook() -> Rulebook:
    """That of the guidance which comes with the program."""
    return rulebook_of(open_tree(HOME))


@lru_cache(4)
def entries(book: Rulebook) -> Mapping[str, Entry]:
    """Every code there is under a guidance, in the order of the reference."""
    rules = {**all_rules(), **rules_in("wholeschool.changes")}
    themes = list(THEMES)  # a rule of none would have no page: that is an error here
    found = [
        Entry(
            *(each.code, each.sentence_under(book), each.why, each.voices(book), THEMES[each.theme]),
            *(each.severity == "warning", each.since, each.kind, each.presupposes, each.is_optional),
        )
        for each in sorted(rules.values(), key=lambda each: themes.index(each.theme))
        if each.is_used(book)
    ]
    found += [Entry(each.code, each.sentence, each.why, each.voices, FORM) for each in REFUSALS.values()]
    return {each.code: each for each in found}


def unused(book: Rulebook) -> Mapping[str, str]:
    """The sentences of the rules that a guidance does not use, by code."""
    rules = {**all_rules(), **rules_in("wholeschool.changes")}
    return {code: each.sentence_under(book) for code, each in rules.items() if not each.is_used(book)}


def exported(book: Rulebook) -> list[dict[str, Any]]:
    """The rulebook of a guidance as other programs may read it: each code with all that is said of it, as plain values.

    `kind` is null for what cannot even be read; `fewest`, `most` and `listed` are what the guidance gives a rule.
    """
    found = []
    for each in entries(book).values():
        bounds = book.bounds(each.code)
        found.append(
            {
                "code": each.code,
                "sentence": each.sentence,
                "why": each.why,
                "theme": each.theme,
                "kind": each.kind,
                "severity": "warning" if each.warning else "error",
                "since": each.since,
                "presupposes": list(each.presupposes),
                "optional": each.optional,
                "authority": [voice._asdict() for voice in each.voices],
                "fewest": bounds.fewest,
                "most": bounds.most,
                "listed": list(book.listed(each.code)),
            }
        )
    return found


def as_text(code: str, book: Rulebook) -> str:
    """What the page of a code says, for the terminal."""
    each = entries(book)[code]
    parts = [f"{each.code}  {each.sentence}\n"]
    parts += [f"\n{each.why}\n" if each.why else "", f"\n依据：{each.clause}\n"]
    parts += [f"轻重：{each.weight}\n", f"主题：{each.theme}\n"]
    parts += ["不用它：指导意见可以写明不用（rulebook.yaml 的 unused）\n"] if each.optional else []
    parts += [f"何时判：{each.occasion}\n", f"何时起：{each.beginning}\n"]
    for example in examples(code):
        parts.append(f"\n{'对的' if example.accepted else '会被指出的'}：{example.title}\n")
        parts.append(f"  {example.path}\n" if example.path else "")
        parts += [f"  {'▸' if line.marked else ' '}{line.number:>4} │ {line.text}\n" for line in example.lines]
        parts.append(f"  {example.message}\n" if example.message else "")
        parts.append(f"  怎么办：{example.hint}\n" if example.hint else "")
    return "".join(parts)
