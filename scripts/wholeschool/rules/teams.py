"""Teams: who belongs to a school's management team, and who leads it."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.programme import Programme
from wholeschool.records.structs import Plan
from wholeschool.rules.registry import Breach, rule

SMALLEST, LARGEST = 3, 5
USUAL_ROLES = ("业务副校长", "教导主任", "信息技术骨干教师")


@rule("TEAM-SIZE", clause="附件1 三(一)2")
def school_team_has_three_to_five(programme: Programme) -> Iterator[Breach]:
    """学校信息化管理团队为 3–5 人。

    人太少担不起规划、指导、评审几件事，人太多又难以说清谁负责。市、县团队的人数由各单位自定，不在此列。
    """
    for school in programme.schools:
        team = school.team("management")
        if team and not SMALLEST <= len(team.data.members) <= LARGEST:
            count = len(team.data.members)
            yield (
                team.at(None, "members", key=True),
                f"管理团队有 {count} 人，应为 3–5 人",
                f"{'增加' if count < SMALLEST else '减少'}成员，使人数在 3–5 之间",
            )


@rule("TEAM-HEAD", clause="附件1 二(四)1")
def principal_leads_the_team(programme: Programme) -> Iterator[Breach]:
    """学校信息化管理团队由校长领衔，校长就是团队的负责人。

    校长是第一责任人。团队里没有校长，或负责人另有其人，规划和考核就没有人能拍板。
    """
    for school in programme.schools:
        team = school.team("management")
        if not team:
            continue
        principal = next((member for member in team.data.members if member.role == "校长"), None)
        if principal is None:
            yield (
                team.at(None, "members", key=True),
                "管理团队里没有校长",
                "把校长列为成员，role 写“校长”，duty 写“负责人”",
            )
        elif principal.name != school.data.principal:
            yield (
                team.at(principal, "name"),
                "团队里的校长与单位信息（unit.yaml）里的校（园）长不是同一人",
                "两处改成一致；换了校长的，两处都要改",
            )
        elif "负责人" not in principal.duty:
            yield team.at(principal), "校长不是团队的负责人", "在校长这一条里加上 duty: [负责人]"
        else:
            for member in team.data.members:
                if member is not principal and "负责人" in member.duty:
                    yield (
                        team.at(member, "duty"),
                        "校长以外的成员写成了负责人",
                        "负责人只写校长一人；其他人可以写“联络人”",
                    )


@rule("TEAM-ROLES", clause="附件1 三(一)2", severity="warning")
def team_has_the_usual_roles(programme: Programme) -> Iterator[Breach]:
    """管理团队里最好有业务副校长、教导主任和信息技术骨干教师。

    指导意见用“等”字列举了这几种人，没有要求齐全；小学校凑不齐也可以，所以只是提醒。
    """
    for school in programme.schools:
        team = school.team("management")
        if team and SMALLEST <= len(team.data.members) <= LARGEST:
            present = {member.role for member in team.data.members}
            lacking = [role for role in USUAL_ROLES if role not in present]
            if lacking:
                yield (
                    team.at(None, "members", key=True),
                    f"管理团队里没有{'、'.join(lacking)}",
                    "有合适的人就加上；确实没有的，可以不改",
                )


@rule("TEAM-MISSING", clause="附件1 二(四)1")
def school_has_a_team_or_a_center(programme: Programme) -> Iterator[Breach]:
    """做规划的学校有自己的管理团队；没有的，挂靠中心学校，由中心学校做规划。

    规划由管理团队制订。教学点和村小人手少，可以挂靠中心学校。
    """
    for school in programme.schools:
        if programme.is_missing(school, "teams/management.yaml"):
            for plan in school.all(Plan):
                hint = "补上 teams/management.yaml，或在 unit.yaml 里写 center 并由中心学校做规划"
                yield plan.at(None), "学校报了规划，却没有管理团队名单", hint
