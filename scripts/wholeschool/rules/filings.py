"""What cities and counties file with the province: copies, days, the teams it is about."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.findings import About
from wholeschool.programme import Programme
from wholeschool.records.structs import (
    Filings,
    Team,
)
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import NOMINATION_FORM, SAID_OF_DEADLINES, STAFF_LIST, TEAM_FILES, TRAINERS


@rule(
    "FILING-COPIES",
    "decision",
)
def paper_filings_have_the_right_copies(programme: Programme) -> Iterator[Breach]:
    """纸质件的份数是指导意见要的那么多。

    份数不够要补寄。
    """
    for _, record in programme.each(Filings):
        asked = programme.rulebook(record.year).filings
        wanted = {each.paper: each.copies for each in asked if each.form == "纸质件"}
        for filing in record.data.filings:
            copies = wanted.get(filing.paper)
            if filing.form == "纸质件" and copies and (filing.copies or 0) < copies:
                at = record.at(filing, "copies") if filing.copies else record.at(filing)
                state = f"写的是 {filing.copies} 份" if filing.copies else "没有写份数"
                yield at, f"“{filing.paper}”纸质件应为 {copies} 份（多寄不算错），{state}", "核对份数；不够的补寄"


@rule(
    "FILING-LATE",
    "decision",
    authority=SAID_OF_DEADLINES,
    severity="warning",
    presupposes=("DATE-FUTURE",),
)
def filings_are_on_time(programme: Programme) -> Iterator[Breach]:
    """报送不晚于截止日期。

    指导意见写的是月和日，年份写在工程总配置里。
    """
    rounds = programme.settings.data.rounds if programme.settings else ()
    ends = {(each.year, item.paper, item.form): item.date for each in rounds for item in each.deadlines if item.paper}
    for _, record in programme.each(Filings):
        for filing in record.data.filings:
            end = ends.get((record.year or 0, filing.paper, filing.form))
            if end and filing.date > end:
                message = f"报送日期 {filing.date} 晚于截止日期 {end}"
                yield record.at(filing, "date"), message, "已经晚了，不用改；下次早些"


@rule(
    "FILING-TEAMS",
    "decision",
    presupposes=("team",),
)
def filed_teams_are_registered(programme: Programme) -> Iterator[Breach]:
    """报送团队信息的市（省管县），本级和所辖各县的工程办、管理团队、培训团队都有名单；报送了推荐表的，有推荐名单。

    报上去的人员信息由这些名单得出。市、县各有一个工程办，缺一份名单，汇总表就缺一组人。本级一份团队名单都没有登记的不查。
    """
    wanted = {STAFF_LIST: ("office", "management"), TRAINERS: ("training",)}
    titles = {file: title for title, file in TEAM_FILES.items()}
    for unit, record in programme.each(Filings):
        if not unit.all(Team):
            continue
        place = f"{record.year}/nominations.yaml"
        sent = next((each for each in record.data.filings if each.paper == NOMINATION_FORM), None)
        if sent and programme.is_missing(unit, place):
            message, here = f"报送了“{NOMINATION_FORM}”，还没有推荐名单", About(unit.path, matter=NOMINATION_FORM)
            yield record.at(sent, "paper"), message, f"补上 {place}，再核对报送的表", here
        told: set[str] = set()
        for filing in record.data.filings:
            lacking = [
                f"{each.name}的{titles[team]}"
                for each in (unit, *(child for child in unit.children if child.level == "县"))
                for team in wanted.get(filing.paper, ())
                if programme.is_missing(each, f"teams/{team}.yaml")
                and not (each is not unit and each.path in programme.local.direct_counties)
            ]
            if lacking and filing.paper not in told:
                told.add(filing.paper)
                message = f"报送了“{filing.paper}”，还没有{'、'.join(lacking)}名单"
                hint = "补上 teams/ 下的名单，再核对报送的表"
                yield record.at(filing, "paper"), message, hint, About(unit.path, matter=filing.paper)
