"""A guidance's own folder: what its rulebook quotes is there, and what it names the program knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wholeschool.authority import OURS
from wholeschool.programme import Programme
from wholeschool.programme.rulebook import Rulebook
from wholeschool.records import Record
from wholeschool.records import structs as s
from wholeschool.records.explain import nearest
from wholeschool.records.kinds import kinds
from wholeschool.rules.registry import Breach, Rule, all_rules, rule, rules_in


@rule("BASIS-KNOWN", "paper", authority=OURS, presupposes=("clauses",))
def quotations_are_in_the_guidance(programme: Programme) -> Iterator[Breach]:
    """规则的依据里引的，条款里都有：写明的出处有这一条，引的话一字不差。

    检查报错时，“依据”后面写的就是这一句；没有出处的，别人找不到，写错了的，是把自己的话说成指导意见的。
    没有放条款（clauses.yaml）的指导意见不查。
    """
    for record, book in _books(programme):
        if not book.clauses:
            continue
        for basis in record.data.rules:
            for quoted in basis.basis:
                at = record.at(quoted, "clause")
                if not book.knows(quoted.clause):
                    yield at, f"条款里没有“{quoted.clause}”", _meant(quoted.clause, book)
                elif not book.says(quoted.clause, quoted.words):
                    message = f"{quoted.clause} 里没有这句话"
                    yield record.at(quoted, "words"), message, "照 clauses.yaml 里的原话引，一字不差"
        for place in record.data.places:
            if not book.knows(place.clause):
                yield record.at(place, "clause"), f"条款里没有“{place.clause}”", _meant(place.clause, book)


@rule("BASIS-NAMED", "paper", authority=OURS)
def what_a_rulebook_names_is_there(programme: Programme) -> Iterator[Breach]:
    """规则的依据里写的规则、字段，程序里都有；不用的规则，是只凭指导意见的；最少不多于最多。

    名字写错，这一条就没有用上，谁也看不出来。本项目为了记录可信而定的规则，不能因为换了指导意见就不查。
    """
    known = {**all_rules(), **rules_in("wholeschool.changes")}
    for record, book in _books(programme):
        for basis in record.data.rules:
            if basis.rule not in known:
                yield record.at(basis, "rule"), f"没有 {basis.rule} 这条规则", _nearest(basis.rule, list(known))
            elif basis.rule in book.unused:
                yield record.at(basis, "rule"), f"{basis.rule} 又写在不用的规则里", "两处留一处"
            if basis.fewest is not None and basis.most is not None and basis.fewest > basis.most:
                yield record.at(basis, "most"), f"最多 {basis.most} 少于最少 {basis.fewest}", "核对两个数"
        yield from _unused(record, known)
        for place in record.data.places:
            for number, field in enumerate(place.fields):
                if not _has_field(field):
                    hint = "照记录参考写：哪种记录、哪个字段，例如 review.panel"
                    yield record.at(place, "fields", number), f"没有 {field} 这个字段", hint


def _unused(record: Record[s.Rulebook], known: Mapping[str, Rule[Programme]]) -> Iterator[Breach]:
    for number, code in enumerate(record.data.unused):
        at = record.at(None, "unused", number)
        if code not in known:
            yield at, f"没有 {code} 这条规则", _nearest(code, list(known))
        elif known[code].authority:
            message = f"{code} 不能不用：它还凭本项目的约定或本工程的配置"
            yield at, message, "从 unused 里去掉；要改它的尺度，改配置"


def _books(programme: Programme) -> Iterator[tuple[Record[s.Rulebook], Rulebook]]:
    return ((record, programme.rulebook_at(record.path)) for record in programme.guidances(s.Rulebook))


def _has_field(name: str) -> bool:
    kind, *path = name.split(".")
    found = kinds().get(kind)
    pointer: list[str | int] = []
    for step in path:
        field = found.schema.field(tuple(pointer)) if found else {}
        pointer += [0, step] if field.get("type") == "array" else [step]
    return bool(found and path and found.schema.field(tuple(pointer)))


def _meant(clause: str, book: Rulebook) -> str:
    other = nearest(clause, list(dict.fromkeys(each.clause for each in book.clauses)))
    return f"是不是想写“{other}”" if other else "在 clauses.yaml 里补上这一条，或者改正出处"


def _nearest(code: str, known: Sequence[str]) -> str:
    other = nearest(code, list(known))
    return f"是不是想写 {other}" if other else "wholeschool rules 列出全部规则"
