"""The guidance's two forms, word for word: people of offices and teams with their telephones, and nominations.

Both hold contact data, so they are made from `contacts.age` opened with a key, and never below the repository.
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.papers.contacts import GROUPS, Nominee
from wholeschool.papers.outgoing.paper import Cell, Column, Form, Sheet, Table, View, paper
from wholeschool.records import structs as s
from wholeschool.rules.teams import NOMINATION_FORM, STAFF_LIST

HEADINGS = ("序号", "团队", "市县", "姓名", "单位", "职务", "办公电话", "手机号码", "电子邮箱", "备注")
_WIDTHS = (6, 11, 12, 11, 24, 14, 15, 14, 26, 12)
_FIRST = {"负责人": 0, "负责人、联络人": 0, "联络人": 1}
# People of training institutions need not teach.
_NOT_TAUGHT = ("任教学段", "任教学科")
CATEGORIES = ("一线骨干教师", "中小学校园长", "培训指导者")


@paper("annex3", "管理团队及工程办人员信息表", "省市县", "xlsx", "pdf", sealed=True)
def annex3(view: View) -> Iterator[Sheet]:
    """管理团队 first, then 工程办; in each 负责人, 联络人, then the others in their order.

    A summary that lacks the people of some office names it: whoever reads it would take it for complete.
    """
    people = view.contacts.colleagues
    if people:
        names = dict.fromkeys((*GROUPS, *(each.team for each in people)))
        teams = {team: place for place, team in enumerate(names)}
        regions = {region: place for place, region in enumerate(dict.fromkeys(each.region for each in people))}
        ranked = sorted(people, key=lambda each: (teams[each.team], regions[each.region], _FIRST.get(each.note, 2)))
        rows: list[tuple[Cell, ...]] = [
            (
                number,
                each.team,
                each.region,
                each.name,
                each.unit,
                each.position,
                each.office_phone,
                each.mobile,
                each.email,
                each.note,
            )
            for number, each in enumerate(ranked, start=1)
        ]
        columns = tuple(Column(heading, width) for heading, width in zip(HEADINGS, _WIDTHS, strict=True))
        yield Sheet(
            STAFF_LIST,
            (Table(columns, tuple(rows), merged=(1,)),),
            name=view.programme.rulebook(view.year).mark(STAFF_LIST) or STAFF_LIST,
            mark=_marked(view, STAFF_LIST),
            under=view.filed_by,
            foot=(view.filed,),
            notes=(
                "填表说明：1.请用excel制表报送；",
                "　　　　　2.负责人和联络人可为同一人。",
                *(f"本表还缺：{'；'.join(view.lacking)}。" for _ in view.lacking[:1]),
            ),
            wide=True,
        )


@paper("annex4", "省级培训团队人员推荐表", "省市县", "pdf", "xlsx", sealed=True)
def annex4(view: View) -> Iterator[Sheet]:
    """A sheet for each person nominated; what is private comes from the contact sheet, the rest from the record.

    Fields that are still empty are named below the form, so that nobody sends it off unseen.
    """
    record = view.unit.one(s.Nominations, year=view.year)
    private = {(each.name, each.unit): each for each in view.contacts.nominees}
    for one in record.data.nominations if record else ():
        more = private.get((one.name, one.unit), Nominee())
        ticks = "　".join(f"{'☑' if each == one.category else '□'}{each}" for each in CATEGORIES)
        lines: tuple[tuple[tuple[str, Cell], ...], ...] = (
            (("姓名", one.name), ("单位", one.unit)),
            (("推荐类别", ticks),),
            (("职务", one.position), ("出生年月", more.birth), ("政治面貌", more.politics)),
            (("学历", one.education), ("职称", one.title), ("联系电话", more.phone)),
            (("任教学段", one.stage), ("任教学科", one.subject), ("QQ", more.qq)),
            (("专长领域", one.expertise),),
            (("表彰奖励情况", one.honours),),
            (("论文、论著和成果", one.works),),
        )
        spared = _NOT_TAUGHT if one.category == "培训指导者" else ()
        empty = [label for line in lines for label, value in line if not value and label not in spared]
        yield Sheet(
            NOMINATION_FORM,
            (Form(lines, tall=("专长领域", "表彰奖励情况", "论文、论著和成果"), head=1),),
            name=one.name,
            mark=_marked(view, NOMINATION_FORM),
            under=f"推荐单位：{view.called}",
            notes=("（可根据内容自行调整行高，可跨页）", *(f"还空着：{'、'.join(empty)}。" for _ in empty[:1])),
        )


def _marked(view: View, paper: str) -> str:
    annex = view.programme.rulebook(view.year).mark(paper)
    return f"{annex}（{view.mark}）" if view.mark and annex else annex or view.mark
