"""The records as typed, frozen structs. Written by `make types` from schemas/*.schema.json: edit the schemas."""

from __future__ import annotations

import msgspec


class SchoolAcceptance(msgspec.Struct, frozen=True, kw_only=True):
    """acceptance.schema.json: 验收"""

    school: str
    conclusion: str
    date: str
    mode: str
    by: tuple[str, ...]
    opinion: str
    recognition: Recognition | None = None


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """acceptance.schema.json: 认定"""

    date: str
    document: str


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """acceptance.schema.json: 县级验收与认定"""

    acceptances: tuple[SchoolAcceptance, ...]


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """approvals.schema.json: 审核"""

    school: str
    decision: str
    date: str
    by: str
    filing: str | None = None
    opinion: str | None = None


class Approvals(msgspec.Struct, frozen=True, kw_only=True):
    """approvals.schema.json: 规划审核备案"""

    approvals: tuple[Approval, ...]


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """case.schema.json: 同意与授权"""

    author: bool
    students: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """case.schema.json: 案例与课例"""

    title: str
    type: str
    excellent: bool = False
    author: str
    teacher: str | None = None
    date: str
    stage: str | None = None
    subject: str | None = None
    microabilities: tuple[str, ...] = ()
    environment: str | None = None
    problem: str
    summary: str
    consent: Consent
    body: str


class CertificateEntry(msgspec.Struct, frozen=True, kw_only=True):
    """certificates.schema.json: 证书"""

    number: str
    teacher: str
    name: str
    school_code: str
    school: str
    microability: str
    title: str
    dimension: str
    environment: str
    credits: int
    level: str
    issuer: str
    issued: str
    basis: str
    replaces: str | None = None


class Certificates(msgspec.Struct, frozen=True, kw_only=True):
    """certificates.schema.json: 证书台账"""

    certificates: tuple[CertificateEntry, ...]


class Microability(msgspec.Struct, frozen=True, kw_only=True):
    """microabilities.schema.json: 微能力"""

    code: str
    dimension: str
    name: str
    environment: str
    credits: int


class Microabilities(msgspec.Struct, frozen=True, kw_only=True):
    """microabilities.schema.json: 微能力表"""

    microabilities: tuple[Microability, ...]


class EnvironmentState(msgspec.Struct, frozen=True, kw_only=True):
    """plan.schema.json: 环境现状"""

    environment: str
    state: str


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """plan.schema.json: 目标"""

    goal: str
    for_: str | None = msgspec.field(name="for", default=None)
    baseline: str
    target: str
    measure: str
    deadline: str
    person: str


class TrainingItem(msgspec.Struct, frozen=True, kw_only=True):
    """plan.schema.json: 培训安排"""

    theme: str
    mode: str
    hours: float
    when: str
    person: str | None = None


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """plan.schema.json: 指导"""

    team: str
    members: tuple[str, ...]
    date: str
    opinion: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """plan.schema.json: 学校信息化发展规划"""

    submitted: str
    development: str
    environments: tuple[EnvironmentState, ...]
    needs: str
    goals: tuple[Goal, ...]
    offered: tuple[str, ...]
    themes: tuple[str, ...]
    training: tuple[TrainingItem, ...]
    guided_by: Guidance
    assessment: str | None = None
    safeguards: str | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """programme.schema.json: 政策依据"""

    title: str
    status: str
    basis: tuple[str, ...] = ()


class Standard(msgspec.Struct, frozen=True, kw_only=True):
    """programme.schema.json: 学分与学时标准"""

    credits: int
    online_hours: int
    practice_hours: int
    practice_share: int


class RoundSettings(msgspec.Struct, frozen=True, kw_only=True):
    """programme.schema.json: 轮次"""

    year: int
    starts: str
    ends: str
    deadlines: tuple[Deadline, ...] = ()


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """programme.schema.json: 期限"""

    task: str
    date: str
    who: str | None = None
    clause: str | None = None


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """programme.schema.json: 公开设置"""

    site_name: str
    site_url: str | None = None
    minimum_cell: int
    contact: str | None = None


class Programme(msgspec.Struct, frozen=True, kw_only=True):
    """programme.schema.json: 工程总配置"""

    name: str
    policy: Policy
    standard: Standard
    rounds: tuple[RoundSettings, ...]
    publication: Publication


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """regions.schema.json: 区划"""

    code: str
    name: str
    level: str
    type: str
    city_code: str | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str | None = None


class Regions(msgspec.Struct, frozen=True, kw_only=True):
    """regions.schema.json: 行政区划表"""

    regions: tuple[Region, ...]


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """review.schema.json: 评审组"""

    mode: str
    team: str | None = None
    members: tuple[Reviewer, ...]


class Reviewer(msgspec.Struct, frozen=True, kw_only=True):
    """review.schema.json: 评审人"""

    name: str
    from_: str = msgspec.field(name="from")
    unit: str
    teacher: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """review.schema.json: 评审结果"""

    teacher: str
    microability: str
    level: str
    reviewers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    suggestion: str | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """review.schema.json: 证据"""

    form: str
    title: str
    where: str | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """review.schema.json: 学校评审记录"""

    date: str
    standard: str
    panel: Panel
    results: tuple[Result, ...]


class Teacher(msgspec.Struct, frozen=True, kw_only=True):
    """teachers.schema.json: 教师"""

    number: str
    name: str
    subject: str
    stage: str
    group: str | None = None
    backbone: bool = False
    goal: str | None = None
    choices: tuple[str, ...] = ()
    adviser: str | None = None
    declared: str | None = None
    hours: Hours | None = None
    exempt: Exemption | None = None


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """teachers.schema.json: 学时"""

    online: float
    practice: float


class Exemption(msgspec.Struct, frozen=True, kw_only=True):
    """teachers.schema.json: 免考"""

    reason: str | None = None
    note: str | None = None
    approved_by: str | None = None
    date: str | None = None


class Teachers(msgspec.Struct, frozen=True, kw_only=True):
    """teachers.schema.json: 教师名册与选学"""

    teachers: tuple[Teacher, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """team.schema.json: 成员"""

    name: str
    duty: tuple[str, ...] = ()
    role: str | None = None
    unit: str | None = None
    institution: str | None = None
    position: str | None = None
    teacher: str | None = None
    category: str | None = None
    employment: str | None = None
    stage: str | None = None
    subject: str | None = None


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """team.schema.json: 团队名单"""

    established: str | None = None
    document: str | None = None
    lead_department: str | None = None
    host_institution: str | None = None
    members: tuple[Member, ...]


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """unit.schema.json: 单位信息"""

    level: str
    code: str
    name: str
    demo: bool = False
    authority: str | None = None
    type: str | None = None
    principal: str | None = None
    environments: tuple[str, ...] = ()
    center: str | None = None
    rural: bool = False


ROOTS: dict[str, type[msgspec.Struct]] = {
    "acceptance": Acceptance,
    "approvals": Approvals,
    "case": Case,
    "certificates": Certificates,
    "microabilities": Microabilities,
    "plan": Plan,
    "programme": Programme,
    "regions": Regions,
    "review": Review,
    "teachers": Teachers,
    "team": Team,
    "unit": Unit,
}
