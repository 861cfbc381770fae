"""Reviews: a mixed panel, nobody judging themselves, every result with evidence and a suggestion."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About, Measure
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.people import SCHOOL_CODE, County, Own, absence, own_people, plain
from wholeschool.records import Record
from wholeschool.records.structs import Document, Documents, Member, Review, Reviewer
from wholeschool.rules.choices import CHOICES
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import TRAINERS
from wholeschool.rules.wording import SHORTEST_SUGGESTION, says_little


def _sessions(programme: Programme) -> Iterator[tuple[YearOfSchool, Record[Review]]]:
    for year in programme.school_years():
        for review in year.reviews:
            yield year, review


@rule(
    "PANEL-MIXED",
    "paper",
    authority="本项目的约定（一个人不成组；校内、校外至少各一人；委托的，评审人在团队名单里）",
    presupposes=("PLAN-GUIDED", "PLAN-APPROVED", "FILING-TEAMS"),
)
def panel_is_mixed_or_entrusted(programme: Programme) -> Iterator[Breach]:
    """评审组不止一人，校内外结合，或者委托县级培训团队。

    全是自己人容易手软，全是外人又不了解情况；委托的，评审人当天要在县级培训团队里。一个人不成组，是本项目的理解。
    """
    for year, review in _sessions(programme):
        panel = review.data.panel
        if len({plain(member.name) for member in panel.members}) == 1:
            message = "评审组只有一个人"
            yield review.at(panel, "members", key=True), message, "至少两人，各自看证据；校内外结合的，校内、校外都有"
            continue
        if panel.mode == "校内外结合":
            sides = {member.from_ for member in panel.members}
            if len(sides) == 1:
                only = sides.pop()
                other = "校外" if only == "校内" else "校内"
                yield (
                    review.at(panel, "members", key=True),
                    f"评审组全是{only}人员",
                    f"加上至少一位{other}评审人，或改为委托县级培训团队",
                )
            continue
        county = year.school.county
        if county is None:
            continue
        if panel.team != county.path:
            at = review.at(panel, "team") if panel.team else review.at(panel, "mode")
            yield at, "委托评审没有写本县的培训团队", f"team 写 {county.path}"
            continue
        team = county.team("training")
        if team is None:
            if programme.is_missing(county, "teams/training.yaml"):
                yield (
                    review.at(panel, "team"),
                    f"{county.name}还没有培训团队名单",
                    "请县级工程办先报送 teams/training.yaml",
                    About(county.path, matter=TRAINERS),
                    county.path,
                )
            continue
        for member in panel.members:
            if why := absence(team.data, member.name, review.data.date):
                message = f"委托评审，评审是 {review.data.date}，这位评审人当天不在{county.name}培训团队：{why}"
                hint = "核对姓名和日期，写当天在任的评审人（离任的名单里写着 until）；新聘的请县级工程办更新名单"
                here = About(county.path, matter=member.name)
                yield review.at(member, "name"), message, hint, here, county.path + member.name


def _is_another(programme: Programme, each: Reviewer | Member, own: Own) -> bool:
    """Whether a number tells somebody from a namesake of the school's: a foreign one, and theirs by some roster.

    Of whatever round and county. A number that no roster has may be anybody's, so it tells nobody apart; as long as
    all of them can be read.
    """
    number = each.teacher or ""
    if not number or own.has_code(number):
        return False
    schools = programme.by_code.get(number[:SCHOOL_CODE], ())
    years = [programme.school_year(school, year) for school in schools for year in school.years]
    rosters = [year.teachers for year in years if year.roster]
    if any(path.endswith(("/unit.yaml", "/teachers.yaml")) for path in programme.broken):
        return True
    return any(plain(each.name) == plain(row.name) for one in rosters if (row := one.get(number)))


_TWO_PEOPLE = "同名的另一个人，写明他名册上的教师编号；不在名册上的，请县级工程办写进培训团队或专家名单，带上单位"


@rule(
    "PANEL-OWN",
    "paper",
    across=True,
    authority="本项目的约定（中心学校和挂靠它的学校算一家）",
    presupposes=("UNIT-CENTER",),
)
def outsiders_come_from_outside(programme: Programme) -> Iterator[Breach]:
    """写成校外的评审人不是本校的人，也不是中心学校、挂靠学校的人；委托县级培训团队的，评审组里有外校的人。

    看教师编号和单位，不看怎么称呼；培训团队名单里写明了单位和编号的，以名单为准；评审以后才到校、才挂靠的，评审以前就走了的，那天是校外的人；
    写着调到别的学校的，那里的名册有他才算走了。
    一所中心学校和挂靠它的学校算一家，是本项目的决定。
    """
    for year, review in _sessions(programme):
        yield from no_outsiders(programme, year, review)
        panel = review.data.panel
        if panel.mode == "委托县级培训团队" and all(member.from_ == "校内" for member in panel.members):
            message = "委托县级培训团队评审，评审组却全是校内人员"
            yield review.at(panel, "members", key=True), message, "请培训团队里外校的人来评，或改为校内外结合"


def no_outsiders(programme: Programme, year: YearOfSchool, review: Record[Review]) -> Iterator[Breach]:
    """Those whom a review calls outsiders, and who were the school's own on its day."""
    own, day = own_people(programme, year), review.data.date
    county = County(programme, year.school.county, day) if year.school.county else None
    for member in review.data.panel.members:
        if member.from_ != "校外":
            continue
        listed = county.known.get(member.name) if county else None
        told = [each for each in (member, listed) if each]
        if any(own.has_number(each.teacher, day) or own.has_unit(each.unit, day) for each in told):
            message = f"这位评审人写的是校外，其实是{year.school.name}（或中心学校、挂靠学校）的人"
            hint, row = "改为校内，另请外校的评审人", year.teachers.get(member.teacher or "")
            if row and row.left and row.left.to:
                hint += "；已经调走的，去的学校先把他写进名册"
            yield review.at(member, "from"), message, hint
        elif (
            own.has_name(member.name, day)
            and not any(_is_another(programme, each, own) for each in told)
            and not (listed and listed.unit)
        ):
            message = "这位评审人写的是校外，本校（或中心学校、挂靠学校）有人与他同名"
            yield review.at(member, "name"), message, f"是本校的人，改为校内；{_TWO_PEOPLE}"


@rule("PANEL-SELF", "paper", across=True, authority=OURS, presupposes=("PANEL-OWN",))
def nobody_reviews_themselves(programme: Programme) -> Iterator[Breach]:
    """评审人不评自己。

    自己评自己，评审就不可信；指导意见没有写回避。评审组成员自己也要参加考核时，由其他成员评，写在 reviewers 里；
    与评审人同名的教师也是这样，名字里多一个空格、一个点还是同名，除非评审人写明了教师编号，别校的名册上确有其人。
    """
    for year, review in _sessions(programme):
        own, members = year.teachers, review.data.panel.members
        people = own_people(programme, year)
        for result in review.data.results:
            teacher = own.get(result.teacher)
            # However the name is written.
            names = {plain(member.name) for member in members if member.teacher == result.teacher}
            names |= {
                plain(member.name)
                for member in members
                if teacher
                and plain(member.name) == plain(teacher.name)
                and member.teacher not in own
                and not _is_another(programme, member, people)
            }
            if not names:
                continue
            themselves = [place for place, name in enumerate(result.reviewers) if plain(name) in names]
            if not result.reviewers:
                at = review.at(result, "teacher")
                message, hint = "这位教师是评审组成员，没有写明由谁评审", "在 reviewers 里写其他评审人的姓名"
                yield at, message, hint, None, f"{review.path} {result.teacher}"
            elif themselves:
                at = review.at(result, "reviewers", themselves[0])
                yield at, "评审人评了自己", "换成其他评审人", None, f"{review.path} {result.teacher}"


@rule(
    "REVIEW-STANDARD",
    "paper",
    authority="本项目的约定（哪些写法认得出是同一份规范）",
    presupposes=("RUBRIC-COMPLETE",),
)
def review_names_a_standard_that_exists(programme: Programme) -> Iterator[Breach]:
    """评审依据的是已有的考核规范：工程的考核规范，或者上级印发的校本应用考核实施细则。

    写一个不存在的规范，等于没有依据。写法不必一字不差，能认出是哪一份就行；没有登记考核规范的不查。
    """
    for year, review in _sessions(programme):
        rubrics = programme.rubrics(review.year)
        if rubrics is None:
            continue
        titles = [rubrics.data.title, *(each.title for unit in year.school.ancestors for each in _standards(unit))]
        written = plain(review.data.standard)
        cores = [plain(_ASIDE.sub("", title)) for title in titles]
        if not any(core in written or (len(written) > SHORTEST_SUGGESTION and written in core) for core in cores):
            hint = f"写依据的规范，例如 {rubrics.data.title}"
            message = f"没有叫“{review.data.standard}”的考核规范"
            measure = Measure(
                rubrics.at(None, "title").location,
                f"考核规范叫“{rubrics.data.title}”，许多学校评审时依据的却是“{review.data.standard}”",
                "核对考核规范的名称；改了名的，请各校照新的写",
                len(programme.schools),
            )
            cause = f"{year.school.path} {review.data.standard}"
            yield review.at(None, "standard"), message, hint, None, cause, measure


_ASIDE = re.compile(r"[（(][^）)]*[）)]")


def _standards(unit: Unit) -> Iterator[Document]:
    for record in unit.all(Documents):
        yield from (each for each in record.data.documents if "考核" in each.kind and each.status == "印发")


@rule("PANEL-REVIEWER", "paper", authority=OURS)
def reviewers_sit_on_the_panel(programme: Programme) -> Iterator[Breach]:
    """写明的评审人都是评审组成员。

    评审组名单之外的人没有受委托，不能评审。
    """
    for _, review in _sessions(programme):
        names = {member.name for member in review.data.panel.members}
        for result in review.data.results:
            for index, name in enumerate(result.reviewers):
                if name not in names:
                    at = review.at(result, "reviewers", index)
                    hint = "核对姓名，或把他加进 panel 的 members"
                    yield at, "评审人不在评审组里", hint, None, f"{review.path} {name}"


@rule(
    "RESULT-CHOSEN",
    "paper",
    presupposes=(
        *CHOICES,
        "ROSTER-WHOLE",
        "EXEMPT-REASON",
        "CONSULT-POINTS",
        "ACTIVITY-PARTICIPANT",
        "EVIDENCE-CHOSEN",
        "PORTFOLIO-KEPT",
        "teachers",
    ),
)
def result_is_about_a_chosen_microability(programme: Programme) -> Iterator[Breach]:
    """评审的是名册上的教师，评的是他所选的微能力。

    考核围绕教师自主选择的微能力；没有选的不评，名册外的人不评，免考的也不评。评审以后才请假、免考的，
    免考写上从哪天起（date），以前的结果照旧留着，是本项目的决定。
    """
    for year, review in _sessions(programme):
        if year.roster is None:
            if programme.is_missing(year.school, f"{year.year}/teachers.yaml"):
                hint = f"先报送 {year.year}/teachers.yaml"
                here = About(year.school.path, year.year, matter="名册")
                yield review.at(None), "学校还没有教师名册就评审了", hint, here, f"{year.school.path} {year.year}"
            continue
        for result in review.data.results:
            teacher = year.teachers.get(result.teacher)
            if teacher and teacher.exempt and teacher.exempt.date and review.data.date <= teacher.exempt.date:
                continue  # reviewed first, exempt since
            if teacher is None or teacher.exempt is not None:
                at, cause = review.at(result, "teacher"), f"{year.school.path} {year.year} {result.teacher}"
                here = About(year.school.path, year.year, result.teacher, matter="免考" if teacher else "名册")
                if teacher is None:
                    yield at, f"名册里没有教师 {result.teacher}", "核对教师编号；漏报的先补进名册", here, cause
                elif teacher.exempt and (since := teacher.exempt.date):
                    message = f"这位教师 {since} 起免考，评审是 {review.data.date}"
                    at = at.beside(year.roster.at(teacher, "exempt", "date"))
                    yield at, message, "核对两个日期；仍然参加考核的，删掉名册里的 exempt", here, cause
                else:
                    at = at.beside(year.roster.at(teacher, "exempt"))
                    hint = "评审以后才免考的，在名册的 exempt 里写 date（从哪天起）；仍然参加考核的，删掉 exempt"
                    yield at, "这位教师免考，又有评审结果，看不出哪个在先", hint, here, cause
            elif result.microability not in teacher.choices:
                chosen = "、".join(teacher.choices) or "还没有选"
                yield (
                    review.at(result, "microability").beside(year.roster.at(teacher, "choices")),
                    f"“{result.microability}”不是这位教师所选的",
                    f"他所选的：{chosen}",
                    About(year.school.path, year.year, result.teacher, result.microability, "选学"),
                    f"{year.school.path} {year.year} {result.teacher} {result.microability}",
                )


@rule("RESULT-ONCE", "paper", authority=OURS)
def one_result_in_a_session(programme: Programme) -> Iterator[Breach]:
    """一次评审里，一位教师的一项微能力只有一个结果。

    两个结果说不清以哪个为准。整改后重评的，另写一份评审记录，以后一次为准。
    """
    for _, review in _sessions(programme):
        seen: set[tuple[str, str]] = set()
        for result in review.data.results:
            key = result.teacher, result.microability
            if key in seen:
                yield (
                    review.at(result),
                    f"教师 {result.teacher} 的“{result.microability}”有两个结果",
                    "只留一个；重评的写进新的一份评审记录",
                )
            seen.add(key)


@rule("RESULT-EVIDENCE", "paper")
def result_has_evidence(programme: Programme) -> Iterator[Breach]:
    """每个评审结果都列出所依据的证据。

    评审评的是实践证据；每项微能力至少有一份能体现它的成果。
    """
    for _, review in _sessions(programme):
        for result in review.data.results:
            if not result.evidence:
                yield (
                    review.at(result, "evidence"),
                    f"教师 {result.teacher} 的“{result.microability}”没有列出证据",
                    "在 evidence 里写上证据的形式和名称",
                )


@rule(
    "RESULT-SUGGESTION",
    "paper",
    authority="本项目的约定（合格的也要给；多少字、哪些是套话）",
)
def result_has_a_suggestion(programme: Programme) -> Iterator[Breach]:
    """每个评审结果都给出实践建议，合格的也要给。

    评审是为了改进课堂。少于 8 个字的话帮不上忙；“继续努力、再接再厉”这样的套话，同一个字词的重复，不算在内。
    多少字、哪些是套话，是本项目的决定。
    """
    for _, review in _sessions(programme):
        for result in review.data.results:
            words = (result.suggestion or "").strip()
            if len(words) < SHORTEST_SUGGESTION or says_little(words):
                at = review.at(result, "suggestion") if result.suggestion else review.at(result)
                state = f"实践建议只有 {len(words)} 个字" if words else "没有写实践建议"
                if len(words) >= SHORTEST_SUGGESTION:
                    state = "实践建议只是套话或重复"
                yield at, f"教师 {result.teacher} 的“{result.microability}”{state}", "写一条下一步在课堂上能做的事"
