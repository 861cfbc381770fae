"""Teams: who belongs to a school's management team, and who leads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wholeschool.programme import Programme, Unit
from wholeschool.programme.people import serving
from wholeschool.records import Record
from wholeschool.records.structs import Filings, Plan, Team
from wholeschool.rules.registry import Breach, rule

_TRAINS = re.compile("教师|师训|师资|师范|人事|培训|继续教育|教育[^中学校]{0,4}[局委厅]$")
TEAM_FILES = {"工程办": "office", "管理团队": "management", "培训团队": "training", "专家团队": "expert"}
"""What a team is called, and its list below `teams/`."""
STAFF_LIST, NOMINATION_FORM = "管理团队及工程办人员信息表", "省级培训团队人员推荐表"
TRAINERS = "培训团队建立情况"
"""The paper that tells who the trainers are, and what a missing list of them is about."""
SAID_OF_DEADLINES = "本工程的配置（programme.yaml 的 rounds.deadlines.date）"
"""Who says when, beside the guidance."""
SIZE = "TEAM-SIZE"


def _management(programme: Programme) -> Iterator[tuple[Unit, Record[Team]]]:
    """The schools' management teams."""
    return ((unit, team) for unit, team in programme.each(Team) if unit.level == "校" and team.name == "management")


@rule(SIZE, "paper")
def school_team_has_the_right_size(programme: Programme) -> Iterator[Breach]:
    """学校信息化管理团队为 {bounds}。

    人太少担不起规划、指导、评审几件事，人太多又难以说清谁负责。市、县团队的人数由各单位自定，不在此列。
    """
    bounds = programme.rulebook().bounds(SIZE)
    for _, team in _management(programme):
        count = len(serving(team.data))
        if lacking := bounds.lacking(count):
            yield (
                team.at(None, "members", key=True),
                f"管理团队有 {count} 人，应为 {bounds.said('人')}",
                f"{'增加' if lacking > 0 else '减少'}成员，使人数{bounds.within}",
            )


@rule("TEAM-HEAD", "paper")
def principal_leads_the_team(programme: Programme) -> Iterator[Breach]:
    """学校信息化管理团队由校长领衔，校长就是团队的负责人。

    校长是第一责任人。团队里没有校长，或负责人另有其人，规划和考核就没有人能拍板。
    """
    for school, team in _management(programme):
        principal = next((member for member in serving(team.data) if member.role == "校长"), None)
        if principal is None:
            yield (
                team.at(None, "members", key=True),
                "管理团队里没有校长",
                "把校长列为成员，role 写“校长”，duty 写“负责人”",
            )
        elif principal.name != school.data.principal:
            yield (
                team.at(principal, "name").beside(school.record.at(None, "principal")),
                "团队里的校长与单位信息（unit.yaml）里的校（园）长不是同一人",
                "两处改成一致；换了校长的，两处都要改",
            )
        elif "负责人" not in principal.duty:
            yield team.at(principal), "校长不是团队的负责人", "在校长这一条里加上 duty: [负责人]"
        else:
            for member in serving(team.data):
                if member is not principal and "负责人" in member.duty:
                    yield (
                        team.at(member, "duty"),
                        "校长以外的成员写成了负责人",
                        "负责人只写校长一人；其他人可以写“联络人”",
                    )


@rule(
    "TEAM-ROLES",
    "paper",
    severity="warning",
    presupposes=(
        "ADVISER-MEMBER",
        "APPRAISAL-MEMBER",
    ),
)
def team_has_the_usual_roles(programme: Programme) -> Iterator[Breach]:
    """管理团队里最好有业务副校长、教导主任和信息技术骨干教师。

    指导意见用“等”字列举了这几种人，没有要求齐全；小学校凑不齐也可以，所以只是提醒。
    """
    book = programme.rulebook()
    for _, team in _management(programme):
        if book.bounds(SIZE).hold(len(serving(team.data))):
            present = {member.role for member in serving(team.data)}
            lacking = [role for role in book.listed("TEAM-ROLES") if role not in present]
            if lacking:
                yield (
                    team.at(None, "members", key=True),
                    f"管理团队里没有{'、'.join(lacking)}",
                    "有合适的人就加上；确实没有的，可以不改",
                )


@rule(
    "TEAM-MISSING",
    "paper",
    authority="本项目的约定（没有团队的，挂靠中心学校，由它做规划）",
    presupposes=("team",),
)
def school_has_a_team_or_a_center(programme: Programme) -> Iterator[Breach]:
    """做规划的学校有自己的管理团队；没有的，挂靠中心学校，由中心学校做规划。

    规划由管理团队制订。教学点和村小人手少，可以挂靠中心学校。
    """
    for school, plan in programme.each(Plan):
        if programme.is_missing(school, "teams/management.yaml"):
            hint = "补上 teams/management.yaml，或在 unit.yaml 里写 center 并由中心学校做规划"
            yield plan.at(None), "学校报了规划，却没有管理团队名单", hint


@rule(
    "TEAM-KIND",
    "paper",
    authority="本项目的约定（学校的文件夹里只收信息化管理团队）",
)
def schools_have_only_a_management_team(programme: Programme) -> Iterator[Breach]:
    """学校只组建信息化管理团队；工程办、培训团队、专家团队由县级及以上组建。

    放错级别的团队没有相应的职责和权限。
    """
    for unit, team in programme.each(Team):
        if unit.level == "校" and team.name != "management":
            yield (
                team.at(None),
                "学校没有这一种团队",
                "学校的团队写在 teams/management.yaml；别的团队由县级及以上报送",
            )


@rule(
    "TEAM-DUTIES",
    "paper",
    authority="本项目的约定（省级的两支队伍也这样登记）",
)
def offices_and_teams_name_head_and_contact(programme: Programme) -> Iterator[Breach]:
    """县级及以上的工程办和管理团队各有负责人和联络人，可以是同一人。

    信息表的两组名单都从负责人、联络人写起，上级要找得到人。
    """
    for unit, team in programme.each(Team):
        if unit.level == "校" or team.name not in ("office", "management"):
            continue
        duties = {duty for member in serving(team.data) for duty in member.duty}
        if lacking := [duty for duty in ("负责人", "联络人") if duty not in duties]:
            message = f"名单里没有{'和'.join(lacking)}"
            yield team.at(None, "members", key=True), message, "在相应的人那一条里加 duty；同一人可以写两项"


@rule(
    "TEAM-PARTICULARS",
    "paper",
    authority="本项目的约定（电话、手机、邮箱在加密的联系表里，不在这里）",
    severity="warning",
)
def offices_and_teams_say_who_people_are(programme: Programme) -> Iterator[Breach]:
    """信息表各栏要的都有：县级及以上的工程办和管理团队，在任的每个人写明单位和职务；报送的，写明填报人。

    信息表由名单和报送登记得出，没有写的，表上就空一格。
    """
    for _, record in programme.each(Filings):
        for filing in record.data.filings:
            if filing.paper == STAFF_LIST and not filing.by:
                yield record.at(filing), f"“{STAFF_LIST}”没有写填报人", "补上 by，表尾有这一栏"
    for unit, team in programme.each(Team):
        if unit.level == "校" or team.name not in ("office", "management"):
            continue
        for member in serving(team.data):
            pairs = ((member.unit, "单位（unit）"), (member.position, "职务（position）"))
            if lacking := [title for value, title in pairs if not value]:
                yield team.at(member), f"这位成员没有写{'和'.join(lacking)}", "补上，信息表有这几栏"


@rule(
    "OFFICE-LEAD",
    "paper",
    authority="本项目的约定（哪些名称的部门算师训主管部门）",
    presupposes=("TEAM-KIND",),
)
def office_is_led_by_the_training_department(programme: Programme) -> Iterator[Breach]:
    """工程办由师训主管部门牵头，写明是哪个部门。

    写明牵头部门，工作才有人统筹。各地的师训主管部门叫法不同，本项目认名称里有“教师”“师训”“师资”“人事”“培训”
    “继续教育”之一的部门，或者教育局（委、厅）本身。
    """
    for _, team in programme.each(Team):
        if team.name != "office":
            continue
        lead = team.data.lead_department or ""
        if not lead:
            yield team.at(None), "工程办没有写牵头部门", "补上 lead_department，例如 明远县教育局教师工作股"
        elif not _TRAINS.search(lead):
            at, hint = team.at(None, "lead_department"), "写主管教师培训的部门全称，例如 明远县教育局教师工作股"
            yield at, f"“{lead}”看不出是主管教师培训的部门", hint


@rule("OFFICE-HOST", "paper")
def county_office_has_a_host(programme: Programme) -> Iterator[Breach]:
    """县级工程办依托本县教师发展机构。

    日常工作要有机构承担。
    """
    for unit, team in programme.each(Team):
        if unit.level == "县" and team.name == "office" and not team.data.host_institution:
            yield team.at(None), "县级工程办没有写依托机构", "补上 host_institution，写本县教师发展机构的名称"


@rule(
    "TEAM-CATEGORY",
    "paper",
    authority="本项目的约定（每位成员都写明类别和专兼职，报送的结构才统计得出）",
)
def trainers_have_category_and_employment(programme: Programme) -> Iterator[Breach]:
    """市、县培训团队的每位成员写明人员类别和专兼职。

    培训团队从五类人员里选，专兼结合；报送的结构表要按这两项统计。
    """
    for unit, team in programme.each(Team):
        if team.name != "training" or unit.level not in ("市", "县"):
            continue
        for member in serving(team.data):
            pairs = ((member.category, "人员类别（category）"), (member.employment, "专兼职（employment）"))
            if lacking := [title for value, title in pairs if not value]:
                yield team.at(member), f"这位成员没有写{'和'.join(lacking)}", "补上，可选的值见记录参考"


@rule(
    "TEAM-TERM",
    "paper",
    authority="本项目的约定（指导意见只说管理人员相对稳定；任期止早于任期起，查不出哪一年谁在任）",
)
def terms_end_after_they_begin(programme: Programme) -> Iterator[Breach]:
    """任期止不早于任期起。

    变动要记得清，离任的人留在名单里。
    """
    for _, team in programme.each(Team):
        for member in team.data.members:
            if member.from_ and member.until and member.until < member.from_:
                message = f"任期止 {member.until} 早于任期起 {member.from_}"
                yield team.at(member, "until"), message, "核对两个日期"


@rule(
    "TEAM-COMMITTED",
    "paper",
    severity="warning",
)
def members_have_time(programme: Programme) -> Iterator[Breach]:
    """团队里在任的人有足够的时间履职，没有人写着不能保证时间。

    指导意见要求抽组责任心强、有足够时间的人员。没有写 committed 的不查；写成 false 的，这个人担不起团队的事。
    """
    for _, team in programme.each(Team):
        for member in serving(team.data):
            if member.committed is False:
                hint = "与本人商定：能保证的改为 true；不能的换一个人，原来的写上离任日期（until）"
                yield team.at(member, "committed"), "这位成员写明不能保证时间", hint


@rule(
    "TEAM-TRAINED",
    "paper",
    authority="本项目的约定（一个人都没有参加过才提醒）",
    severity="warning",
)
def training_team_has_been_trained_above(programme: Programme) -> Iterator[Breach]:
    """市级培训团队有人参加过省级以上培训，县级的有人参加过市级以上培训。

    指导意见要求支持培训团队参加上级培训；一个人都没有参加过的，尽早安排。
    """
    above = {"市": ("国家", "省"), "县": ("国家", "省", "市")}
    for unit, team in programme.each(Team):
        if team.name == "training" and unit.level in above:
            levels = {each.level for member in serving(team.data) for each in member.trained}
            if not levels & set(above[unit.level]):
                wanted = above[unit.level][-1]
                message = f"没有成员参加{wanted}级以上培训的记录"
                yield team.at(None, "members", key=True), message, "参加过的补记在 trained 里；没有的，报名上级培训"


@rule(
    "TEAM-RATIO",
    "paper",
    authority="本工程的配置（programme.yaml 的 local.trainer_ratio）",
    severity="warning",
)
def county_trainers_reach_the_local_ratio(programme: Programme) -> Iterator[Breach]:
    """县级培训团队的人数不低于本工程定的遴选比例。

    指导意见说按一定比例遴选，没有给数，所以工程总配置里写了 trainer_ratio 才检查；人数本身由各县自定。
    """
    wanted = programme.local.trainer_ratio
    if wanted is None or not programme.years:
        return
    latest = programme.current or 0
    for county in programme.counties:
        team = county.team("training")
        teachers = sum(len(programme.school_year(school, latest).counted) for school in county.children)
        if team is None or not teachers:
            continue
        trainers = len(serving(team.data))
        if trainers * 100 < wanted * teachers:
            message = (
                f"培训团队 {trainers} 人，是全县 {teachers} 位教师的 {trainers * 100 / teachers:.1f}%，不到 {wanted:g}%"
            )
            yield team.at(None, "members", key=True), message, "增补培训者；比例由各地决定，写在工程总配置里"
