"""A guidance's own folder: what its rulebook quotes is there, and what it names the program knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.credits import before
from wholeschool.programme import Programme
from wholeschool.programme.rulebook import PAGES, PAPERS, Rulebook
from wholeschool.records import Record
from wholeschool.records import structs as s
from wholeschool.records.explain import nearest
from wholeschool.records.kinds import kinds
from wholeschool.rules.registry import Breach, Rule, all_rules, rule, rules_in

_MOST_PASSING, _WHOLE = 2, 100


@rule("BASIS-KNOWN", "paper", authority=OURS, presupposes=("clauses",))
def quotations_are_in_the_guidance(programme: Programme) -> Iterator[Breach]:
    """规则的依据里引的，条款里都有：写明的出处有这一条，引的话一字不差。

    检查报错时，“依据”后面写的就是这一句；没有出处的，别人找不到，写错了的，是把自己的话说成指导意见的。
    没有放条款（clauses.yaml）的指导意见不查。条款里有微能力表的，每一行的格数与表头一样，微能力表才能和它核对。
    """
    for clauses in programme.guidances(s.Clauses):
        own = programme.rulebook_at(clauses.path)
        if own.table and (problem := own.table_problem()):
            hint = "照表头写，行之间用分号、格之间用顿号；名称里有顿号的，换成别的标点"
            yield clauses.at(own.table, "words"), problem, hint
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
    """规则的依据里写的规则、字段、材料和网页，程序里都有；不用的规则，是可以不用的；最少不多于最多。

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
            for name, what, named in (("papers", "这份材料", PAPERS), ("pages", "这一处", PAGES)):
                for number, wrong in enumerate(getattr(place, name)):
                    if wrong not in named:
                        other = nearest(wrong, list(named))
                        hint = f"是不是想写 {other}" if other else "名称见“换一份指导意见”"
                        yield record.at(place, name, number), f"没有 {wrong} {what}", hint


@rule("VOCABULARY-SOUND", "paper", authority=OURS, presupposes=("TABLE-ISSUED",))
def words_of_a_guidance_hold_together(programme: Programme) -> Iterator[Breach]:
    """指导意见自己对得上：用词不重复，等级一两级算通过，每个维度都有微能力，先修不绕成一圈，分批的百分比加起来是 100。

    自己对不上的，照着做的人各有各的理解。算通过的等级写在前面，先修的都在表里；台账只有优秀、合格两列放通过的等级；先修绕成一圈的，谁也选不到。
    """
    for policy in programme.guidances(s.Policy):
        said, table = policy.data.vocabulary, programme.in_guidance(s.Microabilities, policy.name)
        rows = table.data.microabilities if table else ()
        if said:
            yield from _repeated(policy, said)
            used = {row.dimension for row in rows}
            for word in said.dimensions if table else ():
                if word.name not in used:
                    message = f"微能力表里没有“{word.name}”这个维度的"
                    yield policy.at(word, "name"), message, "在表里补上，或者去掉这个维度", About(matter=word.name)
        if table:
            yield from _unreachable(table)
        if (waves := policy.data.standard.waves) and sum(waves) != _WHOLE:
            message = f"分批的百分比加起来是 {sum(waves)}，不是 100"
            yield policy.at(policy.data.standard, "waves", key=True), message, "核对各批的百分比"


def _repeated(policy: Record[s.Policy], said: s.Vocabulary) -> Iterator[Breach]:
    for words in (said.dimensions, said.environments, said.levels):
        seen: set[str] = set()
        for word in words:
            if word.name in seen:
                yield policy.at(word, "name"), f"“{word.name}”写了两次", "只留一条"
            seen.add(word.name)
    passing = [each.passes for each in said.levels]
    in_order = passing == sorted(passing, reverse=True)
    if passing and not (0 < sum(passing) <= _MOST_PASSING and in_order):
        message = f"{sum(passing)} 个等级写了算通过" if in_order else "算通过的没有写在前面"
        yield policy.at(said, "levels", key=True), message, "从高到低写，最上面一级或两级写 passes: true"


def _unreachable(table: Record[s.Microabilities]) -> Iterator[Breach]:
    known = {row.code: before(row.after) for row in table.data.microabilities}
    strange = False
    for row in table.data.microabilities:
        for code in before(row.after):
            if code not in known:
                strange = True
                yield table.at(row, "after"), f"先修写的“{code}”不在表里", "核对编号", About(microability=row.code)
    if strange:
        return
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        ring = [str(code) for code in error.args[1]][::-1]
        row = next(each for each in table.data.microabilities if each.code == ring[0])
        message = f"先修绕成了一圈：{' → '.join(ring)}"
        yield table.at(row, "after"), message, "去掉其中一项的先修", About(microability=row.code)


def _unused(record: Record[s.Rulebook], known: Mapping[str, Rule[Programme]]) -> Iterator[Breach]:
    for number, code in enumerate(record.data.unused):
        at = record.at(None, "unused", number)
        if code not in known:
            yield at, f"没有 {code} 这条规则", _nearest(code, list(known))
        elif not known[code].is_optional:
            message = f"{code} 不能不用：结果和决定靠它才可信"
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
