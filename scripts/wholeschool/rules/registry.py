"""How a rule is written down, found and run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar, cast

import msgspec

from wholeschool.authority import OURS, Voice, completed, spoken
from wholeschool.causes import roots
from wholeschool.findings import About, Finding, Location, Measure, Severity, finding
from wholeschool.programme import Programme
from wholeschool.programme.rulebook import Rulebook
from wholeschool.records import Place, Record, placed
from wholeschool.records import structs as s

S = TypeVar("S")

Breach = (
    tuple[Place | Location, str, str]
    | tuple[Place | Location, str, str, About]
    | tuple[Place | Location, str, str, About | None, str]
    | tuple[Place | Location, str, str, About | None, str, Measure]
)
"""Where, what is the matter, what to do; what it is about, where the place does not say so (`about`); the cause that it
has in common with other breaches of the rule, which are then told as one (any text that names the cause); and what it
is measured by, which is told instead where so many units fail that it must be wrong itself (`causes.roots`)."""
Body = Callable[[S], Iterator[Breach]]
Kind = Literal["paper", "decision", "keeping"]
"""What a rule judges. `paper`: working papers, as long as no decision rests on them. `decision`: what somebody decided,
once, when the tree before does not have it. `keeping`: that what was decided is still there, in any tree."""

CRASH = "RULE-CRASH"
"""What a rule that crashes is told under."""
_YEAR_FOLDER = re.compile(r"/(20[0-9]{2})/")
_MARK = "_rule"
_OF_POLICY = frozenset(
    {
        *("teams", "documents", "pilots", "study", "activities", "training", "appraisal", "projects"),
        *("nominations", "filings", "due"),
    }
)
"""Themes of rules about work that a guidance has organised."""
# A line ends where it is full; between Chinese characters that is no space.
_WITHIN_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
# A rule that crashes at so many records is not worth another try.
_MOST_CRASHES = 20


class _Change(Protocol):
    """A change of a programme."""

    head: Programme


class Rule(msgspec.Struct, Generic[S], frozen=True):
    """A sentence that can be broken by a subject (a programme, or a change of one).

    Records of rounds before `since` are not judged by it. Where a rule that it presupposes is broken, its own breaches
    about the same thing only follow from that and are not told. What a rule finds `across` schools may come from what
    another one writes: in a file that was there before it is a warning, for whoever pushes cannot mend it. One
    that `asks` about what only some guidances know (by the name that `x-asks` uses) is of those alone.
    """

    code: str
    kind: Kind
    sentence: str
    why: str
    authority: str
    severity: Severity
    since: int
    presupposes: tuple[str, ...]
    across: bool
    asks: str
    body: Body[S]

    def voices(self, book: Rulebook) -> tuple[Voice, ...]:
        """Who asks for it under a guidance."""
        return book.voices(self.code, self.authority, self.why or self.sentence)

    def is_used(self, book: Rulebook) -> bool:
        """Whether a guidance uses it: not where it leaves it out, or does not ask for what the rule is about."""
        return self.asks not in book.without and not (self.is_optional and self.code in book.unused)

    @property
    def is_optional(self) -> bool:
        """Whether a guidance may leave it out.

        That is so of work that is to be organised, as far as this project alone does not ask for it. What results and
        decisions rest on is always asked for.
        """
        return self.theme in _OF_POLICY and self.authority != OURS

    def sentence_under(self, book: Rulebook) -> str:
        """Its sentence with the numbers of a guidance."""
        return self.sentence.replace("{bounds}", book.bounds(self.code).said("人"))

    @property
    def theme(self) -> str:
        """The module it lives in."""
        return self.body.__module__.rpartition(".")[2]


def rule(
    code: str,
    kind: Kind,
    *,
    authority: str = "",
    since: int = 2019,
    severity: Severity = "error",
    presupposes: tuple[str, ...] = (),
    across: bool = False,
    asks: str = "",
) -> Callable[[Body[S]], Body[S]]:
    """Make a generator of breaches (see `Breach`) a rule. `presupposes` are codes of rules that are its root causes.

    The first paragraph of the docstring is the rule's sentence, the rest says why there is such a rule. `authority`
    says what the configuration and this project ask for (see `wholeschool.authority`; another text raises
    `ValueError`); what the guidance asks for, its rulebook says.
    """

    def register(body: Body[S]) -> Body[S]:
        sentence, _, why = inspect.cleandoc(body.__doc__ or "").partition("\n\n")
        why = _WITHIN_CHINESE.sub("", " ".join(why.split()))
        if authority:
            completed(authority, why)  # which raises
        made = Rule(code, kind, sentence.strip(), why, authority, severity, since, presupposes, across, asks, body)
        setattr(body, _MARK, made)
        return body

    return register


def all_rules() -> Mapping[str, Rule[Programme]]:
    """Every rule about a programme by code, in the order of the modules' names and of the text."""
    return rules_in("wholeschool.rules")


@cache
def rules_in(package: str) -> Mapping[str, Rule[Any]]:
    """Every rule defined in the modules of a package, by code."""
    found: dict[str, Rule[Any]] = {}
    for module in sorted(iter_modules(import_module(package).__path__), key=lambda info: info.name):
        for value in vars(import_module(f"{package}.{module.name}")).values():
            made = getattr(value, _MARK, None)
            if isinstance(made, Rule) and made.body.__module__.endswith(module.name):
                if made.code in found:
                    raise ValueError(f"two rules are called {made.code}")
                found[made.code] = made
    try:  # rules that presuppose one another would hide one another
        TopologicalSorter({code: each.presupposes for code, each in found.items()}).prepare()
    except CycleError as error:
        raise ValueError(f"rules presuppose themselves: {error.args[1]}") from None
    return found


def check(programme: Programme, rules: Mapping[str, Rule[Programme]] | None = None) -> list[Finding]:
    """What is wrong with a programme by all rules, sorted by place; what only follows from that is not told."""
    return roots(judge(rules or all_rules(), programme))


def judge(rules: Mapping[str, Rule[S]], subject: S, *, lines: bool = True) -> list[Finding]:
    """The findings of some rules, echoes too, sorted by place. A rule that crashes becomes a finding of its own.

    The finding names the record at which it happened; the rule goes on with the programme without that record. Who only
    compares needs no `lines`, for which the files would be read: then findings name their file alone.
    """
    return sorted(finding for each in rules.values() for finding in _judged(each, subject, lines))


def _judged(each: Rule[S], subject: S, lines: bool) -> list[Finding]:
    """The findings of one rule, whatever happens in it."""
    crashes: list[Finding] = []
    while True:
        found: list[Finding] = []
        try:
            found.extend(_run(each, subject, lines))
        except Exception as error:  # one bad rule must not silence the others, nor one record the rest
            record = _at_hand(error)
            at = Location(record.path if record else "submissions/programme.yaml")
            what = "这份记录没有按这条规则检查" if record else "这条规则没有检查"
            message = f"规则 {each.code} 自己出了错（{type(error).__name__}），{what}"
            crashes.append(finding(CRASH, at, message, hint="请把这条信息告诉维护人员"))
            if record and isinstance(subject, Programme) and len(crashes) < _MOST_CRASHES:
                subject = cast(S, subject.without(record))
                continue
        return crashes + found


def _at_hand(error: Exception) -> Record[Any] | None:
    """The record that the innermost of our functions was looking at when `error` happened."""
    found = None
    trace = error.__traceback__
    for _ in (_judged, _run):  # whose places are those of the breach before
        trace = trace and trace.tb_next
    while trace is not None:
        for value in list(trace.tb_frame.f_locals.values()):
            match value:
                case Place():
                    found = value.record
                case Record():
                    found = value
        trace = trace.tb_next
    return found


def _run(each: Rule[S], subject: S, lines: bool) -> Iterator[Finding]:
    if each.kind == "decision" and isinstance(subject, Programme) and not subject.decides:
        return
    # What is judged no more need not be gone through, however many rounds there are.
    seen = cast(S, subject.unsettled) if each.kind == "paper" and isinstance(subject, Programme) else subject
    for breach in each.body(seen):
        at, message, hint, subjects, cause, measure = _Told(*breach)
        if isinstance(subject, Programme) and not _is_asked(each.kind, at, subject):
            continue
        location = at if isinstance(at, Location) else at.location if lines else Location(at.record.path)
        book = _programme(subject).rulebook_at(location.path)
        if not each.is_used(book):
            continue
        year = _YEAR_FOLDER.search(location.path)
        if year is None or int(year.group(1)) >= each.since:
            made = finding(
                each.code,
                location,
                message,
                hint=hint,
                clause=spoken(each.voices(book)),
                severity="warning" if each.across and _was_there(at, subject) else each.severity,
                about=subjects or about(at),
                presupposes=each.presupposes,
                cause=cause,
                measure=measure,
                related=(each.location for each in at.related) if isinstance(at, Place) and lines else (),
            )
            is_value = isinstance(at, Place) and bool(at.pointer) and not at.key
            yield msgspec.structs.replace(made, of_a_value=True) if is_value else made


def _programme(subject: object) -> Programme:
    """What is judged, or would be there after a change."""
    return subject if isinstance(subject, Programme) else cast(_Change, subject).head


def _was_there(at: Place | Location, subject: object) -> bool:
    """Whether the file of a place was there before as it is."""
    path = at.path if isinstance(at, Location) else at.record.path
    return isinstance(subject, Programme) and subject.stands(path)


def _is_asked(kind: Kind, at: Place | Location, programme: Programme) -> bool:
    """Whether a rule of a kind has anything to say at a place: what was decided is not judged again."""
    match kind:
        case "decision":
            return programme.is_new(at)
        case "paper":
            return not programme.is_settled(at)
    return True


class _Told(NamedTuple):
    """A breach with what it leaves out."""

    at: Place | Location
    message: str
    hint: str
    about: About | None = None
    cause: str = ""
    measure: Measure = Measure()


def about(at: Place | Location) -> About:
    """What a breach at a place is about: the unit and round of the record, and whom and what the entry names."""
    where = at.record.placed if isinstance(at, Place) else placed(at.path)
    unit, year = (where.unit, where.year or 0) if where else ("", 0)
    match at.node if isinstance(at, Place) else None:
        case s.Teacher(number=number):
            return About(unit, year, number)
        case s.DeclaredPoint(teacher=number):
            return About(unit, year, number)
        case s.Result(teacher=number, microability=code) | s.EvidenceSubmission(teacher=number, microability=code):
            return About(unit, year, number, code)
        case s.CertificateEntry(teacher=number, microability=code):
            return About(unit, year, number, code)
        case s.CheckedItem(school=school, teacher=one, microability=code):
            return About(school, year, one or "", code or "")
        case s.Appeal(school=of, teacher=number, microability=code):
            return About(f"{unit}/{of}" if of else unit, year, number, code)
        case s.RegisterEntry(school=slug, teacher=number):
            return About(f"{unit}/{slug}", year, number)
        case s.Approval(school=slug) | s.SchoolAcceptance(school=slug):
            return About(f"{unit}/{slug}", year)
        case s.Rubric(microability=code) | s.Microability(code=code):
            return About(unit, year, "", code)
    return About(unit, year)
