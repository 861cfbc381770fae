"""Years of a county in any order: whatever happens lawfully is accepted, and what was decided stays as it was.

A school, its county, its city and the keeper do what they may do, one change after another, on days that only move on;
people move to a school beside it and to one in another county, and back. Every change is judged as the server judges
it. What the machine makes up is small on purpose: one school that works, two that only keep rosters, a few teachers.
"""

from __future__ import annotations

import copy
import csv
import datetime
import hashlib
import re
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import msgspec
import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.case_folders import CASES, CaseFolder, base
from tests.soak import examples
from wholeschool.certificates import signed_files
from wholeschool.certificates.signing import demo_key, numbered, public_of, signer_for
from wholeschool.certificates.verification import EXPIRED, REPLACED, REVOKED, UNKNOWN, VALID, judge_number
from wholeschool.changes.examples import Past
from wholeschool.changes.ownership import may_change
from wholeschool.changes.proposal import Author, Proposal, check_change, in_this_format
from wholeschool.cli.verb_round import carried, on_rosters
from wholeschool.errors import UsageError
from wholeschool.findings import Finding
from wholeschool.outcomes import seals
from wholeschool.outcomes.closing import published_year, rows_due
from wholeschool.outcomes.draws import due, next_draw, sample_of, seal, seed_of
from wholeschool.outcomes.eligibility import new_entries, reasons_against, replacement
from wholeschool.outcomes.pins import ledgers_of, pins
from wholeschool.outcomes.recognition import recognised
from wholeschool.outcomes.register import due_rows
from wholeschool.papers.contacts import Colleague, Contacts, unseal
from wholeschool.papers.contacts import seal as encrypted
from wholeschool.programme import Earlier, Programme, YearOfSchool, assemble
from wholeschool.records import Loaded, load
from wholeschool.records.block_yaml import to_yaml
from wholeschool.records.cache import Cache
from wholeschool.records.csv_text import appended
from wholeschool.records.former import brought_up, former_tables
from wholeschool.records.kinds import placed
from wholeschool.records.structs import (
    Announcement,
    CertificateEntry,
    Due,
    KeyRevocation,
    Keys,
    Population,
    Revocation,
    SigningKey,
)
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge
from wholeschool.site import open_data
from wholeschool.site.pages import all_pages
from wholeschool.sources import Entry, Tree
from wholeschool.sources.difference import Difference

COUNTY = "anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
CITY, FAR, DISTRICT = "anhui/shili", "anhui/shili/linshui", "anhui/shili/xinqu"
SETTINGS, TABLES = "submissions/programme.yaml", "submissions/guidance/"
KEYS, COUNTY_ACCOUNTS = "submissions/keys.yaml", f"submissions/{COUNTY}/accounts.yaml"
SCHOOLS = {"school": SCHOOL, "beside": f"{COUNTY}/qingshan-xiaoxue", "far": f"{FAR}/hebian-xiaoxue"}
ACCOUNTS = {"office": COUNTY, "school": SCHOOL, "beside": SCHOOLS["beside"]}
ELSEWHERE = {
    f"submissions/{CITY}/accounts.yaml": {"accounts": [{"account": "city", "unit": CITY}]},
    f"submissions/{FAR}/unit.yaml": {
        "level": "县",
        "code": "349902",
        "name": "临水县",
        "authority": "临水县教育局",
        "demo": True,
    },
    f"submissions/{FAR}/accounts.yaml": {
        "accounts": [{"account": "far-office", "unit": FAR}, {"account": "far", "unit": SCHOOLS["far"]}]
    },
    f"submissions/{SCHOOLS['far']}/unit.yaml": {
        "level": "校",
        "code": "3499020001",
        "name": "临水县河边小学",
        "type": "小学",
        "principal": "丁海燕",
        "environments": ["多媒体教学环境"],
        "demo": True,
    },
}
STANDARD = {"credits": 20, "online_hours": 30, "practice_hours": 30, "practice_share": 50}
_WHO = ("number", "name", "subject", "stage")
_MORE_OF_THEM = "智慧学习环境"
_STAFF = 4  # of the base's school; whoever has a higher number has joined
_FIRST, _SECOND = "34990100010001", "34990100010002"  # without whom the base's work is not done
_OTHERS = {"34990100010003": "何芳", "34990100010004": "方敏"}
_MORE = re.compile(rb"^((?:A5|B9),.*,)[0-9]+$", re.MULTILINE)  # the credits of two microabilities
_WORD = re.compile(rb"^(A2,[^,]*,)[^,]*", re.MULTILINE)  # the name of one
_GONE = re.compile(rb"^C8,.*\n", re.MULTILINE)  # one that nobody has chosen
_FOUNDERS = {COUNTY: "349901", DISTRICT: "349950"}
_FOUNDED = ("东风", "南湖", "西岭", "北桥", "朝阳", "向阳")
_OF_THE_TREE = (
    *("tree", "drawn", "joined", "founded", "closed", "pages", "schools", "names", "private", "revoked", "doubted"),
    *("faults", "kept", "rows", "sheets"),
)
"""What the machine knows of what is merged, and not of the world."""
_NUMBERS, _PAIR = "03 08 11 19 22 05 07", (".yaml", ".csv")
_SIGNED = CaseFolder(CASES / "CERT-SIGNED" / "accepted-signed").own  # the base's ledger, signed with a published key


def _panel(school: str) -> dict[str, Any]:
    return {
        "mode": "校内外结合",
        "members": [
            {"name": "许文博", "from": "校内", "unit": school},
            {"name": "高建国", "from": "校外", "unit": "明远县教师进修学校"},
        ],
    }


_DECIDED = (
    *("approvals", "acceptance", "register", "spot-check", "inspections"),
    *("certificates", "revocations", "figures", "ability-figures", "announcement"),
)


def _yaml(value: object) -> bytes:
    return msgspec.yaml.encode(value)


def _less(value: Any, people: Set[str]) -> Any:
    """A record's value without what it lists about some people, by their numbers or names."""
    if isinstance(value, dict):
        return {key: _less(each, people) for key, each in value.items()}
    if isinstance(value, list):
        return [_less(each, people) for each in value if _whom(each) not in people]
    return value


def _unit_of(path: str) -> str:
    return f"submissions/{path}/unit.yaml"


def _whom(entry: Any) -> str:
    return str((entry.get("teacher") or entry.get("number")) if isinstance(entry, dict) else entry)


def _entry(tree: Past, path: str) -> Entry | None:
    return next((each for each in tree.entries("") if each.path == path), None) if path in tree.files else None


class Years(RuleBasedStateMachine):
    """What the county's repository holds, and the day it is."""

    def __init__(self) -> None:
        super().__init__()
        self.day = datetime.date(2026, 7, 6)
        accounts = {"accounts": [{"account": name, "unit": unit} for name, unit in ACCOUNTS.items()]}
        others = {path: _yaml(value) for path, value in ELSEWHERE.items()}
        start = base().having({**_SIGNED, **others, COUNTY_ACCOUNTS: _yaml(accounts)})
        providers = f"submissions/{COUNTY}/providers.yaml"
        self.tree = Past(
            {
                **start.files,
                SETTINGS: start.files[SETTINGS] + b"maintainers: [keeper]\n",
                providers: start.files[providers].replace(b"until: 2026", b"until: 2029"),
            }
        )
        self.tree.commit, self.tree.line = "f" * 40, [(self.day.isoformat(), self.tree)]
        self.drawn: set[str] = set()
        self.known: tuple[Past, datetime.date, Programme] | None = None
        self.cache = Cache(None)
        self.sound: tuple[object, datetime.date] | None = None
        self.times = 0
        self.joined = _STAFF
        self.founded = 0
        self.closed: dict[int, object] = {}
        self.pages: dict[str, str] = {}
        self.schools = dict(SCHOOLS)
        self.names: dict[str, str] = {}
        self.private = demo_key()
        self.revoked: set[str] = set()
        self.doubted: set[str] = set()
        self.faults: dict[tuple[int, str, str], str] = {}
        self.kept: dict[tuple[int, str], object] = {}
        self.rows: dict[str, list[bytes]] = {}
        self.identities: list[pyrage.x25519.Identity] = []
        self.sheets: dict[str, int] = {}
        self.pushed: list[tuple[str, Mapping[str, bytes | None]]] = []
        self.backups: list[dict[str, Any]] = []
        self.out_there: dict[str, tuple[str, str]] = {}

    # How the server judges

    def programme(self) -> Programme:
        if self.known is None or self.known[:2] != (self.tree, self.day):
            made = assemble(self.read(self.tree), self.day.isoformat(), earlier=Earlier(self.tree, self.tree))
            self.known = self.tree, self.day, made
        return self.known[2]

    def read(self, tree: Tree) -> Loaded:
        return load(tree, cache=self.cache)

    def year(self) -> YearOfSchool:
        """The latest round of which the school has a roster."""
        programme = self.programme()
        return programme.school_year(programme.units[SCHOOL], max(self.rosters(SCHOOL)))

    def rosters(self, school: str) -> list[int]:
        """The rounds of which a school has a roster."""
        start = f"submissions/{school}/"
        found = (path.removeprefix(start).partition("/") for path in self.tree.files if path.startswith(start))
        return [int(year) for year, _, name in found if name == "teachers.yaml"]

    def answer(self, account: str, changes: Mapping[str, bytes | None]) -> list[Finding]:
        """The errors for which the server would refuse; where there are none, the change is merged."""
        files = {**self.tree.files, **changes}
        after, day = Past({path: data for path, data in files.items() if data is not None}), self.day.isoformat()
        brought = frozenset(path for path in changes if self.tree.files.get(path) != changes[path])
        differences = [Difference(path, _entry(self.tree, path), _entry(after, path)) for path in sorted(brought)]
        loaded = self.read(after)
        head = assemble(loaded, day, brought, Earlier(after, self.tree))
        was = self.read(in_this_format(self.tree, differences, head))
        trunk = assemble(was, day)
        every = sorted([*loaded.findings, *judge(all_rules(), head)])
        asked = {each.code for each in every if each.path not in brought}
        rules = {code: each for code, each in all_rules().items() if code in asked}
        before = sorted([*was.findings, *judge(rules, trunk)])
        proposal = Proposal(trunk, head, self.tree, after, differences, (Author(account),))
        found, _ = check_change(proposal, before, every)
        errors = [each for each in found if each.severity == "error"]
        if not errors:
            after.commit = f"{len(self.tree.line):040x}"
            after.line = [*self.tree.line, (day, after)]
            self.tree = after
        return errors

    def lawful(self, account: str, changes: Mapping[str, bytes | None]) -> None:
        account = self.names.get(account, account)
        allowed = may_change(self.programme(), Author(account), "")
        errors = self.answer(account, changes)
        self.pushed.append((account, changes))
        assert not errors, (account, [(each.code, each.path, each.message, allowed(each.path)) for each in errors])
        self.times += 1

    def refused(self, account: str, changes: Mapping[str, bytes | None]) -> None:
        """It is refused, and told at a file that its author may change."""
        account = self.names.get(account, account)
        allowed = may_change(self.programme(), Author(account), "")
        files = dict(self.tree.files)
        errors = self.answer(account, changes)
        assert errors
        assert self.tree.files == files
        assert all(allowed(each.path) for each in errors), [(each.code, each.path) for each in errors]

    def value(self, path: str) -> Any:
        return msgspec.yaml.decode(self.tree.files[path]) if path in self.tree.files else None

    def own(self, name: str) -> str:
        return f"submissions/{SCHOOL}/{self.year().year}/{name}"

    def countys(self, name: str) -> str:
        return f"submissions/{COUNTY}/{self.year().year}/{name}"

    def is_open(self) -> bool:
        return not self.programme().closed(self.year().year)

    # What people do

    @initialize(
        reached=st.lists(st.sampled_from(["carried", "worked", "recognised", "certified"]), max_size=2),
        older=st.sampled_from(["", "decisions", "all"]),
    )
    def rounds_have_gone_by(self, reached: list[str], older: str) -> None:
        """Each round after the base's got so far before the next began, so that a short history is a late one.

        `older`: what was written by an earlier version of the software, and lies where that had it.
        """
        if older:
            self.tree = _as_version_1(self.tree) if older == "all" else _decisions_as_in_version_1(self.tree)
            self.tree.commit, self.tree.line = "f" * 40, [(self.day.isoformat(), self.tree)]
        if older == "all":
            self.the_software_is_updated()
        for stage in reached:
            year = self.year().year
            self.day = datetime.date(year, 11, 20)
            self.the_keeper_opens_the_next(lower=False, other=False, gathers=False)
            self.carry_on("school")
            self.day = datetime.date(year + 1, 1, 10)
            self.close(year)
            self.day = datetime.date(year + 1, 7, 2)
            if stage != "carried":
                self.the_school_does_its_work()
            if stage in ("recognised", "certified"):
                self.look(_FIRST, "B9")
                self.the_county_concludes(good=True)
                self.the_county_recognises()
            if stage == "certified":
                self.sign(year + 1)

    @rule()
    def the_software_is_updated(self) -> None:
        """`migrate` moves what lies where an earlier version had it, but for closed rounds; twice does no more."""
        if changes := brought_up(self.tree.files, "anhui-2.0"):
            self.lawful("keeper", changes)
        assert brought_up(self.tree.files, "anhui-2.0") == {}

    @rule(days=st.integers(1, 90))
    def time_passes(self, days: int) -> None:
        self.day += datetime.timedelta(days)

    @precondition(is_open)
    @rule()
    def a_colleague_joins(self) -> None:
        """Since today, where the county has accepted the school: it had looked at everybody who was there."""
        path, year = self.own("teachers.yaml"), self.year()
        roster = self.value(path)
        if year.accepted and year.accepted.date >= str(self.day):
            return
        self.joined += 1
        row = {"number": f"349901000100{self.joined:02}", "name": "新来的", "subject": "语文", "stage": "小学"}
        roster["teachers"].append(row | ({"joined": {"date": self.day}} if year.accepted else {}))
        self.lawful("school", {path: self.roster_of(roster["teachers"])})

    @precondition(is_open)
    @rule()
    def a_colleague_leaves(self) -> None:
        """One of those who joined; before the county has looked at the roster, and before anything was recognised."""
        path, year = self.own("teachers.yaml"), self.year()
        roster = self.value(path)
        number = str(roster["teachers"][-1]["number"])
        gone = roster["teachers"][-1].get("left")
        if gone or year.accepted or number in year.register or int(number[-2:]) <= _STAFF:
            return
        fewer = {path: self.roster_of(roster["teachers"][:-1])}
        if any(number in each for each in self.tree.files if "/online-hours/" in each):
            self.refused("school", fewer)
        else:
            self.lawful("school", fewer)

    @precondition(is_open)
    @rule(place=st.integers(0, 5))
    def somebody_retires(self, place: int) -> None:
        """Whenever it is, decided or not; what they did stays where it is."""
        path = self.own("teachers.yaml")
        teachers = self.value(path)["teachers"]
        present = [each for each in teachers if not each.get("left")]
        if len(present) > 1 and self.day.year == self.year().year:
            present[place % len(present)]["left"] = {"date": self.day, "reason": "退休"}
            self.lawful("school", {path: self.roster_of(teachers)})

    @precondition(is_open)
    @rule(place=st.integers(0, 5), at=st.sampled_from(["beside", "far"]))
    def somebody_helps_out_at_another_school(self, place: int, at: str) -> None:
        year = self.year().year
        teachers, there = self.value(self.own("teachers.yaml"))["teachers"], self.roster_at(at, year)
        who, others = teachers[place % len(teachers)], self.value(there) or {"teachers": []}
        if (
            self.is_there(at)
            and not who.get("left")
            and str(who["number"]) not in {str(each["number"]) for each in others["teachers"]}
        ):
            helps = {**{field: who[field] for field in _WHO}, "home": SCHOOL}
            self.lawful(at, {there: self.roster_of([*others["teachers"], helps])})

    @precondition(is_open)
    @rule(place=st.integers(0, 5), to=st.sampled_from(["beside", "far"]))
    def somebody_goes_to_another_school(self, place: int, to: str) -> None:
        """With a last and a first day in the round that runs; before it has begun, off one roster and on the other."""
        year = self.year().year
        path, there = self.own("teachers.yaml"), self.roster_at(to, year)
        teachers, others = self.value(path)["teachers"], self.value(there) or {"teachers": []}
        present = [each for each in teachers if not each.get("left")]
        if len(present) <= 1 or not self.is_there(to):
            return
        who = present[place % len(present)]
        if str(who["number"]) in {str(each["number"]) for each in others["teachers"]}:
            return
        same = {field: who[field] for field in _WHO}  # by another plan one chooses anew
        if self.day.year == year:
            who["left"] = {"date": self.day, "reason": "调动", "to": self.schools[to]}
            same["joined"] = {"date": self.day, "from": SCHOOL}
            if who.get("exempt"):
                head = self.value(_unit_of(self.schools[to]))["principal"]
                same["exempt"] = who["exempt"] | {"approved_by": head, "date": self.day.replace()}
        elif self.day.year < year:
            teachers = [each for each in teachers if each is not who]
            if any(
                self.names_somebody(SCHOOL, each, str(who["number"])) for each in self.rosters(SCHOOL) if each < year
            ):
                self.refused(to, {there: self.roster_of([*others["teachers"], same])})
                same["joined"] = {"date": datetime.date(year, 1, 1), "from": SCHOOL}
        else:
            return
        self.lawful("school", {path: self.roster_of(teachers)})
        self.lawful(to, {there: self.roster_of([*others["teachers"], same])})

    @precondition(is_open)
    @rule(back=st.sampled_from(["beside", "far"]))
    def somebody_comes_back(self, back: str) -> None:
        year = self.year().year
        path, there = self.own("teachers.yaml"), self.roster_at(back, year)
        others, teachers = (self.value(there) or {"teachers": []})["teachers"], self.value(path)["teachers"]
        who = next((each for each in reversed(others) if not each.get("left") and not each.get("home")), None)
        if who is None or self.day.year > year or not self.is_there(back):
            return
        mine = next((each for each in teachers if str(each["number"]) == str(who["number"])), None)
        if mine is not None:  # they were away for a while
            if str(mine["left"]["date"]) >= str(self.day):
                return
            who["left"] = {"date": self.day, "reason": "调动", "to": SCHOOL}
            mine["joined"] = {"date": self.day.replace(), "from": self.schools[back]}
            self.lawful(back, {there: self.roster_of(others)})
        elif self.day.year < year:
            rest = [each for each in others if each is not who]
            self.lawful(back, {there: self.roster_of(rest) if rest else None})
            teachers.append({field: who[field] for field in _WHO})
        else:
            who["left"] = {"date": self.day, "reason": "调动", "to": SCHOOL}
            self.lawful(back, {there: self.roster_of(others)})
            came = {"date": self.day.replace(), "from": self.schools[back]}
            teachers.append({**{field: who[field] for field in _WHO}, "joined": came})
        self.lawful("school", {path: self.roster_of(teachers)})

    def names_somebody(self, school: str, year: int, number: str) -> bool:
        """Whether a school's roster of a round has a number."""
        roster = self.value(f"submissions/{school}/{year}/teachers.yaml")
        return number in {str(each["number"]) for each in roster["teachers"]}

    def is_there(self, account: str) -> bool:
        """Whether a school has not been closed."""
        return "closed" not in self.value(f"submissions/{self.schools[account]}/unit.yaml")

    @staticmethod
    def roster_of(teachers: list[dict[str, Any]]) -> bytes:
        """A roster with the number of those who are there and belong there."""
        gone = [each for each in teachers if each.get("left") and not _came_back(each)]
        present = sum(not (each in gone or each.get("home")) for each in teachers)
        return _yaml({"teachers": teachers, **({"staff": present} if present else {})})

    def roster_at(self, account: str, year: int) -> str:
        return f"submissions/{self.schools[account]}/{year}/teachers.yaml"

    @precondition(is_open)
    @rule(place=st.integers(0, 5))
    def somebody_is_on_leave_or_back_from_it(self, place: int) -> None:
        """Of whom nothing has been reviewed; whom the county has seen it knows as they were."""
        path, year = self.own("teachers.yaml"), self.year()
        teachers = self.value(path)["teachers"]
        who = teachers[place % len(teachers)]
        if (
            who.get("left")
            or year.accepted
            or str(who["number"]) in {*year.register, *(number for number, _ in self.latest())}
        ):
            return
        if who.pop("exempt", None) is None:
            who["exempt"] = {"reason": "产假", "approved_by": self.principal(), "date": self.day}
        elif self.announcements():  # of whoever went on leave in the month before, the county has to look at them first
            errors = self.answer(self.names.get("school", "school"), {path: self.roster_of(teachers)})
            assert {each.code for each in errors} <= {"DRAW-WHOLE"}
            return
        self.lawful("school", {path: self.roster_of(teachers)})

    @precondition(lambda self: self.is_open() and not self.year().reviews and self.day.month >= 7)
    @rule()
    def the_school_does_its_work(self) -> None:
        """What the base's school did in 2026, in the round that runs: plan, approval, all that a review rests on."""
        year, start = self.year().year, base().files
        if self.day.year != year:
            return
        roster = self.value(self.own("teachers.yaml"))
        here = {str(each["number"]): each["name"] for each in roster["teachers"]}
        if not {_FIRST, _SECOND} <= here.keys():
            return
        away = {each for number, name in _OTHERS.items() if number not in here for each in (number, name)}

        def again(path: str) -> bytes:
            text = re.sub(r"\b2026(?=-[0-9]{2})", str(year), start[path].decode())
            return _yaml(_less(msgspec.yaml.decode(text.replace("周雨晴", here[_FIRST])), away))

        def paper(name: str) -> dict[str, bytes]:
            return {self.own(name): again(f"submissions/{SCHOOL}/2026/{name}")}

        plan = self.with_its_environments(msgspec.yaml.decode(paper("plan.yaml")[self.own("plan.yaml")]))
        self.lawful("school", {**paper("survey.yaml"), self.own("plan.yaml"): _yaml(plan), **paper("scheme.yaml")})
        self.lawful("office", {self.countys("approvals/1.yaml"): again(f"submissions/{COUNTY}/2026/approvals/1.yaml")})
        done = {
            str(each["number"]): each
            for each in msgspec.yaml.decode(again(f"submissions/{SCHOOL}/2026/teachers.yaml"))["teachers"]
        }
        roster["teachers"] = [each | done.get(str(each["number"]), {}) for each in roster["teachers"]]
        activities = [
            {
                "date": f"{year}-04-{20 + place}",
                "theme": f"第 {place} 位教师的{kind}",
                "mode": mode,
                "hours": {"kind": kind, "count": each["hours"][field]},
                "participants": [str(each["number"])],
                **more,
            }
            for place, each in enumerate(roster["teachers"])
            if "hours" in each
            for field, kind, mode, more in (
                ("online", "网络研修", "线上", {"provider": "示例开放大学"}),
                ("practice", "实践应用", "线下", {"evidence": ["签到表"]}),
            )
        ]
        review = again(f"submissions/{SCHOOL}/2026/reviews/2026-06-12.yaml").decode()
        school = self.value(f"submissions/{SCHOOL}/unit.yaml")["name"]
        changes = {
            self.own("teachers.yaml"): _yaml(roster),
            self.own("activities.yaml"): _yaml({"activities": activities}),
            self.own(f"reviews/{year}-06-12.yaml"): review.replace("明远县文华小学", school).encode(),
            **paper("groups/quanxiao.yaml"),
            **paper("evidence.yaml"),
        }
        self.lawful("school", changes)

    @precondition(lambda self: self.is_open() and self.value(self.own("activities.yaml")) is not None)
    @rule(place=st.integers(0, _STAFF - 2))
    def the_school_meets_once_more(self, place: int) -> None:
        path, year = self.own("activities.yaml"), self.year()
        activities, roster = self.value(path), self.value(self.own("teachers.yaml"))
        accepted = year.accepted
        seen = accepted and (accepted.recognition.date if accepted.recognition else accepted.date)
        if self.day.year != year.year or (seen and self.day.isoformat() <= seen):
            return
        teacher = roster["teachers"][place]
        if teacher.get("left") or "hours" not in teacher:
            return
        teacher["hours"]["practice"] += 2
        activities["activities"].append(
            {
                "date": self.day,
                "theme": f"第 {self.times + 1} 次磨课",
                "mode": "线下",
                "hours": {"kind": "实践应用", "count": 2},
                "participants": [str(teacher["number"])],
                "evidence": ["签到表"],
            }
        )
        self.lawful("school", {path: _yaml(activities), self.own("teachers.yaml"): _yaml(roster)})

    @precondition(lambda self: self.is_open() and bool(self.year().reviews))
    @rule(level=st.sampled_from(["优秀", "合格", "不合格"]), place=st.integers(0, 4))
    def the_school_reviews_again(self, level: str, place: int) -> None:
        result = next(iter(self.year().reviews)).data.results[place]
        teacher = self.year().teachers[result.teacher]
        path = self.own(f"reviews/{self.day.isoformat()}.yaml")
        year = self.year()
        looked = [*(each.date for each in year.acceptances), *(check.date for check, _ in year.checked)]
        seen = self.day.isoformat() <= max(looked, default="")  # a day that the county has looked at
        if path in self.tree.files or self.day.year != self.year().year or seen or teacher.left:
            return
        new = {
            "date": self.day,
            "standard": "微能力考核规范（2026 年版）",
            "panel": _panel(self.value(f"submissions/{SCHOOL}/unit.yaml")["name"]),
            "results": [
                {
                    "teacher": result.teacher,
                    "microability": result.microability,
                    "level": level,
                    "evidence": [{"form": each.form, "title": each.title} for each in result.evidence],
                    "suggestion": f"第 {self.times + 1} 回看过，请把第 {self.times + 2} 步写得再细一些。",
                }
            ],
        }
        self.lawful("school", {path: _yaml(new)})

    @precondition(lambda self: self.is_open() and bool(self.year().reviews) and self.day.year == self.year().year)
    @rule(data=st.data(), agrees=st.booleans())
    def the_county_looks_at_results(self, data: st.DataObject, *, agrees: bool) -> None:
        teacher, code = data.draw(st.sampled_from(sorted(self.latest())))
        self.look(teacher, code, agrees=agrees)

    def latest(self) -> dict[tuple[str, str], str]:
        """The level of the last review by teacher and microability."""
        return {
            (result.teacher, result.microability): result.level
            for _, result in sorted(self.year().results(), key=lambda each: (each[0].data.date, each[0].name))
        }

    def waits(self) -> bool:
        """Whether the county found something wrong that the school has not reviewed since, nor given up."""
        year, today = self.year(), self.day.isoformat()
        gone = [number for number, each in year.teachers.items() if each.left and each.left.date < today]
        mended = {(result.teacher, result.microability, review.data.date) for review, result in year.results()}
        return any(
            when == year.year
            and teacher not in gone
            and self.latest()[teacher, code] != "不合格"
            and not any(each[:2] == (teacher, code) and each[2] > day for each in mended)
            for (when, teacher, code), day in self.faults.items()
        )

    def look(self, teacher: str, code: str, *, agrees: bool = True) -> None:
        path, level = self.countys(f"spot-checks/{self.day.isoformat()}.yaml"), self.latest()[teacher, code]
        if path in self.tree.files:
            return
        item: dict[str, Any] = {
            "school": SCHOOL,
            "teacher": teacher,
            "microability": code,
            "school_level": level,
            "recheck_level": level,
        }
        if not agrees and level != "不合格":
            due = self.day + datetime.timedelta(14)
            item |= {"recheck_level": "不合格", "problem": "看不到学生怎样用量规。", "correction": {"due": due}}
            self.faults[self.year().year, teacher, code] = self.day.isoformat()
        check = {
            "date": self.day,
            "stage": "考核结果",
            "mode": "专家抽查",
            "checkers": ["高建国", "沈月华"],
            "items": [item],
            "conclusion": f"第 {self.times + 1} 次抽查，逐条对照了学校的评审。",
        }
        self.lawful("office", {path: _yaml(check)})

    @precondition(lambda self: self.is_open() and self.day.year == self.year().year)
    @rule(count=st.integers(1, 3))
    def the_county_draws(self, count: int) -> None:
        """The next step of the draw that is going on; on the way somebody tries for another sample."""
        drawing = next((each for each in self.announcements() if each not in self.drawn), None)
        if drawing is None:
            if not self.due():
                return
            drawing = self.announce(count)
            second = drawing.replace(".yaml", "-2.yaml")
            again = {
                second.replace(".yaml", ending): self.tree.files[drawing.replace(".yaml", ending)] for ending in _PAIR
            }
            self.refused("office", again)
            return
        value = self.value(drawing)
        record = self.programme().units[COUNTY].one(Announcement, year=self.year().year, name=Path(drawing).stem)
        assert record is not None
        people = self.programme().units[COUNTY].one(Population, year=record.year, name=record.name)
        assert people is not None
        seed = seed_of(record, _NUMBERS)
        sample = sample_of(record.data, people.data.people, seed)
        value["drawn"] = {"date": self.day, "numbers": _NUMBERS, "where": "样张", "seed": seed, "sample": list(sample)}
        if self.day.isoformat() < record.data.value.day:
            self.refused("office", {drawing: _yaml(value)})
            return
        self.lawful("office", {drawing: _yaml(value)})
        self.refused("office", {drawing: _yaml({**value, "count": count + 3})})
        items = [{"school": SCHOOL, "teacher": number} for number in sample if number in self.year().teachers]
        check = {
            **{"date": self.day, "stage": "考核过程", "mode": "专家抽查", "checkers": ["高建国", "沈月华"]},
            **{"announcement": record.name, "items": items, "conclusion": "活动记录都对得上。"},
        }
        self.drawn.add(drawing)
        if len(items) == len(sample):  # who was drawn may have gone to another school since
            path = self.countys(f"spot-checks/{record.name}-drawn.yaml")
            self.refused("office", {path: _yaml({**check, "items": items[1:] or [{"school": SCHOOL}]})})
            self.lawful("office", {path: _yaml(check)})
        else:
            self.lawful(
                "office", {drawing: _yaml({**value, "cancelled": {"date": self.day, "reason": "有人调走了。"}})}
            )

    def announcements(self) -> list[str]:
        start = self.countys("announcements/")
        return sorted(path for path in self.tree.files if path.startswith(start) and path.endswith(".yaml"))

    def due(self) -> list[Due]:
        """Whoever the county may draw today."""
        programme = self.programme()
        return due(programme, programme.units[COUNTY], self.year().year, self.day.isoformat(), ())

    def announce(self, count: int) -> str:
        """An announcement over the last commit, for the next draw; its path."""
        path, day = self.countys(f"announcements/{self.day.isoformat()}.yaml"), self.day.isoformat()
        people = self.due()
        value = {
            **{"announced": day, "stage": "考核过程", "commit": self.tree.commit, "count": count},
            "population": {"people": len(people), "sha256": seal(people)},
            "value": {"source": "大乐透", "day": next_draw("大乐透", day, 1)},
        }
        self.lawful("office", {path: _yaml(value), path.replace(".yaml", ".csv"): appended(None, people)})
        return path

    @precondition(lambda self: self.is_open() and bool(self.year().reviews))
    @rule(good=st.booleans())
    def the_county_concludes(self, good: bool) -> None:
        path, year = self.countys(f"acceptance/{self.day}.yaml"), self.year()
        acceptance = {"acceptances": [], **(self.value(path) or {})}
        last = year.acceptances[-1].date if year.acceptances else ""
        looked = any(last < check.date for check, _ in year.school.county.rechecked(SCHOOL, year.year))  # type: ignore[union-attr]
        entry = {
            "school": "wenhua-xiaoxue",
            "conclusion": "验收合格" if good and looked else "限期整改",
            "date": self.day,
            "mode": "专家抽查",
            "by": ["高建国", "沈月华"],
            "opinion": f"第 {len(year.acceptances) + 1} 次的结论，理由写在抽查记录里。",
        }
        acceptance["acceptances"].append(entry)
        if entry["conclusion"] == "验收合格" and self.waits():
            self.refused("office", {path: _yaml(acceptance)})
        else:
            self.lawful("office", {path: _yaml(acceptance)})

    @precondition(lambda self: bool(self.is_open() and (last := self.year().accepted) and not last.recognition))
    @rule()
    def the_county_recognises(self) -> None:
        year, day = self.year(), self.day.isoformat()
        county = year.school.county
        assert county is not None
        path = county.acceptances(year.year)[-1][0].path
        acceptance = self.value(path)
        acceptance["acceptances"][-1]["recognition"] = {"date": self.day, "document": "明教〔2026〕30号"}
        changes = {path: _yaml(acceptance)}
        if rows := list(due_rows(self.programme(), year, day)):
            register = self.countys("register.csv")
            changes[register] = appended(self.tree.files.get(register), rows)
        if self.waits():
            self.refused("office", changes)
            return
        self.lawful("office", changes)
        self.kept = {key: said for key, said in self.kept.items() if key[0] != year.year}

    @precondition(lambda self: self.is_open() and self.year().approval is not None)
    @rule()
    def the_plan_is_sent_back_and_approved_again(self) -> None:
        """Whatever was reviewed meanwhile; the school hands it in once more."""
        year, day = self.year(), self.day.isoformat()
        path, plan = self.countys(f"approvals/{day}.yaml"), self.value(self.own("plan.yaml"))
        assert year.approval is not None
        if self.day.year != year.year or year.approval.date >= day:
            return
        said: dict[str, Any] = {"school": "wenhua-xiaoxue", "date": self.day, "by": "沈月华"}
        back = {**said, "decision": "退回修改", "opinion": f"第 {self.times + 1} 次看，目标要写清怎样检测。"}
        self.lawful("office", {path: _yaml({"approvals": [back]})})
        again = {**said, "date": self.day.replace(), "decision": "审核通过", "filing": year.approval.filing}
        both = {path: _yaml({"approvals": [back, again]})}
        self.refused("office", both)
        better = self.with_its_environments(plan | {"submitted": self.day})
        self.lawful("school", {self.own("plan.yaml"): _yaml(better)})
        self.lawful("office", both)

    def with_its_environments(self, plan: dict[str, Any]) -> dict[str, Any]:
        """A plan that describes the environments that the school has today, no more and no fewer."""
        has, states = self.value(_unit_of(SCHOOL))["environments"], {_MORE_OF_THEM: "两间专用教室。"}
        states |= {each["environment"]: each["state"] for each in plan["environments"]}
        return plan | {"environments": [{"environment": each, "state": states[each]} for each in has]}

    @rule()
    def the_school_gets_another_principal(self) -> None:
        """Whoever it was stays on the list, with a last day."""
        file, team = f"submissions/{SCHOOL}/unit.yaml", f"submissions/{SCHOOL}/teams/management.yaml"
        unit, members = self.value(file), self.value(team)["members"]
        head = next(each for each in members if each["name"] == unit["principal"] and "until" not in each)
        before = self.day - datetime.timedelta(1)
        if str(head.get("from", "")) > str(before):
            return
        new = {"name": "汪景明" if head["name"] != "汪景明" else "林静", "duty": ["负责人"], "role": "校长"}
        head["until"] = before
        members.append(new | {"from": self.day})
        self.lawful("school", {file: _yaml(unit | {"principal": new["name"]}), team: _yaml({"members": members})})

    def principal(self) -> str:
        return str(self.value(f"submissions/{SCHOOL}/unit.yaml")["principal"])

    @rule()
    def the_office_is_called_otherwise(self) -> None:
        now = self.value(f"submissions/{COUNTY}/unit.yaml")["authority"]
        new = "明远县教育体育局" if now != "明远县教育体育局" else "明远县教育局"
        self.unit_changes("keeper", COUNTY, "authority", new)

    @rule()
    def the_school_is_called_otherwise(self) -> None:
        now = self.value(f"submissions/{SCHOOL}/unit.yaml")["name"]
        self.unit_changes("office", SCHOOL, "name", "明远县文华小学" if "实验" in now else "明远县文华实验小学")

    @rule()
    def the_school_becomes_one_of_another_kind(self) -> None:
        """With other environments besides those of the base, by which nobody has chosen."""
        path = _unit_of(SCHOOL)
        unit, more = self.value(path), _MORE_OF_THEM
        kind = "小学" if unit["type"] != "小学" else "九年一贯制学校"
        others = [each for each in unit["environments"] if each != more]
        environments = others if more in unit["environments"] else [*others, more]
        self.lawful("office", {path: _yaml(unit | {"type": kind, "environments": environments})})

    @rule()
    def the_county_gets_another_code(self) -> None:
        """Never one that it has had: two counties cannot be told apart by it, nor two times of one."""
        unit = self.value(f"submissions/{COUNTY}/unit.yaml")
        self.unit_changes("keeper", COUNTY, "code", str(349910 + len(unit.get("former", ()))))

    def unit_changes(self, account: str, path: str, field: str, new: str) -> None:
        """From today on, with what held until yesterday; not on a day on which something was issued by the old one."""
        file = f"submissions/{path}/unit.yaml"
        unit, before = self.value(file), self.day - datetime.timedelta(1)
        issued = [each.issued for year in self.programme().county_years() for each in year.in_force]
        former = unit.get("former", [])
        if self.day.isoformat() <= max(issued, default="") or any(str(each["until"]) >= str(before) for each in former):
            return
        unit["former"] = [*former, {"until": before, field: unit[field]}]
        self.lawful(account, {file: _yaml(unit | {field: new})})

    @precondition(lambda self: self.can_close("beside"))
    @rule()
    def the_school_beside_is_merged_into_the_other(self) -> None:
        """Its people go along where they were in a round that runs; nothing is written there afterwards."""
        path, unit = self.closes(self.over("beside"), "beside", "合并", SCHOOL)
        self.refused("beside", {path: _yaml(unit | {"principal": "陆海生"})})

    @precondition(lambda self: self.can_close("beside"))
    @rule()
    def the_school_beside_is_split(self) -> None:
        """Its people go to one of two that are new today; the first is the one beside from now on."""
        office, county = self.over("beside"), self.schools["beside"].rpartition("/")[0]
        one, other = self.new_school(county), self.new_school(county)
        path, unit = self.closes(office, "beside", "拆分", *one, *other, more={**one, **other})
        self.refused("beside", {path: _yaml(unit | {"principal": "陆海生"})})
        self.goes_on(office, "beside", county, next(iter(one)))

    @precondition(lambda self: not self.is_there("beside"))
    @rule()
    def a_school_is_set_up(self) -> None:
        """In mid-year; it is the one beside from now on."""
        school = self.new_school(COUNTY)
        self.lawful("office", {_unit_of(path): _yaml(unit) for path, unit in school.items()})
        self.goes_on("office", "beside", COUNTY, next(iter(school)))

    @precondition(lambda self: self.can_close("beside") and f"submissions/{DISTRICT}/unit.yaml" not in self.tree.files)
    @rule()
    def the_county_is_split(self) -> None:
        """A district of its own is set up today, and the school beside is a school of it from now on."""
        district = {
            **{"level": "县", "code": "349950", "name": "新城新区", "authority": "新城新区教育局"},
            **{"demo": True, "opened": self.day},
        }
        school = self.new_school(DISTRICT)
        self.closes("keeper", "beside", "合并", *school, more={DISTRICT: district, **school})
        self.goes_on("keeper", "beside", DISTRICT, next(iter(school)))

    @precondition(lambda self: self.can_close("far") and self.schools["far"] == SCHOOLS["far"])
    @rule()
    def the_county_takes_another_in(self) -> None:
        """Its school is a new one of the county's from now on, and it decides nothing any more."""
        school, county = self.new_school(COUNTY), self.value(_unit_of(FAR))
        gone = {"date": self.day - datetime.timedelta(1), "kind": "合并", "into": [COUNTY]}
        alone = {_unit_of(FAR): _yaml(county | {"closed": gone})}
        self.refused("keeper", alone)
        self.closes("keeper", "far", "合并", *school, more={**school, FAR: county | {"closed": gone}})
        self.goes_on("office", "far", COUNTY, next(iter(school)))

    @precondition(lambda self: self.is_there("beside") and self.over("beside") == "office" and self.is_open())
    @rule()
    def the_school_beside_becomes_a_branch_or_is_none_any_more(self) -> None:
        """The county says so, and confirms it for the round; a branch goes by its centre's plan.

        That it was none for a while is not written: `former` tells what was, and each round what the county confirmed.
        """
        path, day = _unit_of(self.schools["beside"]), self.day.isoformat()
        unit, before = self.value(path), self.day - datetime.timedelta(1)
        if self.day.year != self.year().year or str(unit.get("opened", "")) > str(before):
            return
        if center := unit.pop("center", None):
            if str(before) > max(str(each["until"]) for each in unit.get("former", [{"until": ""}])):
                unit["former"] = [*unit.get("former", []), {"until": before, "center": center}]
                self.lawful("office", {path: _yaml(unit)})
            return
        said = {"school": Path(path).parent.name, "center": "wenhua-xiaoxue", "date": self.day, "by": "沈月华"}
        confirmed = self.countys(f"approvals/{day}-branch.yaml")
        if confirmed not in self.tree.files:
            former = [each for each in unit.pop("former", []) if "center" not in each]
            unit |= {"center": "wenhua-xiaoxue"} | ({"former": former} if former else {})
            changes = {path: _yaml(unit), confirmed: _yaml({"branches": [said]})}
            self.lawful("office", changes)

    def can_close(self, role: str) -> bool:
        """Whether its people can go along: in the round that runs, by whom nothing has been written of another."""
        year, years = self.year().year, self.rosters(self.schools[role])
        if not (self.is_there(role) and self.is_open()) or any(each > year for each in years):
            return False
        if year in years and self.day.year != year:
            return False
        leavers = (self.value(self.roster_at(role, year)) or {"teachers": []})["teachers"]
        unit, one = self.value(_unit_of(self.schools[role])), datetime.timedelta(1)
        days = [str(each["until"] + one) for each in unit.get("former", ())]
        moves = [each[move]["date"] for each in leavers for move in ("joined", "left") if move in each]
        days += [str(unit.get("opened", "")), *map(str, moves)]
        return max(days) < str(self.day)

    def over(self, role: str) -> str:
        """Whoever decides about a school: its county, or the keeper where that has no account here."""
        return "office" if self.schools[role].startswith(f"{COUNTY}/") else "keeper"

    def new_school(self, county: str) -> dict[str, dict[str, Any]]:
        """A school that is there since today, by its path."""
        self.founded += 1
        name = f"{_FOUNDED[self.founded % len(_FOUNDED)]}{'实验' * (self.founded // len(_FOUNDED))}小学"
        return {
            f"{county}/xin-xiaoxue-{self.founded}": {
                **{"level": "校", "code": f"{_FOUNDERS[county]}08{self.founded:02}", "name": name, "type": "小学"},
                **{"principal": "纪新校", "environments": ["多媒体教学环境"], "demo": True, "opened": self.day},
            }
        }

    def closes(
        self, account: str, role: str, kind: str, *into: str, more: Mapping[str, dict[str, Any]] = MappingProxyType({})
    ) -> tuple[str, dict[str, Any]]:
        """A school is closed since yesterday, and its people are on the rosters of where it went; its file and value.

        `more` are the units that come with it, by path.
        """
        year, path = self.year().year, _unit_of(self.schools[role])
        unit, there, yesterday = self.value(path), self.roster_at(role, year), self.day - datetime.timedelta(1)
        leavers = (self.value(there) or {"teachers": []})["teachers"]
        rosters = {each: f"submissions/{each}/{year}/teachers.yaml" for each in into}
        people = {each: (self.value(roster) or {"teachers": []})["teachers"] for each, roster in rosters.items()}
        present = [each for each in leavers if not each.get("left") and not each.get("home")]
        for at, each in enumerate(present):
            to = into[at % len(into)]
            each["left"] = {"date": yesterday.replace(), "reason": "调动", "to": to}
            joined = {"date": self.day.replace(), "from": self.schools[role]}
            same = next((one for one in people[to] if str(one["number"]) == str(each["number"])), None)
            if same is None:
                people[to].append({**{field: each[field] for field in _WHO}, "joined": joined})
            elif same.get("left"):
                same["joined"] = joined
        unit["closed"] = {"date": yesterday, "kind": kind, "into": list(into)}
        changes = {path: _yaml(unit), **{_unit_of(each): _yaml(value) for each, value in more.items()}}
        changes |= {rosters[each]: self.roster_of(found) for each, found in people.items() if found}
        self.lawful(account, {**changes, **({there: self.roster_of(leavers)} if leavers else {})})
        return path, unit

    def goes_on(self, account: str, role: str, county: str, school: str) -> None:
        """What the school did is done by another from now on, in a county that registers somebody for it."""
        path, name = f"submissions/{county}/accounts.yaml", f"{role}-at-{self.founded}"
        accounts = (self.value(path) or {"accounts": []})["accounts"]
        new = {"account": name, "unit": school, "from": self.day}
        self.lawful(account, {path: _yaml({"accounts": [*accounts, new]})})
        self.schools[role], self.names[role] = school, name

    @precondition(lambda self: self.is_open() and bool(self.year().reviews))
    @rule(data=st.data(), decision=st.sampled_from(["维持", "改正"]))
    def somebody_appeals(self, data: st.DataObject, decision: str) -> None:
        """Against a review; decided by others. What was decided is kept, and what is upheld is reviewed again."""
        path, year = self.own("appeals.yaml"), self.year()
        review, result = data.draw(st.sampled_from(list(year.results())))
        written = (self.value(path) or {"appeals": []})["appeals"]
        day = self.day.isoformat()
        if day < review.data.date or self.day.year != year.year:
            return
        appeal = {
            **{"teacher": result.teacher, "microability": result.microability, "against": review.name},
            **{"received": self.day, "reason": f"第 {self.times + 1} 件：证据没有看全。"},
        }
        said = [(str(each["teacher"]), each["microability"], each["against"]) for each in written]
        if (result.teacher, result.microability, review.name) in said:
            self.refused("school", {path: _yaml({"appeals": [*written, appeal]})})
            return
        self.lawful("school", {path: _yaml({"appeals": [*written, appeal]})})
        today = self.day.replace()  # one object twice would be written as an alias
        ruling = {
            "decision": decision,
            "date": today,
            "by": [self.principal()],
            "reason": "证据又看了一遍，写明了理由。",
        }
        decided = [*written, {**appeal, "conclusion": ruling}]
        self.refused(
            "school", {path: _yaml({"appeals": [*written, {**appeal, "conclusion": {**ruling, "by": ["许文博"]}}]})}
        )
        self.lawful("school", {path: _yaml({"appeals": decided})})
        other = {**ruling, "decision": "维持" if decision == "改正" else "改正"}
        self.refused("school", {path: _yaml({"appeals": [*written, {**appeal, "conclusion": other}]})})

    def sign(self, year: int, *, revoke: str = "", again: bool = False) -> None:
        """What `certificates issue` and `revoke` write: the ledger, signed, and its status.

        `again`: what nobody believes any more is issued once more, and the status is signed whether it changes or not.
        """
        programme, day = self.programme(), self.day.isoformat()
        round_ = programme.county_year(programme.units[COUNTY], year)
        signer = signer_for(programme, round_.county, day, self.private)
        entries: list[CertificateEntry] = [] if revoke or again else new_entries(programme, round_, day)
        revoked = [Revocation(number=revoke, date=day, reason="弄虚作假")] if revoke else []
        if again:
            old = [each for each in round_.in_force if each.number in self.doubted and self.is_still_earned(each)]
            made = [replacement(programme, round_, each, day) for each in old]
            entries = numbered(made, signer, round_.rows)
            revoked = [
                Revocation(number=each.replaces, date=day, reason="密钥作废", replaced_by=each.number)
                for each in entries
                if each.replaces
            ]
        with TemporaryDirectory() as place:
            ledger = Path(place, f"submissions/{COUNTY}/{year}/certificates.csv")
            if data := self.tree.files.get(f"submissions/{COUNTY}/{year}/certificates.csv"):
                ledger.parent.mkdir(parents=True)
                ledger.write_bytes(data)
            files = signed_files(programme, round_, Path(place), signer, entries=entries, revoked=revoked, date=day)
        if files and (entries or revoked or again):
            self.lawful("office", files)
            self.revoked |= {each.number for each in revoked}

    def is_still_earned(self, entry: CertificateEntry) -> bool:
        programme = self.programme()
        school = programme.school_year(programme.units[SCHOOL], int(entry.number[:4]))
        return not reasons_against(programme, school, entry.teacher, entry.microability)

    @rule(data=st.data())
    def the_county_issues(self, data: st.DataObject) -> None:
        """Also of a round that is closed: what was recognised of it may be waiting."""
        self.sign(data.draw(st.sampled_from(self.programme().units[SCHOOL].years)))

    @rule(data=st.data())
    def the_county_revokes(self, data: st.DataObject) -> None:
        rows = [row for each in self.programme().county_years() for row in each.rows]
        if numbers := sorted(set(rows) - self.revoked):
            number = data.draw(st.sampled_from(numbers))
            self.sign(int(number[:4]), revoke=number)
            self.kept = {key: said for key, said in self.kept.items() if key[0] != int(number[:4])}

    @precondition(lambda self: len(self.programme().keys) < 4)
    @rule(ago=st.integers(0, 60), everything=st.booleans())
    def the_key_leaks(self, *, ago: int, everything: bool) -> None:
        """Nobody knows more than since when it may have; what was there before is believed, and the rest is not."""
        programme, since = self.programme(), (self.day - datetime.timedelta(ago)).isoformat()
        key, then = programme.keys[seals.key_id(public_of(self.private))], self.tree.as_of(since)
        revoked, good = KeyRevocation(date=self.day.isoformat(), reason="私钥可能泄露。"), set()
        if then is not None and since >= key.starts and not everything:
            pinned = pins(ledgers_of(then), key, programme.keys)
            revoked = msgspec.structs.replace(revoked, since=since, commit=then.commit, kept=pinned)
            good = {row["number"] for row in _ledgers(then)}
        self.keys_change(msgspec.structs.replace(key, revoked=revoked))
        self.doubted |= {row["number"] for row in _ledgers(self.tree) if row["key"] == key.id} - good
        for year in {int(row["number"][:4]) for row in _ledgers(self.tree)}:
            self.sign(year, again=True)

    @precondition(lambda self: len(self.programme().keys) < 4)
    @rule()
    def the_key_gets_a_successor(self) -> None:
        """What the old one has signed stays good."""
        key = self.programme().keys[seals.key_id(public_of(self.private))]
        self.keys_change(msgspec.structs.replace(key, ends=self.day.isoformat()))

    def keys_change(self, old: SigningKey) -> None:
        """One key goes, and the county signs with another, which it has from now on."""
        keys = {**self.programme().keys, old.id: old}
        self.private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"%d" % len(keys)).digest())
        public = public_of(self.private)
        new = SigningKey(
            id=seals.key_id(public), public=public, site=old.site, starts=self.day.isoformat(), counties=(), demo=True
        )
        self.lawful("keeper", {KEYS: to_yaml(Keys(keys=(*keys.values(), new))).encode()})
        others = (each for each in keys.values() if each is not old)
        self.refused("keeper", {KEYS: to_yaml(Keys(keys=(*others, new))).encode()})

    @precondition(lambda self: self.is_open() and self.day.year == self.year().year)
    @rule(place=st.integers(0, 5), hours=st.integers(1, 8), by=st.sampled_from(["office", "school"]))
    def hours_come_from_a_provider(self, *, place: int, hours: int, by: str) -> None:
        """For one of those who joined, of whose hours their school says nothing itself; no export is taken twice."""
        year, day = self.year(), self.day.isoformat()
        teachers = self.value(self.own("teachers.yaml"))["teachers"]
        who = [str(each["number"]) for each in teachers if not each.get("left") and "hours" not in each]
        who = [number for number in who if number[:10] == _FIRST[:10] and int(number[-2:]) > _STAFF]
        if not who or year.accepted:
            return
        number = who[place % len(who)]
        path = (self.countys if by == "office" else self.own)(f"online-hours/{day}-{number}.yaml")
        study = {"teacher": number, "matched": "编号", "hours": hours}
        name = f"{by} {day} {number}.xlsx"
        export = {
            **{"provider": "示例开放大学", "from": self.day, "until": self.day.replace()},
            "file": {"name": name, "digest": hashlib.sha256(name.encode()).hexdigest()},
            "people": [study if by == "school" else {"school": "wenhua-xiaoxue", **study}],
        }
        other = [each for each in self.tree.files if each.endswith(f"online-hours/{day}-{number}.yaml")]
        if other:
            self.refused(by, {path.replace(".yaml", "-2.yaml"): _yaml(export)})
            return
        self.lawful(by, {path: _yaml(export)})
        self.refused(by, {path.replace(".yaml", "-2.yaml"): _yaml(export)})

    @rule(account=st.sampled_from(["school", "beside"]))
    def somebody_else_gets_an_account(self, account: str) -> None:
        """Whoever had it until yesterday changes nothing any more."""
        office, path = self.over(account), f"submissions/{self.schools[account].rpartition('/')[0]}/accounts.yaml"
        value, before = self.value(path), self.day - datetime.timedelta(1)
        now = self.names.get(account, account)
        entry = next(each for each in value["accounts"] if each["account"] == now)
        if not self.is_there(account) or str(entry.get("from", "")) > str(before):
            return
        entry["until"] = before
        others = [each for each in value["accounts"] if each is not entry]
        name = f"{account}-{len(value['accounts'])}"
        new = {"account": name, "unit": self.schools[account], "from": self.day}
        self.lawful(office, {path: _yaml({"accounts": [*value["accounts"], new]})})
        self.names[account] = name
        self.refused(office, {path: _yaml({"accounts": [*others, new]})})
        unit = f"submissions/{self.schools[account]}/unit.yaml"
        errors = self.answer(now, {unit: self.tree.files[unit] + b"# later\n"})
        assert [each.code for each in errors] == ["PATH-OWNER"]

    @rule()
    def a_name_is_corrected(self) -> None:
        """The county first, in the round that runs or in one that is closed; the school where it still writes."""
        path, year = self.countys(f"acceptance/{self.day}.yaml"), self.year()
        acceptance = self.value(path) or {}
        if not year.acceptances or not year.roster:
            return
        teacher = year.teachers.get(_FIRST)
        if teacher is None:
            return
        name = "周雨情" if teacher.name == "周雨晴" else "周雨晴"
        entry = {
            "school": "wenhua-xiaoxue",
            "teacher": teacher.number,
            "name": name,
            "date": self.day,
            "reason": "登记时写错",
        }
        acceptance["corrections"] = [*acceptance.get("corrections", []), entry]
        self.lawful("office", {path: _yaml(acceptance)})
        if self.is_open():
            roster = self.value(self.own("teachers.yaml"))
            next(each for each in roster["teachers"] if str(each["number"]) == _FIRST)["name"] = name
            self.lawful("school", {self.own("teachers.yaml"): _yaml(roster)})

    @precondition(lambda self: self.is_open() and self.day > datetime.date(self.year().year, 12, 31))
    @rule()
    def the_keeper_closes_the_round(self) -> None:
        self.close(self.year().year)

    def close(self, year: int) -> None:
        programme, value = self.programme(), self.value(SETTINGS)
        for each in value["rounds"]:
            if each["year"] == year:
                each |= {"standard": STANDARD, "minimum_cell": 3, "closed": self.day}
        rows = {path: appended(None, found) for path, found in rows_due(programme, year).items()}
        self.lawful("keeper", {SETTINGS: _yaml(value), **rows})
        self.closed[year] = published_year(self.programme(), year)
        self.pages |= self.data(year)

    def data(self, year: int) -> dict[str, str]:
        """The open data of a round, by file."""
        found = open_data.files(self.programme(), [published_year(self.programme(), year)], [])
        return {path: text for path, text in found if f"-{year}." in path}

    @precondition(lambda self: self.day.month >= 11 and self.day.year < 2028)
    @rule(lower=st.booleans(), other=st.booleans(), gathers=st.booleans(), ends=st.booleans())
    def the_keeper_opens_the_next(self, *, lower: bool, other: bool, gathers: bool, ends: bool = False) -> None:
        """For fewer credits, by a table of its own, in a cycle with the one before, with certificates for one year."""
        value, year = self.value(SETTINGS), self.day.year + 1
        if year in [each["year"] for each in value["rounds"]]:
            return
        new: dict[str, Any] = {
            "year": year,
            "starts": datetime.date(year, 1, 1),
            "ends": datetime.date(year, 12, 31),
        }
        if lower:
            new["standard"] = STANDARD | {"credits": 10}
        if ends:
            new["certificate_years"] = 1
        before, changes = value["rounds"][-1], {}
        if gathers:
            new |= {"cycle": before.get("cycle", before["year"])}
            new |= {"guidance": before["guidance"]} if "guidance" in before else {}
        elif other:
            new["guidance"] = f"anhui-{year}"
            old = before.get("guidance", value["guidance"])
            for name in ("policy.yaml", "microabilities.csv"):
                text = self.tree.files[f"{TABLES}{old}/{name}"]
                text = _MORE.sub(rb"\g<1>6", _WORD.sub("\\g<1>数字资源的获取与评价".encode(), text))
                changes[f"{TABLES}anhui-{year}/{name}"] = _GONE.sub(b"", text)
        value["rounds"].append(new)
        self.lawful("keeper", {SETTINGS: _yaml(value), **changes})

    @rule(account=st.sampled_from(sorted(SCHOOLS)))
    def a_school_carries_its_roster_on(self, account: str) -> None:
        self.carry_on(account)

    def carry_on(self, account: str) -> None:
        school = self.schools[account]
        year = max(self.rosters(school), default=0) + 1
        if year not in [each["year"] for each in self.value(SETTINGS)["rounds"]]:
            return
        programme = self.programme()
        if programme.closed(year) or not self.is_there(account):  # it came to this school when that round was long over
            return
        if on := carried(programme, programme.units[school], year, on_rosters(programme, year)):
            self.lawful(account, {f"submissions/{school}/{year}/teachers.yaml": on.text.encode()})

    @rule(account=st.sampled_from(["office", "school", "beside"]), phone=st.integers(10**7, 10**8 - 1))
    def a_contact_sheet_is_filled_in(self, account: str, phone: int) -> None:
        """For whoever the settings name on that day; never as it is."""
        unit = COUNTY if account == "office" else self.schools[account]
        if "contacts" not in self.value(SETTINGS):
            self.the_key_of_the_contact_sheets_is_exchanged(rotated=True)
        if account != "office" and not self.is_there(account):
            return
        path, sheet = f"submissions/{unit}/contacts.age", Contacts(colleagues=(Colleague(office_phone=str(phone)),))
        self.refused(account, {path: msgspec.json.encode(sheet)})
        self.lawful(account, {path: encrypted(sheet, self.value(SETTINGS)["contacts"]["recipients"])})
        self.sheets[path] = self.newest()

    @rule(rotated=st.booleans())
    def the_key_of_the_contact_sheets_is_exchanged(self, *, rotated: bool) -> None:
        """The keeper names the new one; whoever has run `contacts rotate` is read by it and no more by the old."""
        value, new = self.value(SETTINGS), pyrage.x25519.Identity.generate()
        value["contacts"] = {"recipients": [str(new.to_public())]}
        self.lawful("keeper", {SETTINGS: _yaml(value)})
        self.identities.append(new)
        accounts = {"office": COUNTY, **{each: self.schools[each] for each in ("school", "beside")}}
        for account, unit in accounts.items() if rotated else ():
            path = f"submissions/{unit}/contacts.age"
            if path not in self.sheets or (account != "office" and not self.is_there(account)):
                continue
            old = self.identities[self.sheets[path]]
            plain = unseal(self.tree.files[path], old, path)
            self.lawful(account, {path: encrypted(plain, [str(new.to_public())])})
            with pytest.raises(UsageError, match="打不开"):
                unseal(self.tree.files[path], old, path)
            assert unseal(self.tree.files[path], new, path) == plain
            self.sheets[path] = self.newest()

    def newest(self) -> int:
        """Which of the identities the settings name."""
        (public,) = self.value(SETTINGS)["contacts"]["recipients"]
        return [str(each.to_public()) for each in self.identities].index(public)

    @rule(data=st.data())
    def two_write_at_the_same_time(self, data: st.DataObject) -> None:
        """The later began from the main that the earlier found, and is merged, told, or does it once more.

        Git says where both changed one file; the later then begins again from the new main, as the guide says.
        """
        before = self.known_now()
        names = [name for name, can in self.at_once().items() if can]
        earlier, later = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
        self.pushed = []
        self.do(later)
        pushed, theirs = self.pushed, self.known_now()
        self.becomes(before)
        self.do(earlier)
        first = self.known_now()
        for account, changes in pushed:
            found, old = self.tree.files, before["tree"].files
            if any(found.get(path) not in (old.get(path), text) for path, text in changes.items()):
                break
            allowed = may_change(self.programme(), Author(account), "")
            if errors := self.answer(account, changes):
                assert all(allowed(each.path) for each in errors), [(each.code, each.path) for each in errors]
                break
        else:
            both = {name: _merged(before[name], first[name], theirs[name]) for name in _OF_THE_TREE if name != "tree"}
            self.becomes({**both, "tree": self.tree})
            return
        self.becomes(first)
        if self.at_once()[later]:
            self.do(later)

    def at_once(self) -> dict[str, bool]:
        """What people do in one push each, and whether it can be done now."""
        year, is_open = self.year(), self.is_open()
        reviewed = is_open and bool(year.reviews)
        return {
            "a colleague joins": is_open,
            "reviews": reviewed,
            "looks": reviewed and self.day.year == year.year,
            "concludes": reviewed,
            "recognises": bool(is_open and (last := year.accepted) and not last.recognition),
            "issues": True,
            "corrects a name": True,
            "inspects": True,
            "carries the roster on": True,
            "is called otherwise": True,
            "closes the round": is_open and self.day > datetime.date(year.year, 12, 31),
        }

    def do(self, what: str) -> None:
        year = self.year()
        deeds: dict[str, Callable[[], None]] = {
            "a colleague joins": self.a_colleague_joins,
            "reviews": lambda: self.the_school_reviews_again("合格", 0),
            "looks": lambda: self.look(*min(self.latest())),
            "concludes": lambda: self.the_county_concludes(good=True),
            "recognises": self.the_county_recognises,
            "issues": lambda: self.sign(year.year),
            "corrects a name": self.a_name_is_corrected,
            "inspects": lambda: self.the_city_inspects("检查"),
            "carries the roster on": lambda: self.carry_on("school"),
            "is called otherwise": self.the_office_is_called_otherwise,
            "closes the round": lambda: self.close(year.year),
        }
        deeds[what]()

    def known_now(self) -> dict[str, Any]:
        return {name: copy.copy(getattr(self, name)) for name in _OF_THE_TREE}

    def becomes(self, what: Mapping[str, Any]) -> None:
        for name, value in what.items():
            setattr(self, name, copy.copy(value))
        self.known = self.sound = None

    @precondition(lambda self: len(self.backups) > 1)
    @rule(ago=st.integers(1, 3))
    def the_server_comes_back_from_a_backup(self, ago: int) -> None:
        """What was done since is gone, but for what people hold in their hands; everybody goes on from there."""
        del self.backups[-min(ago, len(self.backups) - 1) :]
        self.becomes(self.backups[-1])

    # What nobody may do

    @precondition(lambda self: bool(self.closed))
    @rule(account=st.sampled_from(["school", "office", "keeper"]))
    def a_paper_of_a_closed_round_is_changed(self, account: str) -> None:
        path = f"submissions/{SCHOOL}/{min(self.closed)}/teachers.yaml"
        self.refused(account, {path: self.tree.files[path] + b"# later\n"})

    @precondition(lambda self: bool(self.closed))
    @rule()
    def the_figures_of_a_closed_round_are_changed(self) -> None:
        path = f"submissions/{COUNTY}/{min(self.closed)}/figures.csv"
        self.refused("keeper", {path: self.tree.files[path].replace(b",0,", b",1,", 1)})

    @rule(data=st.data())
    def a_decision_is_taken_away(self, data: st.DataObject) -> None:
        """Whatever an office or a keeper has decided, in whatever round: as a file."""
        found = [path for path in sorted(self.tree.files) if (at := placed(path)) and at.kind.name in _DECIDED]
        path = data.draw(st.sampled_from(found))
        office = "keeper" if path.endswith("figures.csv") else "office" if COUNTY in path else "city"
        self.refused(office, {path: None})

    @precondition(lambda self: self.is_open() and bool(self.year().acceptances))
    @rule(early=st.booleans())
    def the_county_concludes_on_a_wrong_day(self, *, early: bool) -> None:
        """Before what it has concluded already, or when the round will be over."""
        year = self.year()
        last = datetime.date.fromisoformat(year.acceptances[-1].date)
        day = last - datetime.timedelta(1) if early else datetime.date(year.year + 1, 1, 1)
        entry = {
            "school": "wenhua-xiaoxue",
            "conclusion": "限期整改",
            "date": day,
            "mode": "专家抽查",
            "by": ["高建国", "沈月华"],
            "opinion": "日期写错了的一次。",
        }
        path = self.countys(f"acceptance/{day}-2.yaml")
        if (path not in self.tree.files and day > self.day) or early:
            self.refused("office", {path: _yaml({"acceptances": [entry]})})

    @rule(kind=st.sampled_from(["验收", "检查", "抽检"]))
    def the_city_inspects(self, kind: str) -> None:
        year = self.year().year
        path = f"submissions/{CITY}/{year}/inspections.yaml"
        if not self.is_open() or self.day.year != year:
            return
        value = self.value(path) or {"inspections": []}
        value["inspections"].append(
            {"unit": COUNTY, "kind": kind, "date": self.day, "conclusion": "合格", "by": ["罗文清"]}
        )
        if [each["date"] for each in value["inspections"]].count(self.day) == 1:
            self.lawful("city", {path: _yaml(value)})

    @precondition(lambda self: any(path.endswith("register.csv") for path in self.tree.files))
    @rule()
    def the_register_is_changed(self) -> None:
        path = max(path for path in self.tree.files if path.endswith("register.csv"))
        head, _, row = self.tree.files[path].rstrip(b"\n").rpartition(b"\n")
        self.refused("office", {path: head + b"\n" + row.replace(b"3499", b"3498", 1) + b"\n"})

    @precondition(lambda self: self.year().recognised is not None and self.is_open())
    @rule()
    def a_recognised_review_is_changed(self) -> None:
        review = next(iter(self.year().reviews))
        self.refused("school", {review.path: self.tree.files[review.path].replace("合格".encode(), "优秀".encode(), 1)})

    # What always holds

    @invariant()
    def main_is_sound(self) -> None:
        if self.sound == (self.tree, self.day):
            return
        self.sound = self.tree, self.day
        loaded = self.read(self.tree)
        programme = assemble(loaded, self.day.isoformat(), earlier=Earlier(self.tree, self.tree))
        found = [*loaded.findings, *judge(all_rules(), programme)]
        assert not [(each.code, each.path, each.message) for each in found if each.severity == "error"]
        self.backups.append(self.known_now())

    @invariant()
    def no_number_is_ever_given_to_two(self) -> None:
        """Not even where a backup lacks the ledger in which it stood."""
        for row in _ledgers(self.tree):
            whose = row["teacher"], row["microability"]
            assert self.out_there.setdefault(row["number"], whose) == whose

    @invariant()
    def contact_sheets_open_for_whom_they_were_sealed(self) -> None:
        for path, place in self.sheets.items():
            unseal(self.tree.files[path], self.identities[place], path)

    @invariant()
    def closed_rounds_say_what_they_said(self) -> None:
        if self.closed:
            programme = self.programme()
            for year, said in self.closed.items():
                assert published_year(programme, year) == said
                now = self.data(year)
                assert {path: self.pages[path] for path in now} == now

    @invariant()
    def certificates_stay_good(self) -> None:
        programme, day = self.programme(), self.day.isoformat()
        term = {each["year"]: each.get("certificate_years", 99) for each in self.value(SETTINGS)["rounds"]}
        for row in _ledgers(self.tree):
            number, issued = row["number"], datetime.date.fromisoformat(row["issued"])
            is_over = (self.day.year - issued.year, self.day.timetuple()[1:3]) > (
                term[int(number[:4])],
                issued.timetuple()[1:3],
            )
            states = (REVOKED, REPLACED) if number in self.revoked else (EXPIRED,) if is_over else (VALID,)
            said = judge_number(programme, number, day)
            assert said.state in ((UNKNOWN,) if number in self.doubted else states), said

    def teardown(self) -> None:
        """Whatever has happened: pages and data of the last tree can be made, and an open school can go on."""
        programme = self.programme()
        assert sum(1 for _ in all_pages(programme)) > 0
        if self.is_open():
            self.a_colleague_joins()

    @invariant()
    def the_register_only_grows_and_what_was_recognised_stays(self) -> None:
        programme = self.programme()
        for path, data in self.tree.files.items():
            if path.endswith("register.csv"):
                lines = data.splitlines()
                assert lines[: len(self.rows.get(path, []))] == self.rows.get(path, [])
                self.rows[path] = lines
        for year in programme.units[SCHOOL].years:
            found = programme.school_year(programme.units[SCHOOL], year)
            for each in recognised(programme, found) if found.recognised is not None else ():
                said = (each.online, each.practice, each.abilities, each.credits)
                assert self.kept.setdefault((year, each.teacher.number), said) == said


def _ledgers(tree: Past) -> list[dict[str, str]]:
    """All rows of all ledgers, whatever the program makes of them."""
    texts = [data.decode() for path, data in tree.files.items() if path.endswith("/certificates.csv")]
    return [row for text in texts for row in csv.DictReader(text.splitlines())]


def _decisions_as_in_version_1(tree: Past) -> Past:
    """A tree with a county's decisions of the base's round where the first version of the schemas had them."""
    start = f"submissions/{COUNTY}/2026/"
    moved = {f"{start}{name}/1.yaml": f"{start}{name}.yaml" for name in ("approvals", "acceptance")}
    return Past({moved.get(path, path): data for path, data in tree.files.items()})


def _as_version_1(tree: Past) -> Past:
    """All of it: the guidance's table beside the settings too, and its policy in them."""
    files = dict(_decisions_as_in_version_1(tree).files)
    folder = f"{TABLES}anhui-2.0/"
    policy = msgspec.yaml.decode(files.pop(f"{folder}policy.yaml"))
    table = "submissions/microabilities.csv"
    files[table] = files.pop(f"{folder}microabilities.csv")
    assert former_tables(files) == [table]
    settings = {name: each for name, each in msgspec.yaml.decode(files[SETTINGS]).items() if name != "guidance"}
    standard = policy.pop("standard")
    files[SETTINGS] = _yaml({**settings, "policy": policy, "standard": standard})
    return Past(files)


def _merged(before: Any, one: Any, other: Any) -> Any:
    """What two who began from the same know together."""
    if other == before:
        return one
    if one == before:
        return other
    if isinstance(before, dict):
        gone = {key for key in before if key not in one or key not in other}
        return {key: each for key, each in {**one, **other}.items() if key not in gone}
    return one | other if isinstance(before, set) else max(one, other)


def _came_back(row: dict[str, Any]) -> bool:
    """Whether somebody's row says that they went to another school and came back later, from whatever school."""
    joined, left = row.get("joined"), row.get("left")
    return bool(joined and left and joined.get("from") and left.get("to") and str(joined["date"]) > str(left["date"]))


def _player(number: int) -> type[Any]:
    """One of four that play side by side where there are cores; forty histories together, in `make soak` 2,000."""
    machine: Any = type(f"Years{number}", (Years,), {})
    machine.TestCase.settings = settings(max_examples=examples(10), stateful_step_count=14, deadline=None)
    played: type[Any] = pytest.mark.soak(machine.TestCase)
    return played


TestYears1, TestYears2, TestYears3, TestYears4 = map(_player, range(1, 5))
