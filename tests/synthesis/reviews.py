"""Review sessions: a panel, and for every teacher and chosen microability evidence, a level and a suggestion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from tests.synthesis import lessons, texts
from tests.synthesis.calendar import Dates
from tests.synthesis.specs import Journey, SchoolSpec
from wholeschool.records.structs import EvidenceItem, Member, Panel, Result, Review, Reviewer, Teacher

STANDARD = "中小学教师信息技术应用能力提升工程2.0校本应用考核规范"
# Microabilities shown in a lesson, where a reviewer may add a word about the subject, and how often one does.
_IN_CLASS = frozenset({"A3", "A5", "A6", "A7", "A8", "B2", "B3", "B6", "C2", "C4"})
_ASIDE = 0.5
_ONE_SESSION = 14  # teachers; more are reviewed on two days


class _Deck:
    """Deals texts in random order, none twice before all have been dealt: colleagues read different words."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._left: dict[tuple[str, str], list[str]] = {}

    def deal(self, key: tuple[str, str], choices: Sequence[str]) -> str:
        """The next of `choices` under `key`."""
        left = self._left.setdefault(key, [])
        if not left:
            left += self._random.sample(choices, len(choices))
        return left.pop()


def panel(
    random: Random,
    school: SchoolSpec,
    leaders: Sequence[Member],
    team: tuple[str, Sequence[Member]],
) -> Panel:
    """Inside and outside members; a school without a team of its own entrusts the county's training team."""
    path, members = team
    outside = random.sample([each for each in members if each.unit != school.name], 2)
    if not leaders or random.random() < 0.15:
        three = random.sample([each for each in members if each.unit != school.name], 3)
        judges = tuple(Reviewer(name=each.name, from_="校外", unit=each.unit or "") for each in three)
        return Panel(mode="委托县级培训团队", team=path, members=judges)
    inside = [Reviewer(name=each.name, from_="校内", unit=school.name, teacher=each.teacher) for each in leaders[:3]]
    return Panel(
        mode="校内外结合",
        members=(*inside, *(Reviewer(name=each.name, from_="校外", unit=each.unit or "") for each in outside)),
    )


def reviews(
    random: Random, school: SchoolSpec, teachers: Sequence[Teacher], judges: Panel, when: Dates
) -> Iterator[Review]:
    """The school's sessions so far, by date."""
    if school.journey < Journey.REVIEWING:
        return
    due = [teacher for teacher in teachers if teacher.exempt is None]
    half = len(due) if len(due) <= _ONE_SESSION else (len(due) + 1) // 2
    deck = _Deck(random)
    first = _session(random, deck, school, due[:half], judges, when.reviewed[0])
    yield first
    later = due[half:]
    if later and school.journey is not Journey.REVIEWING:
        yield _session(random, deck, school, later, judges, when.reviewed[1])
    if school.journey is Journey.RECTIFIED:
        yield _again(random, deck, school, due, first, judges, when.rereviewed)


def _session(
    random: Random, deck: _Deck, school: SchoolSpec, teachers: Sequence[Teacher], judges: Panel, date: str
) -> Review:
    results: list[Result] = []
    for teacher in teachers:
        weak = random.random() < 0.07
        for code in teacher.choices:
            chance = random.random()
            level = "不合格" if chance < (0.5 if weak else 0.02) else "优秀" if chance > 0.8 else "合格"
            results.append(_result(random, deck, school, teacher, code, level, judges))
    return Review(date=date, standard=STANDARD, panel=judges, results=tuple(results))


def _again(
    random: Random,
    deck: _Deck,
    school: SchoolSpec,
    due: Sequence[Teacher],
    first: Review,
    judges: Panel,
    date: str,
) -> Review:
    """After faults were found: what failed, and a sample of the rest, is reviewed anew."""
    by_number = {teacher.number: teacher for teacher in due}
    failed = [result for result in first.results if result.level == "不合格"]
    passed = [result for result in first.results if result.level != "不合格"]
    chosen = failed + random.sample(passed, min(len(passed), 6))
    results = tuple(
        _result(
            random,
            deck,
            school,
            by_number[old.teacher],
            old.microability,
            "合格",
            judges,
            anew=True,
        )
        for old in sorted(chosen, key=first.results.index)
    )
    return Review(date=date, standard=STANDARD, panel=judges, results=results)


def _result(
    random: Random,
    deck: _Deck,
    school: SchoolSpec,
    teacher: Teacher,
    code: str,
    level: str,
    judges: Panel,
    *,
    anew: bool = False,
) -> Result:
    """`anew`: other pieces than before are shown."""
    words: texts.Ability = lessons.abilities_of(school)[code]
    pieces = lessons.pieces(school, teacher, code)
    shown = pieces[-1:] if anew else pieces[: 1 if random.random() < 0.6 else 2]
    own = any(member.teacher == teacher.number for member in judges.members)
    topic = lessons.topic_of(teacher)
    if level == "不合格":
        suggestion = deck.deal((code, "remedy"), words.remedy).format(topic=topic)
    else:
        suggestion = deck.deal((code, "advice"), words.advice).format(topic=topic)
        if code in _IN_CLASS and random.random() < _ASIDE:
            suggestion += deck.deal(("aside", teacher.subject), texts.asides()[teacher.subject])
    return Result(
        teacher=teacher.number,
        microability=code,
        level=level,
        reviewers=tuple(each.name for each in judges.members if each.teacher != teacher.number) if own else (),
        evidence=tuple(_evidence(piece) for piece in shown),
        suggestion=suggestion,
    )


def _evidence(piece: str) -> EvidenceItem:
    form, _, title = piece.partition("|")
    return EvidenceItem(form=form, title=title)
