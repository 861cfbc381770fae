"""Units: their place in the tree, their codes and names, the schools attached to others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

from wholeschool.authority import OURS
from wholeschool.findings import About, Measure
from wholeschool.programme import Programme, Unit
from wholeschool.programme.unit import LAST_YEAR
from wholeschool.records import Place, Record
from wholeschool.records import structs as s
from wholeschool.records.former import VERSION
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import Certificates, Microabilities, Rubrics
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import SAID_OF_DEADLINES


@rule(
    "PROGRAMME-FILES",
    "paper",
    authority=OURS,
    presupposes=(
        "programme",
        "policy",
        "microabilities",
        "regions",
    ),
)
def programme_has_its_files(programme: Programme) -> Iterator[Breach]:
    """工程总配置、行政区划表都在；工程和各轮依据的指导意见，文件夹里有政策依据和微能力表。

    缺了微能力表就算不出学分，缺了区划表就核不了代码，别的检查会悄悄落空。
    """
    here = {record.path for record in programme.records} | programme.broken
    for name, title in (("programme.yaml", "工程总配置"), ("regions.csv", "行政区划表")):
        if f"submissions/{name}" not in here and programme.records:
            at = min(programme.records, key=lambda record: record.path).at(None)
            yield at, f"缺少{title} submissions/{name}", "由维护人员补上；照仓库里原来的一份恢复"
    if programme.settings is None:
        return
    settings, told = programme.settings, set[str]()
    nodes: tuple[s.Programme | s.RoundSettings, ...] = (settings.data, *settings.data.rounds)
    for node in nodes:
        if not node.guidance or node.guidance in told:
            continue
        told.add(node.guidance)
        files = (("policy.yaml", "政策依据"), ("microabilities.csv", "微能力表"))
        lacking = [
            f"{title} {path}" for name, title in files if (path := f"{ROOT}guidance/{node.guidance}/{name}") not in here
        ]
        if lacking:
            known = "、".join(record.name for record in programme.guidances(s.Policy))
            hint = f"由维护人员补上，照仓库里原来的一份恢复；文件夹名写错的改正，现有的是 {known}"
            yield settings.at(None if node is settings.data else node, "guidance"), f"缺少{'、'.join(lacking)}", hint


@rule("PROGRAMME-VERSION", "keeping", authority=OURS)
def program_knows_the_version(programme: Programme) -> Iterator[Breach]:
    """记录的格式是这个程序认得的版本。

    用旧的程序看新的记录，看不懂的会当成错的，或者悄悄漏掉。
    """
    version = programme.settings.data.version if programme.settings else None
    if version and version > VERSION:
        assert programme.settings is not None
        message = f"记录是第 {version} 版格式，这个程序只认到第 {VERSION} 版"
        yield programme.settings.at(None, "version"), message, "更新程序再运行；记录不用改"


@rule(
    "UNIT-PARENT",
    "paper",
    authority="本项目的约定（上下级由文件夹和 unit.yaml 表示）",
    presupposes=("unit",),
)
def unit_has_a_parent(programme: Programme) -> Iterator[Breach]:
    """每个单位的文件夹里有 unit.yaml，每个下级单位有且只有一个上级。

    没有上级的单位没有人审核、验收，也进不了统计。
    """
    reported = set()
    for record in programme.orphans:
        # The highest unit that is not there; what lies below it is missing only because of it.
        steps = record.unit.split("/")
        chain = ("/".join(steps[:depth]) for depth in range(1, len(steps) + 1))
        missing = f"submissions/{next(path for path in chain if path not in programme.units)}/unit.yaml"
        if missing in reported or missing in programme.broken:
            continue
        reported.add(missing)
        yield record.at(None), f"找不到单位信息 {missing}", "补上这个文件，或检查文件夹是否放错了地方"


@rule("UNIT-MOVED", "keeping", authority=OURS, presupposes=("UNIT-PARENT", "unit", "UNIT-KEPT"))
def folders_keep_the_names_that_records_know(programme: Programme) -> Iterator[Breach]:
    """几份记录都写到的单位，文件夹在那里，名字没有变。

    审核、验收、抽查都按文件夹的名字找学校。文件夹改了名，这些记录就都落空了；只有一份记录写到的，多半是那份记录写错了。
    """
    named: dict[str, dict[str, Place]] = {}
    for record in programme.records:
        for place, path in _units_named(record):
            if path not in programme.units and not programme.is_there(path):
                named.setdefault(path, {}).setdefault(record.path, place)
    for path, places in named.items():
        if len(places) > 1:
            now = folder_now(programme, path)
            at = now.record.at(None) if now else next(iter(places.values()))
            renamed = f"，这里的文件夹叫 {now.slug}" if now else ""
            message = f"{len(places)} 份记录写到 {path}，没有这个文件夹{renamed}"
            hint = "文件夹改了名的，改回来，学校换了名称也不用改；确实要改的，由维护人员把写到它的记录一起改"
            yield at, message, hint, About(now.path if now else path)


def folder_now(programme: Programme, path: str) -> Unit | None:
    """The unit that probably lay in a folder that is there no more; None where none looks like it.

    A folder that was there already, or that records know by its present name, had no other.
    """
    now = programme.units.get(programme.meant(path))
    if now is None or (programme.knows_before and not programme.is_new(now.record.at(None))):
        return None
    known = any(named == now.path for record in programme.records for _, named in _units_named(record))
    return None if known else now


def _units_named(record: Record[Any]) -> Iterator[tuple[Place, str]]:
    """Every unit that a record names by its folder: the place, and the path."""
    match record.data:
        case s.Approvals(approvals=entries) | s.Acceptance(acceptances=entries):
            yield from ((record.at(each, "school"), f"{record.unit}/{each.school}") for each in entries)
        case s.SpotCheck(items=items):
            yield from ((record.at(each, "school"), each.school) for each in items)
        case s.Inspections(inspections=entries):
            yield from ((record.at(each, "unit"), each.unit) for each in entries)
        case s.Performance(evaluations=entries):
            yield from ((record.at(each, "unit"), each.unit) for each in entries)
        case s.Pilots(pilots=entries):
            yield from ((record.at(each, "unit"), each.unit) for each in entries)
        case s.ProjectDecisions(decisions=entries):
            yield from ((record.at(each, "county"), each.county) for each in entries)
        case s.Plan(guided_by=guide):
            yield record.at(guide, "team"), guide.team
        case s.Training(batches=batches):
            for batch in batches:
                yield from ((record.at(batch, "schools", at), path) for at, path in enumerate(batch.schools))


@rule(
    "UNIT-LEVEL",
    "paper",
    authority="本项目的约定（指导意见分省、市、县、校四级；级别由文件夹的深度表示，决定谁审核、谁验收）",
)
def unit_level_is_its_depth(programme: Programme) -> Iterator[Breach]:
    """单位的级别与文件夹的深度一致：省、市、县、校。

    深度决定谁审核、谁验收；写错级别会让权限错位。
    """
    for unit in programme.units.values():
        if unit.data.level != unit.level:
            message = f"级别写的是“{unit.data.level}”，按文件夹的位置是“{unit.level}”"
            yield unit.record.at(None, "level"), message, "改级别，或把文件夹移到对的地方"


@rule("UNIT-REGION", "paper", authority=OURS)
def unit_agrees_with_the_region_table(programme: Programme) -> Iterator[Breach]:
    """单位的代码和名称与行政区划表一致；学校代码以县区代码开头。

    代码写在证书编号里，错了就查不到。区划调整过的，用现在的代码。示例单位用表外的代码并写明 demo。
    """
    if not programme.regions:
        return
    is_sound = cache(partial(code_is_sound, programme))  # of a county once, not for each of its schools
    for unit in programme.units.values():
        if unit.data.level != unit.level or not _is_its_own(programme, unit):
            continue
        if unit.level != "校":
            yield from _region_code(programme, unit)
        elif unit.parent and is_sound(unit.parent):
            yield from _school_code(unit)


def code_is_sound(programme: Programme, unit: Unit) -> bool:
    """Whether nothing is wrong with the code of a county (city, province), so that others may be measured by it."""
    return _is_its_own(programme, unit) and (not programme.regions or not any(_region_code(programme, unit)))


def _is_its_own(programme: Programme, unit: Unit) -> bool:
    """Whether a unit's code is not another's, which has its own finding: UNIT-CODE."""
    return unit.path not in programme.contending


def _school_code(school: Unit) -> Iterator[Breach]:
    code = school.data.code
    at = school.record.at(None, "code")
    # A county that gets another code does not give its schools others.
    county = tuple(held.code for held in school.parent.codes) if school.parent else ("",)
    if len(code) != 10:
        yield at, f"学校代码“{code}”不是 10 位", "学校代码是县区代码 6 位加 4 位数字"
    elif not code.startswith(county):
        yield at, f"学校代码“{code}”不以本县代码 {county[-1]} 开头", "核对代码，或检查学校是否放错了县"


def _region_code(programme: Programme, unit: Unit) -> Iterator[Breach]:
    code, name = unit.data.code, unit.data.name
    at = unit.record.at(None, "code")
    entry = programme.regions.get(code)
    if len(code) != 6:
        yield at, f"{unit.level}级单位的代码“{code}”不是 6 位", "省、市、县区写 6 位行政区划代码"
        return
    prefixes = {school.data.code[:6] for school in unit.children} if unit.level == "县" else set()
    if unit.data.demo:
        if entry:
            yield at, f"示例单位用了真实的区划代码 {code}", "示例单位用表外的代码，例如 349901"
        elif len(unit.children) > 1 and len(prefixes) == 1 and prefixes.isdisjoint(held.code for held in unit.codes):
            message = f"{len(unit.children)} 所学校的代码都以 {prefixes.pop()} 开头，与本县代码 {code} 不符"
            yield at, message, "核对本县代码"
        return
    if entry is None:
        named = next(
            (region for region in programme.regions.values() if region.name == name and not region.valid_to), None
        )
        known = f"核对代码，表里{name}是 {named.code}" if named else "核对代码"
        hint = f"{known}；真的换了代码的、新设的开发区等，请维护人员先照官方公布的在 submissions/regions.csv 里添一行"
        yield at, f"行政区划表里没有代码 {code}", hint
        return
    latest = programme.current or 0
    if entry.valid_to and entry.valid_to < latest and not unit.closed:
        yield (
            at,
            f"代码 {code} 用到 {entry.valid_to} 年为止",
            f"改用 {entry.successor}" if entry.successor else "核对现在的代码",
        )
    elif entry.name != name:
        hint = "改成一致；真的改了名称的，请维护人员先照官方公布的改 submissions/regions.csv 里的这一行"
        yield unit.record.at(None, "name"), f"名称写的是“{name}”，代码 {code} 是“{entry.name}”", hint
    elif entry.level != unit.level:
        yield at, f"代码 {code} 是{entry.level}级的，这里是{unit.level}级单位", "核对代码和文件夹的位置"
    elif unit.level == "县" and unit.parent and not unit.parent.data.demo and entry.city_code != unit.parent.data.code:
        yield at, f"{name}不属于{unit.parent.name}", "把文件夹移到所属的市下面"


@rule("UNIT-CODE", "keeping", authority=OURS)
def code_belongs_to_one_unit(programme: Programme) -> Iterator[Breach]:
    """一个代码一个时候全省只有一个单位用；不用了的，从后一年起别的单位才能用。

    证书编号由县区代码开头，写着年度：两个县同一年用一个代码，就分不清证书是谁发的，撤销了的也会被当成有效。后来的一个要改。
    """
    for unit, code, other, year in programme.overlapping:
        if unit.county and not _is_its_own(programme, unit.county):  # the whole county has another's code
            continue
        former = next((each for each in unit.data.former if each.code == code), None)
        message, hint = f"代码 {code} 已经用于{other.name}", "核对代码；两处是同一个单位的，只留一个文件夹"
        last = max(each.last for each in other.codes if each.code == code)
        if last < LAST_YEAR:
            message = f"代码 {code} 在 {year} 年还是{other.name}的，那里用到 {last} 年"
            hint = (
                f"别的单位从 {last + 1} 年起才能用它：以前用别的代码的，在 former 里写明用到哪一天；"
                f"{last + 1} 年才设立的，写 opened；不是这样的，换一个代码"
            )
        yield unit.record.at(former, "code").beside(other.record.at(None, "code")), message, hint


_NO_SCHOOL = re.compile(
    r"(?:学校|[小中]学|中心校|幼儿园|教学点|学院|大学|职高|教研室|研究室|电教馆|电化教育馆|装备中心|发展中心|工程办|执行办公室)$"
)


@rule(
    "UNIT-AUTHORITY",
    "paper",
    authority="本项目的约定（哪些名称看得出不是教育行政部门）",
)
def authorities_are_authorities(programme: Programme) -> Iterator[Breach]:
    """写明的教育行政部门是行政部门，不是学校、教研室、电教馆、教师发展中心，也不是工程办。

    证书由县级教育行政部门印发，签发机关照这一栏写；写成学校，全县的证书就都是学校发的了。
    """
    for unit in programme.units.values():
        authority = unit.data.authority
        if not authority or unit.level == "校":
            continue
        if _NO_SCHOOL.search(authority) or any(school.name == authority for school in unit.below):
            at = unit.record.at(None, "authority")
            yield at, f"“{authority}”看不出是教育行政部门", "写教育局（委、厅）的全称，例如 明远县教育局"


_TABLED = ("name", "dimension", "environment", "credits")
"""What the table in a clause may say of a microability, in the order in which people read it."""


@rule(
    "TABLE-ISSUED",
    "paper",
    authority="本项目的约定（依据的是别的文件时，拿已经发出的证书来核对）",
    presupposes=("RUBRIC-COMPLETE",),
)
def table_is_the_one_that_was_certified_by(programme: Programme) -> Iterator[Breach]:
    """微能力表与指导意见的表一致：一项不多、一项不少，维度、环境、学分不变；依据的是别的文件时，与各县已经按它发出的证书一致。

    表是指导意见定的，发出的证书照它写。依据别的文件时，一项的证书说的都一样、只有表不同，改动的就是表，不是证书；
    只发过一张的不查。名称改一两个字的，已经发出的证书照旧，以后的照新的写。
    """
    for table in programme.guidances(Microabilities):
        book = programme.rulebook_at(table.path)
        if book.table:
            yield from _unlike_the_guidance(table, book.tabled(), book.table.clause)
        else:
            yield from _unlike_the_certificates(programme, table)


def _unlike_the_certificates(programme: Programme, table: Record[Microabilities]) -> Iterator[Breach]:
    said: dict[str, list[tuple[str | int, ...]]] = {}
    for _, ledger in programme.each(Certificates):
        for entry in ledger.data.certificates if programme.guidance_named(ledger.year) == table.name else ():
            words = entry.dimension, entry.environment, entry.credits
            said.setdefault(entry.microability, []).append(words)
    rows = {row.code: row for row in table.data.microabilities}
    for code, many in said.items():
        row = rows.get(code)
        written = (row.dimension, row.environment, row.credits) if row else None
        if len(many) > 1 and len(set(many)) == 1 and many[0] != written:
            now = "、".join(map(str, written)) if written else "没有这一项"
            message = f"{code} 已有 {len(many)} 张证书写的是 {'、'.join(map(str, many[0]))}，表里是 {now}"
            yield table.at(row), message, "恢复原来的这一行；指导意见的文字在它的原文里", About(microability=code)


def _unlike_the_guidance(
    table: Record[Microabilities], wanted: Mapping[str, Mapping[str, str]], clause: str
) -> Iterator[Breach]:
    hint = f"恢复原来的这一行；指导意见的文字见{clause}"
    for row in table.data.microabilities if wanted else ():  # a table that cannot be read is BASIS-KNOWN's
        code = row.code
        if code not in wanted:
            yield table.at(row), f"指导意见的表里没有“{code}”", "删掉这一行", About(microability=code)
            continue
        said = {column: wanted[code][column] for column in _TABLED if column in wanted[code]}
        here = {column: str(getattr(row, column)) for column in said}
        # A word may be corrected; a name that has hardly a character in common is another microability's.
        if 2 * len({*said["name"]} & {*row.name}) >= len({*said["name"]} | {*row.name}):
            here["name"] = said["name"]
        if here != said:
            now = "、".join(str(getattr(row, column)) for column in said)
            message = f"{code} 写的是 {now}，指导意见的表里是 {'、'.join(said.values())}"
            yield table.at(row), message, hint, About(microability=code)
    known = {row.code for row in table.data.microabilities}
    if lacking := [code for code in wanted if code not in known]:
        yield table.at(None), f"表里少了{'、'.join(lacking)}", f"照{clause} 的表补上", About()


@rule(
    "UNIT-CENTER",
    "paper",
    authority="本项目的约定（指导意见只说“学校（中心校）”；怎样挂靠、不能层层挂靠，由本项目定）",
    presupposes=("UNIT-PARENT",),
)
def branch_school_has_a_real_center(programme: Programme) -> Iterator[Breach]:
    """挂靠的中心学校在本县，而且自己不再挂靠别校。

    中心学校替挂靠的学校组建团队、做规划；挂靠的挂靠就没有人负责了。
    """
    for school in programme.schools:
        if not school.data.center:
            continue
        at = school.record.at(None, "center")
        center = school.center
        if center is None and school.parent and programme.is_there(f"{school.parent.path}/{school.data.center}"):
            continue  # the folder has its own finding
        if center is None or center is school:
            yield at, f"本县没有文件夹名为“{school.data.center}”的另一所学校", "写中心学校在县文件夹下的目录名"
        elif center.data.center:
            yield at, f"{center.name}自己也挂靠别校", f"直接挂靠 {center.data.center}"
        elif center.closed and not school.closed:
            command = f"wholeschool unit change {school.path} --since 哪一天 --center"
            hint = f"改为别的中心学校：{command} 文件夹名；自己组建团队、做规划的，后面写 ''"
            yield at, f"挂靠的{center.name} {center.closed} 已经撤销", hint


@rule("ROUND-KNOWN", "paper", authority=OURS)
def year_is_a_round(programme: Programme) -> Iterator[Breach]:
    """年度文件夹是工程总配置里的一个轮次。

    年份写错，记录就归到了不存在的一轮，统计和期限都对不上。
    """
    if programme.settings is None:
        return
    reported = set()
    for record in programme.records:
        if record.year and record.year not in programme.years and (record.unit, record.year) not in reported:
            reported.add((record.unit, record.year))
            listed = "、".join(map(str, programme.years))
            yield (
                record.at(None),
                f"工程总配置里没有 {record.year} 年这一轮",
                f"现有的轮次：{listed}；新的一轮请维护人员先加进 programme.yaml",
                About(record.unit),
                "",
                Measure(
                    programme.settings.at(None, "rounds", key=True).location,
                    f"各单位的记录是 {record.year} 年的，这里没有这一轮",
                    f"现有的轮次：{listed}；补上 {record.year} 年这一轮，或者改正写错的年份",
                    len(programme.units),
                ),
            )


@rule("ROUND-DATES", "paper", authority=OURS)
def rounds_end_after_they_begin(programme: Programme) -> Iterator[Breach]:
    """一轮的结束日期不早于开始日期，同一年只有一轮。

    活动算不算这一轮的、预警从哪天算起，都看这两个日期。
    """
    seen: set[int] = set()
    for each in programme.settings.data.rounds if programme.settings else ():
        assert programme.settings is not None
        if each.ends < each.starts:
            message = f"{each.year} 年这一轮的结束日期 {each.ends} 早于开始日期 {each.starts}"
            yield programme.settings.at(each, "ends"), message, "核对两个日期"
        if each.year in seen:
            yield programme.settings.at(each, "year"), f"{each.year} 年这一轮写了两次", "只留一条"
        seen.add(each.year)


@rule("ROUND-CYCLE", "keeping", authority=OURS, presupposes=("ROUND-DATES",))
def cycles_are_of_rounds_that_follow_one_another(programme: Programme) -> Iterator[Breach]:
    """几轮合起来算的，周期从已有的、更早的一轮开始；中间还开着的各轮都写同一个周期；各轮依据同一份指导意见。

    一轮只在一个周期里，学分才不会算两次；换了微能力表，同一个编号就不是同一项，加不起来。
    """
    settings = programme.settings
    for each in settings.data.rounds if settings else ():
        assert settings is not None
        if each.cycle is None:
            continue
        at, first = settings.at(each, "cycle"), programme.round(each.cycle)
        if first is None or first.year >= each.year:
            earlier = "、".join(str(year) for year in programme.years if year < each.year)
            state = "不比它早" if first else "没有这一轮"
            hint = f"写周期里最早一轮的年度{f'：{earlier}' if earlier else ''}；周期的第一轮自己不写 cycle"
            yield at, f"{each.year} 年这一轮的周期从 {each.cycle} 年起，{state}", hint
            continue
        members = [found for year in programme.cycle(each.year) if (found := programme.round(year))]
        if other := next((one for one in members if one.cycle not in (None, each.cycle)), None):
            message = f"{each.year} 年这一轮的周期从 {each.cycle} 年起，{other.year} 年的却从 {other.cycle} 年起"
            yield at, message, f"写 {other.cycle}；另起一个周期的，从 {other.year} 年以后的一轮起"
        elif gap := next((one for one in members[1:] if one.cycle is None and not one.closed), None):
            message = f"{each.year} 年这一轮的周期从 {each.cycle} 年起，中间 {gap.year} 年这一轮没有写"
            yield at, message, f"在 {gap.year} 年这一轮也写 cycle: {each.cycle}"
        elif len({programme.guidance_named(one.year) for one in (*members, each)}) > 1:
            message = f"{each.year} 年这一轮与周期里前几轮依据的指导意见不同，学分加不起来"
            yield at, message, "周期只到换指导意见以前的一轮；这一轮去掉 cycle"


@rule(
    "ROUND-DEADLINES",
    "paper",
    authority=SAID_OF_DEADLINES,
    severity="warning",
)
def rounds_name_the_deadlines_of_the_guidance(programme: Programme) -> Iterator[Breach]:
    """指导意见要市、省管县报送的，每一轮都配置了期限，不晚于指导意见的日子。

    指导意见写了月和日，没有写年份；不配置，逾期就没有人提醒。已经关闭的一轮，设置不再改，不查。
    """
    for each in programme.settings.data.rounds if programme.settings else ():
        assert programme.settings is not None
        asked = [filing for filing in programme.rulebook(each.year).filings if filing.before]
        if each.closed or not asked:
            continue
        dates = {(item.paper, item.form): item for item in each.deadlines if item.paper}
        if lacking := [f"“{one.paper}”的{one.form}" for one in asked if (one.paper, one.form) not in dates]:
            message = f"{each.year} 年这一轮没有配置{'、'.join(lacking)}的期限"
            yield programme.settings.at(each), message, "补进 deadlines"
        for one in asked:
            item = dates.get((one.paper, one.form))
            if item and item.date > f"{item.date[:4]}-{one.before}":
                message = f"“{one.paper}”的{one.form}，期限写的是 {item.date}，指导意见是 {one.before} 前"
                yield programme.settings.at(item, "date"), message, "核对日期"


@rule(
    "RUBRIC-COMPLETE",
    "paper",
    authority="本项目的约定（指导意见要依据考核规范评审，没有附上规范；漏了一项，那一项就没有尺度）",
)
def rubrics_cover_the_microabilities(programme: Programme) -> Iterator[Breach]:
    """考核规范写到每一项微能力，每项一次，没有表外的编号。

    评审依据考核规范；漏了一项，那一项就没有尺度。规范可以整份替换，替换之后也要齐。
    """
    for record in programme.guidances(Rubrics):
        if table := programme.in_guidance(Microabilities, record.name):
            yield from _uncovered(programme, record, table)


def _uncovered(programme: Programme, record: Record[Rubrics], table: Record[Microabilities]) -> Iterator[Breach]:
    rows = {row.code: row for row in table.data.microabilities}
    seen: set[str] = set()
    strange, again = [], []
    for rubric in record.data.rubrics:
        if rubric.microability not in rows:
            strange.append(rubric)
        elif rubric.microability in seen:
            again.append(rubric)
        seen.add(rubric.microability)
    lacking = [code for code in rows if code not in seen]
    chosen = _chosen(programme) if strange else set()
    for rubric in again:
        message, hint = f"“{rubric.microability}”写了两次", "只留一条"
        if lacking:  # in its place
            message, hint = f"{message}，又没有写“{lacking.pop(0)}”", "核对编号"
        yield record.at(rubric, "microability"), message, hint
    for rubric in strange:
        code, here = rubric.microability, About(microability=rubric.microability)
        if code in chosen:  # who has chosen it found it in the table: it is the table that has changed
            row, said = None, f"考核规范和教师的选学都写到“{code}”，微能力表里没有"
            if lacking:  # in its place
                other = lacking.pop(0)
                row, said = rows[other], f"{said}；“{other}”在考核规范里没有"
            yield table.at(row), said, "恢复原来的那一行；编号写错的改正", About()  # nor does the table say the rest
            continue
        message = f"没有“{code}”这项微能力"
        if lacking:
            message += f"，又没有写“{lacking.pop(0)}”"
        yield record.at(rubric, "microability"), message, "编号见微能力目录", here
    if lacking:
        yield record.at(None, "rubrics", key=True), f"没有写{'、'.join(lacking)}", "补上，写明证据、合格和优秀"


def _chosen(programme: Programme) -> set[str]:
    """Every microability that a school offers or a teacher has chosen."""
    plans = (code for school in programme.schools for plan in school.all(s.Plan) for code in plan.data.offered)
    rosters = (roster for school in programme.schools for roster in school.all(s.Teachers))
    return {*plans, *(code for roster in rosters for teacher in roster.data.teachers for code in teacher.choices)}
