"""The records as typed, frozen structs. Written by `make types` from the schemas: edit those."""

from __future__ import annotations

import msgspec


class AbilityFigure(msgspec.Struct, frozen=True, kw_only=True):
    """人次"""

    school: str | None = None
    dimension: str | None = None
    environment: str | None = None
    code: str | None = None
    chosen: int
    passed: int


class AbilityFigures(msgspec.Struct, frozen=True, kw_only=True):
    """公布的各类微能力"""

    abilities: tuple[AbilityFigure, ...]


class SchoolAcceptance(msgspec.Struct, frozen=True, kw_only=True):
    """验收"""

    school: str
    conclusion: str
    date: str
    mode: str
    by: tuple[str, ...]
    seen: str | None = None
    opinion: str
    recognition: Recognition | None = None


class NameCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """姓名更正"""

    school: str
    teacher: str
    name: str
    date: str
    reason: str


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """认定"""

    date: str
    document: str


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """县级验收与认定"""

    acceptances: tuple[SchoolAcceptance, ...] = ()
    corrections: tuple[NameCorrection, ...] = ()


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """账号"""

    account: str
    id: str | None = None
    unit: str
    from_: str | None = msgspec.field(name="from", default=None)
    until: str | None = None


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """账号"""

    accounts: tuple[Account, ...]


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """活动"""

    date: str
    theme: str
    kind: str | None = None
    form: str | None = None
    link: str | None = None
    channel: str | None = None
    mode: str
    group: str | None = None
    subject: str | None = None
    problem: str | None = None
    standard: str | None = None
    equipment: str | None = None
    microabilities: tuple[str, ...] = ()
    hours: ActivityHours | None = None
    provider: str | None = None
    participants: tuple[str, ...]
    evidence: tuple[str, ...] = ()


class ActivityHours(msgspec.Struct, frozen=True, kw_only=True):
    """学时"""

    kind: str
    count: float


class Activities(msgspec.Struct, frozen=True, kw_only=True):
    """研修与实践活动"""

    activities: tuple[Activity, ...]


class PopulationSeal(msgspec.Struct, frozen=True, kw_only=True):
    """总体"""

    people: int
    sha256: str


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """漏查的风险"""

    missed: float
    wrong: float


class PublicValue(msgspec.Struct, frozen=True, kw_only=True):
    """公开数值"""

    source: str
    day: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """抽样结果"""

    date: str
    numbers: str
    where: str
    seed: str
    sample: tuple[str, ...]


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """取消"""

    date: str
    reason: str


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """抽样公告"""

    announced: str
    stage: str
    commit: str
    population: PopulationSeal
    ratio: float | None = None
    count: int | None = None
    risk: Risk | None = None
    strata: tuple[str, ...] = ()
    value: PublicValue
    drawn: Drawn | None = None
    cancelled: Cancelled | None = None


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """申诉"""

    teacher: str
    microability: str
    school: str | None = None
    against: str
    received: str
    reason: str
    late: str | None = None
    conclusion: Ruling | None = None


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """处理"""

    decision: str
    date: str
    by: tuple[str, ...]
    reason: str


class Appeals(msgspec.Struct, frozen=True, kw_only=True):
    """申诉"""

    appeals: tuple[Appeal, ...]


class MemberAppraisal(msgspec.Struct, frozen=True, kw_only=True):
    """成员考评"""

    team: str
    name: str
    date: str | None = None
    tasks: tuple[TaskAppraisal, ...] = ()
    conclusion: str
    award: str | None = None
    note: str | None = None


class TaskAppraisal(msgspec.Struct, frozen=True, kw_only=True):
    """任务考评"""

    task: str
    level: str
    basis: str | None = None


class Appraisal(msgspec.Struct, frozen=True, kw_only=True):
    """团队考评"""

    date: str | None = None
    members: tuple[MemberAppraisal, ...]


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """审核"""

    school: str
    decision: str
    date: str
    by: str
    filing: str | None = None
    opinion: str | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """挂靠"""

    school: str
    center: str
    date: str
    by: str


class Approvals(msgspec.Struct, frozen=True, kw_only=True):
    """规划审核备案"""

    approvals: tuple[Approval, ...] = ()
    branches: tuple[Attachment, ...] = ()


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """同意与授权"""

    author: bool
    students: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """案例与课例"""

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
    """证书"""

    number: str
    teacher: str
    name: str
    school_code: str
    school: str
    microability: str
    title: str
    dimension: str = ""
    environment: str = ""
    credits: int = 1
    level: str = ""
    issuer: str
    issued: str
    basis: str
    replaces: str | None = None
    key: str | None = None
    seal: str | None = None


class Certificates(msgspec.Struct, frozen=True, kw_only=True):
    """证书台账"""

    certificates: tuple[CertificateEntry, ...]


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """一句条款"""

    clause: str
    words: str
    requirements: tuple[str, ...] = ()


class Clauses(msgspec.Struct, frozen=True, kw_only=True):
    """指导意见的条款"""

    clauses: tuple[Clause, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """文件"""

    title: str
    kind: str
    status: str
    number: str | None = None
    date: str
    year: int | None = None
    where: str | None = None
    summary: str | None = None


class Documents(msgspec.Struct, frozen=True, kw_only=True):
    """文件登记"""

    documents: tuple[Document, ...]


class EvidenceSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """提交"""

    teacher: str
    microability: str
    date: str
    items: tuple[EvidenceItem, ...]
    original: bool
    students: str


class EvidenceItem(msgspec.Struct, frozen=True, kw_only=True):
    """证据"""

    form: str
    title: str
    where: str | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """成果与声明"""

    submissions: tuple[EvidenceSubmission, ...]


class FigureEntry(msgspec.Struct, frozen=True, kw_only=True):
    """数字"""

    school: str | None = None
    name: str
    sample: str | None = None
    schools: int
    recognised: int
    due: int
    exempt: int | None = None
    chosen: int | None = None
    trained: int | None = None
    passed: int | None = None
    accepted: int | None = None
    complete: str
    step: int | None = None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """公布的合格率"""

    figures: tuple[FigureEntry, ...]


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """报送"""

    paper: str
    form: str
    copies: int | None = None
    date: str
    by: str | None = None


class Filings(msgspec.Struct, frozen=True, kw_only=True):
    """报送登记"""

    filings: tuple[Filing, ...]


class SubjectPlan(msgspec.Struct, frozen=True, kw_only=True):
    """学科研修计划"""

    subject: str
    content: str


class Consultation(msgspec.Struct, frozen=True, kw_only=True):
    """协商记录"""

    date: str
    participants: tuple[str, ...]
    conclusion: str
    points: tuple[DeclaredPoint, ...]


class DeclaredPoint(msgspec.Struct, frozen=True, kw_only=True):
    """申报点"""

    teacher: str
    goal: str
    microabilities: tuple[str, ...]


class StudyArrangement(msgspec.Struct, frozen=True, kw_only=True):
    """研修安排"""

    when: str
    content: str
    kind: str | None = None
    hours: float | None = None
    person: str | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """教研组"""

    name: str
    leader: str
    subjects: tuple[str, ...] = ()
    theme: str
    problem: str | None = None
    standard: str | None = None
    plan: tuple[StudyArrangement, ...]
    subject_plan: tuple[SubjectPlan, ...] = ()
    consultation: Consultation | None = None


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """检查"""

    unit: str
    kind: str
    date: str
    conclusion: str
    by: tuple[str, ...]
    opinion: str | None = None


class Inspections(msgspec.Struct, frozen=True, kw_only=True):
    """检查验收"""

    inspections: tuple[Inspection, ...]


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """公钥"""

    id: str
    public: str
    site: str
    starts: str
    ends: str | None = None
    counties: tuple[str, ...] = ()
    demo: bool = False
    revoked: KeyRevocation | None = None


class KeyRevocation(msgspec.Struct, frozen=True, kw_only=True):
    """作废"""

    date: str
    reason: str
    since: str | None = None
    commit: str | None = None
    kept: tuple[KeptLedger, ...] = ()


class KeptLedger(msgspec.Struct, frozen=True, kw_only=True):
    """钉下的台账"""

    county: str
    year: int
    rows: int
    listed: str
    revoked: int
    status: str


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """签发公钥"""

    keys: tuple[SigningKey, ...]


class Microability(msgspec.Struct, frozen=True, kw_only=True):
    """微能力"""

    code: str
    dimension: str = ""
    name: str
    environment: str = ""
    credits: int = 1
    english: str | None = None
    after: str | None = None


class Microabilities(msgspec.Struct, frozen=True, kw_only=True):
    """微能力表"""

    microabilities: tuple[Microability, ...]


class Nomination(msgspec.Struct, frozen=True, kw_only=True):
    """推荐人选"""

    name: str
    category: str
    stage: str | None = None
    subject: str | None = None
    unit: str
    institution: str | None = None
    position: str
    title: str | None = None
    education: str | None = None
    expertise: str
    honours: str | None = None
    works: str | None = None
    committed: bool = False


class Nominations(msgspec.Struct, frozen=True, kw_only=True):
    """省级培训团队推荐"""

    nominations: tuple[Nomination, ...]


class ExportedFile(msgspec.Struct, frozen=True, kw_only=True):
    """原来的文件"""

    name: str
    digest: str


class OnlineStudy(msgspec.Struct, frozen=True, kw_only=True):
    """一位教师的学时"""

    school: str | None = None
    teacher: str
    matched: str
    hours: float
    sessions: tuple[StudySession, ...] = ()


class StudySession(msgspec.Struct, frozen=True, kw_only=True):
    """一次"""

    course: str | None = None
    begun: str | None = None
    ended: str | None = None
    hours: float


class OnlineHours(msgspec.Struct, frozen=True, kw_only=True):
    """网络研修学时"""

    provider: str
    file: ExportedFile
    from_: str = msgspec.field(name="from")
    until: str
    people: tuple[OnlineStudy, ...]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """评估"""

    unit: str
    kind: str
    date: str
    scores: tuple[IndicatorScore, ...]
    opinion: str | None = None


class IndicatorScore(msgspec.Struct, frozen=True, kw_only=True):
    """指标得分"""

    indicator: str
    score: float
    evidence: str | None = None


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """绩效评估"""

    evaluations: tuple[Evaluation, ...]


class Pilot(msgspec.Struct, frozen=True, kw_only=True):
    """试点"""

    unit: str
    since: str
    support: tuple[PilotSupport, ...] = ()
    experience: tuple[str, ...] = ()


class PilotSupport(msgspec.Struct, frozen=True, kw_only=True):
    """支持"""

    type: str
    date: str
    content: str
    by: str | None = None


class Pilots(msgspec.Struct, frozen=True, kw_only=True):
    """试点"""

    pilots: tuple[Pilot, ...]


class EnvironmentState(msgspec.Struct, frozen=True, kw_only=True):
    """环境现状"""

    environment: str = ""
    state: str


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """目标"""

    goal: str
    for_: str | None = msgspec.field(name="for", default=None)
    baseline: str
    target: str
    measure: str
    deadline: str
    person: str


class TrainingItem(msgspec.Struct, frozen=True, kw_only=True):
    """培训安排"""

    theme: str
    mode: str
    hours: float = 0
    when: str
    person: str | None = None


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """指导"""

    team: str
    members: tuple[str, ...]
    date: str
    opinion: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """学校信息化发展规划"""

    submitted: str
    development: str
    environments: tuple[EnvironmentState, ...] = ()
    needs: str
    goals: tuple[Goal, ...]
    offered: tuple[str, ...]
    themes: tuple[str, ...]
    training: tuple[TrainingItem, ...]
    guided_by: Guidance
    assessment: str | None = None
    safeguards: str | None = None


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """用词"""

    dimensions: tuple[Dimension, ...]
    environments: tuple[Environment, ...] = ()
    levels: tuple[Level, ...] = ()
    counts: str | None = None


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """维度"""

    english: str | None = None
    name: str
    about: str | None = None


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """等级"""

    name: str
    passes: bool = False


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """环境"""

    name: str
    about: str | None = None
    id: str | None = None


class Standard(msgspec.Struct, frozen=True, kw_only=True):
    """学分与学时标准"""

    credits: int
    types: tuple[StandardOfType, ...] = ()
    waves: tuple[int, ...] = ()
    school_share: int = 0
    dimensions: int = 0
    online_hours: int = 0
    practice_hours: int = 0
    practice_share: int = 0


class StandardOfType(msgspec.Struct, frozen=True, kw_only=True):
    """一类学校的标准"""

    type: str
    credits: int


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """指导意见"""

    title: str
    programme: str | None = None
    status: str
    basis: tuple[str, ...] = ()
    vocabulary: Vocabulary | None = None
    standard: Standard


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """应考的教师"""

    teacher: str
    layer: str | None = None


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """抽样总体"""

    people: tuple[Due, ...]


class ProcessEvent(msgspec.Struct, frozen=True, kw_only=True):
    """事件"""

    teacher: str
    date: str
    source: str
    type: str
    amount: float


class ProcessData(msgspec.Struct, frozen=True, kw_only=True):
    """伴随式数据"""

    events: tuple[ProcessEvent, ...]


class MaintainerId(msgspec.Struct, frozen=True, kw_only=True):
    """维护人员的账号编号"""

    account: str
    id: str


class RoundSettings(msgspec.Struct, frozen=True, kw_only=True):
    """轮次"""

    year: int
    starts: str
    ends: str
    guidance: str | None = None
    standard: Standard | None = None
    minimum_cell: int | None = None
    cycle: int | None = None
    certificate_years: int | None = None
    closed: str | None = None
    deadlines: tuple[Deadline, ...] = ()


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """期限"""

    task: str
    date: str
    paper: str | None = None
    form: str | None = None
    who: str | None = None
    clause: str | None = None


class ContactSettings(msgspec.Struct, frozen=True, kw_only=True):
    """加密联系表"""

    recipients: tuple[str, ...]


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """公开设置"""

    site_name: str
    site_url: str | None = None
    repository: str | None = None
    minimum_cell: int
    contact: str | None = None


class LocalChoices(msgspec.Struct, frozen=True, kw_only=True):
    """各地决定的事项"""

    direct_counties: tuple[str, ...] = ()
    spot_check_ratio: float | None = None
    agreement: float | None = None
    appeal_days: int | None = None
    appeal_decision_days: int | None = None
    trainer_ratio: float | None = None
    indicators: tuple[Indicator, ...] = ()
    warnings: WarningThresholds | None = None
    online_hours: OnlineLimits | None = None
    vocational_as: str | None = None
    levels_on_certificates: bool = False
    shared_evidence: bool = False


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """指标"""

    name: str
    points: float
    meaning: str | None = None


class WarningThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """预警阈值"""

    idle_days: int | None = None
    days_before: int | None = None
    hours_share: float | None = None


class OnlineLimits(msgspec.Struct, frozen=True, kw_only=True):
    """网络研修学时的可信度"""

    daily: float | None = None
    minutes: int | None = None
    together: int | None = None
    night_from: int | None = None
    night_until: int | None = None


class Programme(msgspec.Struct, frozen=True, kw_only=True):
    """工程总配置"""

    name: str
    version: int | None = None
    guidance: str
    rounds: tuple[RoundSettings, ...]
    publication: Publication
    maintainers: tuple[str, ...] = ()
    maintainer_ids: tuple[MaintainerId, ...] = ()
    contacts: ContactSettings | None = None
    local: LocalChoices | None = None


class ProjectDecision(msgspec.Struct, frozen=True, kw_only=True):
    """审批"""

    county: str
    project: str
    decision: str
    date: str
    reported: str | None = None


class ProjectDecisions(msgspec.Struct, frozen=True, kw_only=True):
    """项目审批与报备"""

    decisions: tuple[ProjectDecision, ...]


class CountyProject(msgspec.Struct, frozen=True, kw_only=True):
    """项目"""

    name: str
    content: str
    designed: str
    submitted: str | None = None


class Projects(msgspec.Struct, frozen=True, kw_only=True):
    """县区项目"""

    projects: tuple[CountyProject, ...]


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """机构"""

    name: str
    basis: str
    from_: str = msgspec.field(name="from")
    until: str
    courses: int | None = None


class Providers(msgspec.Struct, frozen=True, kw_only=True):
    """网络研修承担机构"""

    providers: tuple[Provider, ...]


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """区划"""

    code: str
    name: str
    level: str
    type: str
    city_code: str | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str | None = None


class Regions(msgspec.Struct, frozen=True, kw_only=True):
    """行政区划表"""

    regions: tuple[Region, ...]


class RegisterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """认定"""

    school: str
    date: str
    teacher: str
    name: str
    online: float
    practice: float
    excellent: str | None = None
    passed: str | None = None
    replaces: str | None = None


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """认定名册"""

    recognised: tuple[RegisterEntry, ...]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """资源"""

    title: str
    source: str
    licence: str
    microabilities: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    where: str | None = None


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """培训资源库"""

    resources: tuple[Resource, ...]


class ResultUse(msgspec.Struct, frozen=True, kw_only=True):
    """结果应用"""

    type: str
    date: str
    content: str
    consent: bool = False


class ResultUses(msgspec.Struct, frozen=True, kw_only=True):
    """结果应用"""

    uses: tuple[ResultUse, ...]


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """评审组"""

    mode: str
    team: str | None = None
    members: tuple[Reviewer, ...]


class Reviewer(msgspec.Struct, frozen=True, kw_only=True):
    """评审人"""

    name: str
    from_: str = msgspec.field(name="from")
    unit: str
    teacher: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """评审结果"""

    teacher: str
    microability: str
    level: str = ""
    reviewers: tuple[str, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    suggestion: str | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """学校评审记录"""

    date: str
    standard: str
    panel: Panel
    results: tuple[Result, ...]


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """撤销"""

    number: str
    date: str
    reason: str
    replaced_by: str | None = None


class Revocations(msgspec.Struct, frozen=True, kw_only=True):
    """证书状态名单"""

    sequence: int
    date: str
    key: str
    seal: str
    revoked: tuple[Revocation, ...] = ()


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """相配的一项"""

    microability: str
    why: str


class Rubric(msgspec.Struct, frozen=True, kw_only=True):
    """一项微能力的规范"""

    microability: str
    meaning: str | None = None
    example: str | None = None
    partners: tuple[Partner, ...] = ()
    evidence: tuple[str, ...]
    qualified: str
    excellent: str


class Rubrics(msgspec.Struct, frozen=True, kw_only=True):
    """考核规范"""

    title: str
    version: str
    source: str
    levels_source: str | None = None
    draft: bool = False
    rubrics: tuple[Rubric, ...]


class RuleBasis(msgspec.Struct, frozen=True, kw_only=True):
    """一条规则的依据"""

    rule: str
    basis: tuple[Quotation, ...] = ()
    listed: tuple[str, ...] = ()
    fewest: int | None = None
    most: int | None = None


class AskedFiling(msgspec.Struct, frozen=True, kw_only=True):
    """一样要报送的"""

    paper: str
    form: str
    mark: str | None = None
    before: str | None = None
    copies: int | None = None


class Quotation(msgspec.Struct, frozen=True, kw_only=True):
    """引的一句话"""

    clause: str
    words: str


class ClausePlaces(msgspec.Struct, frozen=True, kw_only=True):
    """一条条款说到的地方"""

    clause: str
    requirement: str | None = None
    fields: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


class Rulebook(msgspec.Struct, frozen=True, kw_only=True):
    """规则的依据"""

    rules: tuple[RuleBasis, ...]
    unused: tuple[str, ...] = ()
    filings: tuple[AskedFiling, ...] = ()
    places: tuple[ClausePlaces, ...] = ()


class Community(msgspec.Struct, frozen=True, kw_only=True):
    """研修共同体"""

    backbone: str
    groups: str


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """校本研修方案"""

    theme: str
    problem: str | None = None
    community: Community | None = None
    arrangements: tuple[StudyArrangement, ...]
    incentive: str | None = None
    assurance: str | None = None


class FormerDraw(msgspec.Struct, frozen=True, kw_only=True):
    """以前的抽样"""

    announced: str
    commit: str
    seed: str
    ratio: float | None = None
    count: int | None = None
    strata: tuple[str, ...] = ()
    population: int
    sample: tuple[str, ...]


class CheckedItem(msgspec.Struct, frozen=True, kw_only=True):
    """抽查项"""

    school: str
    teacher: str | None = None
    microability: str | None = None
    school_level: str | None = None
    recheck_level: str | None = None
    problem: str | None = None
    correction: Correction | None = None


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """整改"""

    due: str
    done: str | None = None
    result: str | None = None
    note: str | None = None


class SpotCheck(msgspec.Struct, frozen=True, kw_only=True):
    """抽查与抽检"""

    date: str
    stage: str
    mode: str
    organisation: str | None = None
    checkers: tuple[str, ...]
    announcement: str | None = None
    draw: FormerDraw | None = None
    items: tuple[CheckedItem, ...]
    conclusion: str | None = None


class PlanComment(msgspec.Struct, frozen=True, kw_only=True):
    """意见"""

    from_: str | None = msgspec.field(name="from", default=None)
    content: str
    handling: str
    reply: str | None = None


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """需求调研与意见"""

    date: str
    invited: int
    answered: int
    findings: tuple[str, ...]
    comments: tuple[PlanComment, ...] = ()


class Teacher(msgspec.Struct, frozen=True, kw_only=True):
    """教师"""

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
    task_sheet: tuple[Task, ...] = ()
    reflection: str | None = None
    lesson: str | None = None
    due_in: int | None = None
    exempt: Exemption | None = None
    joined: Joined | None = None
    left: Left | None = None
    home: str | None = None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """任务"""

    microability: str
    task: str
    when: str
    product: str


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """学时"""

    online: float | None = None
    practice: float


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """到校"""

    date: str
    from_: str | None = msgspec.field(name="from", default=None)


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """离校"""

    date: str
    reason: str | None = None
    to: str | None = None


class Exemption(msgspec.Struct, frozen=True, kw_only=True):
    """免考"""

    reason: str | None = None
    note: str | None = None
    approved_by: str | None = None
    date: str | None = None


class Teachers(msgspec.Struct, frozen=True, kw_only=True):
    """教师名册与选学"""

    staff: int | None = None
    teachers: tuple[Teacher, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """成员"""

    name: str
    duty: tuple[str, ...] = ()
    role: str | None = None
    unit: str | None = None
    institution: str | None = None
    position: str | None = None
    teacher: str | None = None
    category: str | None = None
    employment: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    until: str | None = None
    title: str | None = None
    education: str | None = None
    committed: bool | None = None
    selection: tuple[str, ...] = ()
    trained: tuple[MemberTraining, ...] = ()
    stage: str | None = None
    subject: str | None = None


class MemberTraining(msgspec.Struct, frozen=True, kw_only=True):
    """专项培训"""

    level: str
    name: str
    date: str


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """团队名单"""

    established: str | None = None
    document: str | None = None
    lead_department: str | None = None
    host_institution: str | None = None
    members: tuple[Member, ...]


class TrainingBatch(msgspec.Struct, frozen=True, kw_only=True):
    """培训批次"""

    name: str
    audience: str
    focus: str | None = None
    level: str
    starts: str
    ends: str
    hours: float = 0
    provider: str | None = None
    schools: tuple[str, ...] = ()
    people: int | None = None


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """集中培训"""

    batches: tuple[TrainingBatch, ...]


class FormerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """曾用"""

    until: str
    name: str | None = None
    code: str | None = None
    authority: str | None = None
    center: str | None = None


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """撤销"""

    date: str
    kind: str
    into: tuple[str, ...] = ()


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """单位信息"""

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
    former: tuple[FormerFacts, ...] = ()
    opened: str | None = None
    closed: Closing | None = None


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """工作记录"""

    date: str
    team: str
    task: str
    units: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    content: str
    result: str | None = None


class WorkLog(msgspec.Struct, frozen=True, kw_only=True):
    """工作记录"""

    entries: tuple[LogEntry, ...]


class PlannedWork(msgspec.Struct, frozen=True, kw_only=True):
    """工作"""

    task: str
    when: str
    person: str
    result: str


class WorkPlan(msgspec.Struct, frozen=True, kw_only=True):
    """年度工作计划"""

    items: tuple[PlannedWork, ...]
    approved: str | None = None


ROOTS: dict[str, type[msgspec.Struct]] = {
    "ability-figures": AbilityFigures,
    "acceptance": Acceptance,
    "accounts": Accounts,
    "activities": Activities,
    "announcement": Announcement,
    "appeals": Appeals,
    "appraisal": Appraisal,
    "approvals": Approvals,
    "case": Case,
    "certificates": Certificates,
    "clauses": Clauses,
    "documents": Documents,
    "evidence": Evidence,
    "figures": Figures,
    "filings": Filings,
    "group": Group,
    "inspections": Inspections,
    "keys": Keys,
    "microabilities": Microabilities,
    "nominations": Nominations,
    "online-hours": OnlineHours,
    "performance": Performance,
    "pilots": Pilots,
    "plan": Plan,
    "policy": Policy,
    "population": Population,
    "process-data": ProcessData,
    "programme": Programme,
    "project-decisions": ProjectDecisions,
    "projects": Projects,
    "providers": Providers,
    "regions": Regions,
    "register": Register,
    "resources": Resources,
    "result-uses": ResultUses,
    "review": Review,
    "revocations": Revocations,
    "rubrics": Rubrics,
    "rulebook": Rulebook,
    "scheme": Scheme,
    "spot-check": SpotCheck,
    "survey": Survey,
    "teachers": Teachers,
    "team": Team,
    "training": Training,
    "unit": Unit,
    "work-log": WorkLog,
    "work-plan": WorkPlan,
}
