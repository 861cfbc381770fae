"""Evidence: one submission for each declared microability, the author's statements, consent to show it."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme
from wholeschool.programme.people import names_somebody, plain
from wholeschool.records.structs import Evidence, ResultUses
from wholeschool.rules.choices import CHOICES
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.wording import says_nothing


@rule(
    "EVIDENCE-CHOSEN",
    "paper",
    presupposes=("ROSTER-WHOLE", *CHOICES, "CONSULT-POINTS"),
)
def evidence_is_for_a_chosen_microability(programme: Programme) -> Iterator[Breach]:
    """成果由名册上的教师提交，体现他所选的微能力。

    没有选的微能力不参加考核。
    """
    for year in programme.school_years():
        if year.roster is None:
            continue
        for record in year.school.all(Evidence, year=year.year):
            for each in record.data.submissions:
                teacher = year.teachers.get(each.teacher)
                if teacher is None:
                    here = About(year.school.path, year.year, matter="名册")  # whose it is nobody knows
                    message, cause = f"名册里没有教师 {each.teacher}", f"{record.path} {each.teacher}"
                    yield record.at(each, "teacher"), message, "核对教师编号", here, cause
                elif each.microability not in teacher.choices:
                    chosen = "、".join(teacher.choices) or "还没有选"
                    here = About(year.school.path, year.year, each.teacher, each.microability, "选学")
                    message = f"“{each.microability}”不是他所选的"
                    at = record.at(each, "microability").beside(year.roster.at(teacher, "choices"))
                    yield at, message, f"他所选的：{chosen}", here


@rule(
    "EVIDENCE-ORIGINAL",
    "paper",
    authority="本项目的约定（指导意见要教师形成自己的实践成果，没有写声明；声明了才好追问）",
)
def evidence_is_declared_original(programme: Programme) -> Iterator[Breach]:
    """教师声明成果是自己在教学中做的。

    没有原创声明的成果不能评审。
    """
    for _, record in programme.each(Evidence):
        for each in record.data.submissions:
            if not each.original:
                yield record.at(each, "original"), "没有原创声明", "教师确认后写 original: true；不是自己的，换一份"


@rule(
    "EVIDENCE-COVERS",
    "paper",
    authority="本项目的约定（提交不晚于评审）",
    presupposes=("PLAN-APPROVED", "EVIDENCE-CHOSEN", "evidence", "PORTFOLIO-KEPT"),
)
def reviewed_microabilities_have_evidence(programme: Programme) -> Iterator[Breach]:
    """评审过的每项微能力都提交过成果，提交不晚于评审。

    学校报了成果登记，评审就以登记的成果为准。
    """
    for year in programme.school_years():
        registers = year.school.all(Evidence, year=year.year)
        if not registers:
            continue
        handed_in = {
            (each.teacher, each.microability): (record, each)
            for record in registers
            for each in record.data.submissions
        }
        for review, result in year.results():
            found = handed_in.get((result.teacher, result.microability))
            teacher = year.teachers.get(result.teacher)
            if teacher is None or result.microability not in teacher.choices:
                continue
            if found is None:
                message = f"教师 {result.teacher} 的“{result.microability}”没有提交成果的登记"
                here = About(year.school.path, year.year, result.teacher)  # handed in under another code, perhaps
                # With nothing in it at all it was emptied, or is a form not filled in yet.
                empty = "" if handed_in else registers[0].path
                yield review.at(result, "microability"), message, f"补进 {year.year}/evidence.yaml", here, empty
                continue
            register, each = found
            if each.date > review.data.date:
                message = f"成果提交日期 {each.date} 晚于评审日期 {review.data.date}"
                cause = f"{review.path} {each.date}"
                at = review.at(result, "microability").beside(register.at(each, "date"))
                yield at, message, "核对两个日期", None, cause


@rule(
    "EVIDENCE-FILED",
    "paper",
    authority="本项目的约定（提交了什么，登记在 evidence.yaml 里）",
    severity="warning",
    presupposes=("PLAN-APPROVED", "RESULT-CHOSEN", "evidence"),
)
def reviewed_schools_have_a_register(programme: Programme) -> Iterator[Breach]:
    """评审过的学校有成果登记：教师交了什么、什么时候交的、声明了什么。

    评审的是教师提交给学校的成果。没有登记，或者登记后来不见了，评审依据的是什么就无从核对。
    """
    for year in programme.school_years():
        place = f"{year.year}/evidence.yaml"
        if year.reviews and programme.is_missing(year.school, place):
            first = min(year.reviews, key=lambda review: (review.data.date, review.name))
            hint = f"补上 {place}；原来有的，从历史里找回来"
            yield first.at(None, "results", key=True), "学校已经评审，没有成果登记", hint


@rule(
    "EVIDENCE-SHARED",
    "paper",
    authority="本工程的配置（programme.yaml 的 local.shared_evidence）；本项目的约定（没有写明能共用的，一项一份）",
    severity="warning",
)
def one_item_serves_one_microability(programme: Programme) -> Iterator[Breach]:
    """一份成果只用于一项微能力，除非本工程允许共用。

    指导意见要求成果体现“不同微能力”，能否共用由各地在工程总配置里写明（shared_evidence）。多一个空格、换一个标点，还是同一份。
    """
    if programme.local.shared_evidence:
        return
    for _, record in programme.each(Evidence):
        seen: dict[tuple[str, str], str] = {}
        for each in record.data.submissions:
            for item in each.items:
                if says_nothing(item.title):
                    continue  # WORDS-REQUIRED
                key = each.teacher, plain(item.title)
                first = seen.setdefault(key, each.microability)
                if first != each.microability:
                    yield record.at(item, "title"), f"这份成果已经用于“{first}”", "每项微能力各提交一份"


@rule("USE-CONSENT", "paper", authority=OURS)
def shown_results_have_consent(programme: Programme) -> Iterator[Breach]:
    """成果展示用到的成果，作者和学生的监护人都同意了；县里公开的结果应用，内容里写了本县教师姓名的，本人同意了。

    展示就是公开；没有同意的不展示。县里的结果应用登在网站上，谁合格、谁不合格，写了姓名就是公开了他的考核结果。征得同意是本项目的要求。
    """
    for unit, record in programme.each(ResultUses):
        for use in record.data.uses:
            if use.consent:
                continue
            if use.type == "成果展示":
                yield record.at(use), "成果展示没有写明已征得同意", "征得同意后写 consent: true；没有同意的，删掉这一条"
            elif unit.level != "校" and names_somebody(use.content, unit):
                message = "这一条会登在网站上，内容里有本县教师的姓名，没有写明本人同意"
                yield record.at(use, "content"), message, "不写姓名，写几位、哪一类；本人同意公开的，写 consent: true"
