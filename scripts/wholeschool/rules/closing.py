"""A round that a keeper has closed: when that can be, and that its figures are written down, and only its."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme
from wholeschool.records import structs as s
from wholeschool.rules.registry import Breach, rule

CLOSE = "请维护人员运行 wholeschool round close"


@rule("ROUND-CLOSED", "keeping", authority=OURS, presupposes=("ROUND-DATES",))
def rounds_are_closed_after_their_end(programme: Programme) -> Iterator[Breach]:
    """一轮结束以后才关闭，关闭的日期已经到了，并且写明这一轮自己的标准。

    没有结束就关闭，学校还没有做完的就再也报不进来；标准跟着工程走的，以后一改，关闭了的这一轮也就变了。
    """
    for round_ in programme.settings.data.rounds if programme.settings else ():
        assert programme.settings is not None
        if round_.closed is None:
            continue
        if round_.closed <= round_.ends:
            message = f"{round_.year} 年这一轮 {round_.ends} 才结束，关闭的日期却是 {round_.closed}"
            yield programme.settings.at(round_, "closed"), message, "结束以后再关闭；现在先删掉这一行"
        elif programme.day and round_.closed > programme.day:
            message = f"关闭的日期 {round_.closed} 还没有到（今天是 {programme.day}）"
            yield programme.settings.at(round_, "closed"), message, "到了那一天再关闭"
        elif round_.standard is None:
            message = f"{round_.year} 年这一轮已经关闭，没有写它自己的标准"
            yield programme.settings.at(round_, "closed"), message, f"{CLOSE} {round_.year}，它会写上当时的标准"


@rule(
    "FIGURES-CLOSED",
    "keeping",
    authority=OURS,
    presupposes=("ROUND-CLOSED", "ROUND-KEPT", "CLOSE-TRUE", "UNIT-KEPT", "UNIT-MOVED", "figures", "ability-figures"),
)
def figures_are_written_down_of_closed_rounds(programme: Programme) -> Iterator[Breach]:
    """关闭了的一轮，有记录的单位都写下了公布的数字；没有关闭的，不写。

    写下的数字就是以后一直公布的数字；没有关闭就写，等于自己给自己定数字。一个单位一行。
    """
    rounds = {round_.year: round_ for round_ in (programme.settings.data.rounds if programme.settings else ())}
    written: dict[int, set[str]] = {}
    for kind in (s.Figures, s.AbilityFigures):
        for office, record in programme.each(kind):
            year = record.year or 0
            if year not in rounds:
                continue  # ROUND-KNOWN
            if rounds[year].closed is None:
                message = f"{year} 年这一轮没有关闭，却写了公布的数字"
                hint = f"删掉这个文件；关闭的时候{CLOSE} {year}，由它写"
                yield record.at(None), message, hint, About("", year), f"{year}"
            if isinstance(record.data, s.Figures):
                known = written.setdefault(year, set())
                for row in record.data.figures:
                    path = f"{office.path}/{row.school}" if row.school else office.path
                    if path in known:
                        yield record.at(row), f"{row.school or office.name}有两行", f"恢复原样，或者{CLOSE} {year} 重写"
                    known.add(path)
    for round_ in rounds.values():
        if round_.closed is None or programme.settings is None:
            continue
        due = {unit.path for unit in programme.units.values() if round_.year in unit.years}
        if missing := sorted(due - written.get(round_.year, set())):
            more = f"等 {len(missing)} 个单位" if len(missing) > 1 else ""
            message = f"{round_.year} 年这一轮已经关闭，{missing[0]}{more}却没有写下公布的数字"
            hint = f"撤回 closed 这一行，{CLOSE} {round_.year}，由它写"
            yield programme.settings.at(round_, "closed"), message, hint
