"""What a guidance says of the program's rules, fields, papers and pages: the clause of each, and its numbers.

The code says what it does, and what this project decides; what a guidance asks for stands in its folder
(`rulebook.yaml`, quoting `clauses.yaml`), so that another one brings its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from wholeschool.authority import OURS, Voice, because, voices
from wholeschool.records import structs as s

Sort = Literal["fields", "papers", "pages"]
CONFIGURED = "本工程的配置"
PAGES: Mapping[str, str] = {
    "standard.all": "首页、合格率页：学分和学时的数",
    "standard.credits": "目录、网页填报：学分的数",
    "steps": "首页、学校页：五个步骤",
    "catalogue.table": "目录：微能力表",
    "judged": "目录、考核规范：怎么评",
    "cases": "案例库",
    "abilities.chosen": "各类微能力：选学人次",
    "abilities.passed": "各类微能力：通过人次",
    "rates.due": "合格率页：应考",
    "rates.chosen": "合格率页：选满",
    "rates.trained": "合格率页：学满学时",
    "rates.passed": "合格率页：考核合格",
    "rates.accepted": "合格率页：验收认定",
    "rates.rate": "合格率页：考核合格率",
    "rates.accepted-rate": "合格率页：验收合格率",
    "registers.authority": "公开登记：责任主体",
    "registers.teams": "公开登记：团队",
    "registers.documents": "公开登记：现行文件",
    "registers.pilots": "公开登记：试点",
    "registers.plans": "公开登记：规划备案",
    "registers.schools": "公开登记：学校文件",
    "registers.inspections": "公开登记：检查验收",
    "registers.draws": "公开登记：抽样公告",
    "registers.projects": "公开登记：项目",
    "registers.providers": "公开登记：承担机构",
    "registers.resources": "公开登记：资源库",
    "registers.uses": "公开登记：结果应用",
    "registers.help": "学校文件：县里帮学校定的",
    "kept.approved": "督导和校长考核用的材料：规划备案",
    "kept.chosen": "同上：选学",
    "kept.trained": "同上：学时",
    "kept.reviewed": "同上：参加考核",
    "kept.passed": "同上：考核合格",
    "kept.accepted": "同上：县级验收",
    "kept.rate": "同上：县级认定",
    "kept.certified": "同上：证书",
    "kept.cases": "同上：案例和课例",
    **{f"indicators.{number}": f"指标页：第 {number} 项" for number in range(1, 15)},
}
"""The passages of pages and papers that may cite a clause, and where they stand."""
PAPERS = frozenset(
    {
        *("acceptance", "annex3", "annex4", "appraisal", "cases"),
        *("choices", "consultations", "declarations", "feedback", "group-plans"),
        *("inspections", "inspectorate", "outline-assessment-rules", "outline-implementation", "outline-incentives"),
        *("outline-team-measures", "outline-trainer-measures", "performance", "plan", "plan-filing"),
        *("plan-filings", "portfolios", "principal", "recognition", "results"),
        *("reviews", "scheme", "school-indicators", "school-team", "selection"),
        *("spot-checks", "task-sheets", "training-team", "work-plan"),
    }
)
"""The papers, by their names on the command line."""
_HEADINGS = {"编号": "code", "维度": "dimension", "微能力": "name", "所属环境": "environment", "学分": "credits"}
"""The headings of a table of microabilities in a clause, and the columns of `microabilities.csv` that they mean."""
_TABLE = "编号、维度、微能力"
_FIGURE = re.compile("[0-9]+")


class Bounds(NamedTuple):
    """How few and how many of something a guidance asks for; None where it does not say."""

    fewest: int | None
    most: int | None

    def hold(self, count: int) -> bool:
        """Whether so many are right."""
        return self.lacking(count) == 0

    def lacking(self, count: int) -> int:
        """1 where there are too few, -1 where there are too many, else 0."""
        return int(self.fewest is not None and count < self.fewest) - int(self.most is not None and count > self.most)

    def said(self, unit: str) -> str:
        """As people say it: 3–5 人."""
        if self.fewest is None or self.most is None:
            return self.within + (f" {unit}" if self != (None, None) else "")
        return f"{self.fewest} {unit}" if self.fewest == self.most else f"{self.fewest}–{self.most} {unit}"

    @property
    def within(self) -> str:
        """Between which numbers: 在 3–5 之间."""
        if self.fewest is None:
            return "不限" if self.most is None else f"不超过 {self.most}"
        if self.fewest == self.most:
            return f"正好 {self.fewest}"
        return f"不少于 {self.fewest}" if self.most is None else f"在 {self.fewest}–{self.most} 之间"


class Rulebook:
    """The rulebook of one guidance; of one that has none, every rule is used, and this project speaks for it.

    `without` is what the guidance knows nothing of, as schemas call it (`records.schema.Terms`).
    """

    def __init__(
        self,
        data: s.Rulebook | None = None,
        clauses: s.Clauses | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.without = without
        self._data = data or s.Rulebook(rules=())
        self.clauses = clauses.clauses if clauses else ()
        self._rules = {each.rule: each for each in self._data.rules}
        self.unused = frozenset(self._data.unused)
        self.filings = self._data.filings

    def quoted(self, code: str) -> tuple[Voice, ...]:
        """What the guidance says for a rule, in its words."""
        found = self._rules.get(code)
        return tuple(Voice("指导意见", each.clause, each.words) for each in found.basis) if found else ()

    def voices(self, code: str, own: str, reason: str) -> tuple[Voice, ...]:
        """Who asks for a rule: the guidance, then who its `own` authority names (see `wholeschool.authority`).

        Where nobody does, this project for a `reason`, which is also that of `OURS` alone.
        """
        quoted = self.quoted(code)
        ours = because(reason) if own == OURS or not (own or quoted) else own
        return quoted + (voices(ours) if ours else ())

    def bounds(self, code: str) -> Bounds:
        """The numbers of a rule: none where the guidance gives none, so that any number is right."""
        found = self._rules.get(code)
        return Bounds(found.fewest, found.most) if found and code not in self.unused else Bounds(None, None)

    def listed(self, code: str) -> tuple[str, ...]:
        """What the guidance lists for a rule to look for."""
        found = self._rules.get(code)
        return found.listed if found and code not in self.unused else ()

    @cached_property
    def _clauses_of(self) -> Mapping[Sort, Mapping[str, str]]:
        return {
            "fields": {name: each.clause for each in self._data.places for name in each.fields},
            "papers": {name: each.clause for each in self._data.places for name in each.papers},
            "pages": {name: each.clause for each in self._data.places for name in each.pages},
        }

    def mark(self, paper: str) -> str:
        """What the guidance calls a form that is filed; empty where it has no name for it."""
        return next((each.mark for each in self.filings if each.paper == paper and each.mark), "")

    @cached_property
    def of_fields(self) -> frozenset[tuple[str, str]]:
        """Each field with its clause, as schemas take them (`records.schema.Terms`)."""
        return frozenset(self._clauses_of["fields"].items())

    def clause(self, sort: Sort, name: str) -> str:
        """The clause for which there is a field, a paper or a passage of a page; empty where it names none."""
        return self._clauses_of[sort].get(name, "")

    def places(self, sort: Sort) -> Mapping[str, str]:
        """Everything of a sort with its clause, by name."""
        return self._clauses_of[sort]

    def requirement(self, place: str) -> str:
        """The number of the requirement to which a passage of a page leads; empty where there is none."""
        clause = self.clause("pages", place)
        return next((each.requirement or "" for each in self._data.places if each.clause == clause), "")

    def says(self, clause: str, words: str) -> bool:
        """Whether a clause has these very words."""
        return any(each.clause == clause and words in each.words for each in self.clauses)

    def source(self, clause: str, *numbers: int) -> str:
        """The clause for the numbers that it has; else the configuration.

        So a number that a programme has set otherwise is not put in the guidance's mouth. Whether a clause without any
        figures has them in words, nobody can tell here: it is believed.
        """
        there = {figure for each in self.clauses if each.clause == clause for figure in _FIGURE.findall(each.words)}
        return clause if clause and (not there or there.issuperset(map(str, numbers))) else CONFIGURED

    def knows(self, clause: str) -> bool:
        """Whether there is such a clause, or one below it."""
        return any(each.clause == clause or each.clause.startswith(f"{clause} ") for each in self.clauses)

    @cached_property
    def table(self) -> s.Clause | None:
        """The clause that holds the table of microabilities; None where none does.

        It is one sentence: the headings and then each row, with ；between rows and 、 between cells.
        """
        return next((each for each in self.clauses if each.words.startswith(_TABLE)), None)

    def tabled(self) -> Mapping[str, Mapping[str, str]]:
        """What that table says of each microability by its code: the columns of `microabilities.csv` that it has.

        Empty where a part of it cannot be told (`table_problem`).
        """
        if self.table is None or self.table_problem():
            return {}
        headings, *rows = _cells(self.table.words)
        read = (dict(zip(map(_HEADINGS.__getitem__, headings), row, strict=True)) for row in rows)
        return {row["code"]: row for row in read}

    def table_problem(self) -> str:
        """What keeps that table from being read; empty where nothing does."""
        headings, *rows = _cells(self.table.words) if self.table else [[]]
        if strange := [each for each in headings if each not in _HEADINGS]:
            return f"表头的“{strange[0]}”不认得"
        if len(set(headings)) < len(headings):
            return "表头有两栏同名"
        for row in rows:
            if len(row) != len(headings):
                return f"表里“{row[0]}”这一行有 {len(row)} 格，表头有 {len(headings)} 格"
        return ""


def _cells(words: str) -> list[list[str]]:
    return [row.split("、") for row in words.rstrip("。；").split("；")]
