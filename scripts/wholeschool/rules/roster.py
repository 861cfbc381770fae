"""The roster: every teacher of a school, each once, nobody left out without a reason."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.programme import Programme
from wholeschool.rules.registry import Breach, rule


@rule("TEACHER-UNIQUE", clause="附件1 四(三)4")
def teacher_number_is_unique(programme: Programme) -> Iterator[Breach]:
    """一个年度里，教师编号在全省只出现一次。

    学分、证书和电子档案都记在编号上，两个人用一个编号就会记串。同一人可以在几个团队里，那不算重复。
    """
    seen: dict[tuple[int, str], str] = {}
    for year in programme.school_years():
        for teacher in year.roster.data.teachers if year.roster else ():
            assert year.roster is not None
            key = year.year, teacher.number
            if first := seen.get(key):
                at = year.roster.at(teacher, "number")
                yield (
                    at,
                    f"教师编号 {teacher.number} 已经用过（{first}）",
                    "核对两处：同一人只留在现在的学校，不同的人改编号",
                )
            else:
                seen[key] = year.school.name


@rule("EXEMPT-REASON", clause="附件1 序")
def exemption_has_reason_and_approver(programme: Programme) -> Iterator[Breach]:
    """免考要写明理由和批准人，否则仍算在应考人数里。

    全员参加是原则；指导意见没有写免考，本项目要求确需免考的留下理由和批准人，合格率的分母才可信。
    """
    for year in programme.school_years():
        for teacher in year.roster.data.teachers if year.roster else ():
            assert year.roster is not None
            if teacher.exempt is None:
                continue
            lacking = [
                title
                for value, title in (
                    (teacher.exempt.reason, "理由（reason）"),
                    (teacher.exempt.approved_by, "批准人（approved_by）"),
                )
                if not value
            ]
            if lacking:
                yield (
                    year.roster.at(teacher, "exempt", key=True),
                    f"免考没有写{'和'.join(lacking)}",
                    "补上；不免考的，删掉 exempt",
                )
            elif teacher.exempt.reason == "其他" and not teacher.exempt.note:
                yield (
                    year.roster.at(teacher, "exempt", "reason"),
                    "免考理由写“其他”，没有说明",
                    "在 note 里写明是什么情况",
                )
