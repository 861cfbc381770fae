"""Acceptance and recognition, which only a county does (the place of the record sees to that: PATH-LEVEL)."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.programme import Programme
from wholeschool.rules.registry import Breach, about, rule


@rule("ACCEPT-REVIEWED", clause="附件1 四(二)5")
def acceptance_follows_the_review(programme: Programme) -> Iterator[Breach]:
    """验收的是本县学校已经完成的评审。

    没有评审就没有可验收的结果；验收日期不早于评审日期。
    """
    for year in programme.county_years():
        for entry in year.acceptance.data.acceptances if year.acceptance else ():
            assert year.acceptance is not None
            school = year.school(entry.school)
            at = year.acceptance.at(entry, "school")
            if school is None:
                if programme.is_there(f"{year.county.path}/{entry.school}"):
                    continue  # the folder has its own finding
                yield at, f"本县没有文件夹名为“{entry.school}”的学校", "写学校在县文件夹下的目录名"
                continue
            if programme.has_broken(f"{school.school.path}/{year.year}/reviews"):
                continue  # it may be the review that is asked for, or the earliest
            if not school.reviews:
                yield at, f"{school.school.name}还没有评审记录就验收了", "等学校报送评审记录后再验收"
                continue
            first = min(review.data.date for review in school.reviews)
            if entry.date < first:
                message = f"验收日期 {entry.date} 早于学校第一次评审的日期 {first}"
                yield year.acceptance.at(entry, "date"), message, "核对两个日期"


@rule("RECOGNISE-ACCEPTED", clause="附件1 二(三)5")
def recognition_needs_acceptance(programme: Programme) -> Iterator[Breach]:
    """验收合格之后才认定学时和学分。

    限期整改或不合格的，整改复验合格后再认定。
    """
    for year in programme.county_years():
        for entry in year.acceptance.data.acceptances if year.acceptance else ():
            assert year.acceptance is not None
            if entry.recognition is None:
                continue
            if entry.conclusion != "验收合格":
                at = year.acceptance.at(entry, "recognition", key=True)
                message = f"结论是“{entry.conclusion}”，却认定了学时学分"
                yield at, message, "删掉 recognition，复验合格后另写一条", about(year.acceptance.at(entry))
            elif entry.recognition.date < entry.date:
                at = year.acceptance.at(entry.recognition, "date")
                message = f"认定日期 {entry.recognition.date} 早于验收日期 {entry.date}"
                yield at, message, "核对两个日期", about(year.acceptance.at(entry))


@rule("RECOGNISE-LATEST", clause="附件1 二(三)5", severity="warning", presupposes=("RECOGNISE-ACCEPTED",))
def later_reviews_are_recognised_anew(programme: Programme) -> Iterator[Breach]:
    """县级认定之后学校又评审的，重新验收、认定。

    认定的是当时的结果；之后的评审县里还没有看过，重新认定以前不算数。
    """
    for year in programme.school_years():
        recognition = year.accepted.recognition if year.accepted else None
        for review in year.reviews if recognition else ():
            assert recognition is not None
            if review.data.date > recognition.date:
                message = f"评审日期 {review.data.date} 晚于县级认定的日期 {recognition.date}，这次的结果还没有认定"
                yield review.at(None, "date"), message, "请县级工程办抽查验收后，另写一条验收和认定"
