"""A change in one county is judged without the others, and no worse for it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import git
import pytest

from tests.program import COMMAND
from tests.synthesis import write
from wholeschool.cli.workspace import check_proposal, check_root
from wholeschool.programme.scope import county_of, scope, touched
from wholeschool.sources import CommitTree


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[git.Repo]:
    """Three counties, committed."""
    root = tmp_path_factory.mktemp("province")
    write(root, counties=3, schools=6, teachers=30, seed=5)
    with git.Repo.init(root, initial_branch="main") as repo:
        commit(repo, "base")
        yield repo


def commit(repo: git.Repo, message: str) -> None:
    repo.git.add("-A")
    repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", message])


def counties(repo: git.Repo) -> list[str]:
    root = Path(str(repo.working_dir)) / "submissions"
    found = sorted(path.parent.relative_to(root).as_posix() for path in root.glob("*/*/*/unit.yaml"))
    return [path for path in found if county_of(f"submissions/{path}/unit.yaml")]


def rosters(repo: git.Repo, county: str) -> list[Path]:
    return sorted((Path(str(repo.working_dir)) / "submissions" / county).glob("*/*/teachers.yaml"))


@pytest.fixture
def edited(province: git.Repo) -> Iterator[git.Repo]:
    """The province, brought back afterwards."""
    yield province
    province.git.reset("--hard", "main@{upstream}" if province.heads.main.tracking_branch() else _first(province))


def _first(repo: git.Repo) -> str:
    return str(repo.git.rev_list("--max-parents=0", "HEAD"))


def test_a_path_names_its_county() -> None:
    assert county_of("submissions/anhui/shili/mingyuan/wenhua-xiaoxue/unit.yaml") == "anhui/shili/mingyuan"
    assert county_of("submissions/anhui/shili/mingyuan/2026/acceptance/1.yaml") == "anhui/shili/mingyuan"
    above = ("programme.yaml", "anhui/unit.yaml", "anhui/shili/teams/office.yaml", "anhui/shili/2026/nominations.yaml")
    for path in above:
        assert county_of(f"submissions/{path}") == ""
    assert county_of("docs/a/b/c/d.md") == ""
    assert touched(["docs/index.md", "submissions/anhui/shili/mingyuan/unit.yaml"]) == frozenset(
        {"anhui/shili/mingyuan"}
    )
    assert touched(["submissions/programme.yaml", "submissions/anhui/shili/mingyuan/unit.yaml"]) is None


def test_the_scope_is_the_county_and_what_stands_above(province: git.Repo) -> None:
    tree = CommitTree(Path(str(province.working_dir)), "HEAD")
    mine, *others = counties(province)
    part = scope(tree, {mine})
    assert part.elsewhere == set(others)
    everything = [entry.path for entry in tree.entries("submissions")]
    kept = [path for path in everything if county_of(path) in ("", mine)]
    assert [entry.path for entry in part.entries] == kept


def test_one_county_is_judged_as_the_whole_province_would_judge_it(edited: git.Repo) -> None:
    root = Path(str(edited.working_dir))
    roster = rosters(edited, counties(edited)[0])[0]
    roster.write_text(roster.read_text("utf-8").replace("online: 30", "online: 3").replace("A1", "Z9", 1), "utf-8")
    commit(edited, "change")
    part = check_proposal(root, "HEAD~1", "HEAD")
    whole = check_root(root, "HEAD").report
    old = {(each.code, each.path, each.message) for each in check_root(root, "HEAD~1").report.findings}
    new = [each for each in whole.findings if (each.code, each.path, each.message) not in old]
    assert new
    assert [each for each in part.report.findings if each.code[:3] in {new_one.code[:3] for new_one in new}] == new
    assert part.report.files < whole.files


def first_number(roster: Path) -> str:
    """The teacher number of a roster's first row."""
    return roster.read_text("utf-8").split("number: ")[1].split("\n")[0].strip()


def told_of_numbers(root: Path) -> list[str]:
    """Where the latest change is told that a number is somebody else's.

    The same with the other counties' numbers looked for, and with them remembered.
    """
    first, again = (
        [
            each.path
            for each in check_proposal(root, "HEAD~1", "HEAD").report.findings
            if each.code in ("TEACHER-UNIQUE", "NAME-KEPT")
        ]
        for _ in range(2)
    )
    assert first == again
    return first


def test_a_number_that_another_county_uses_is_found(edited: git.Repo) -> None:
    root = Path(str(edited.working_dir))
    first, _, last = counties(edited)
    theirs, mine = rosters(edited, first)[0], rosters(edited, last)[0]
    number = first_number(theirs)
    own = first_number(mine)
    mine.write_text(mine.read_text("utf-8").replace(own, number), "utf-8")
    commit(edited, "change")
    assert told_of_numbers(root) == [mine.relative_to(root).as_posix()]


def test_a_number_of_another_county_is_another_person_in_no_round(edited: git.Repo) -> None:
    """Whoever has it there in this round: the roster is read for a row of the next."""
    root = Path(str(edited.working_dir))
    first, _, last = counties(edited)
    number = first_number(rosters(edited, first)[0])
    mine = rosters(edited, last)[0].parents[1] / "2027" / "teachers.yaml"
    mine.parent.mkdir()
    mine.write_text(f"teachers:\n  - {{number: {number}, name: 王小明, subject: 语文, stage: 小学}}\n", "utf-8")
    commit(edited, "change")
    assert told_of_numbers(root) == [mine.relative_to(root).as_posix()]


def test_an_export_of_two_counties_is_imported_by_both(edited: git.Repo) -> None:
    """The provider's one file, of which each county takes its own people."""
    root = Path(str(edited.working_dir))
    first, _, last = counties(edited)

    def imports(county: str) -> str:
        roster = rosters(edited, county)[0]
        number = first_number(roster)
        path = root / "submissions" / county / "2026" / "online-hours" / "yun.yaml"
        path.parent.mkdir(parents=True)
        providers = root / "submissions" / county / "providers.yaml"
        name = providers.read_text("utf-8").split("name: ")[1].split("\n")[0].strip()
        head = (
            f"provider: {name}\nfile: {{name: 样张.xlsx, digest: {'3f0c' * 16}}}\nfrom: 2026-03-02\nuntil: 2026-03-31\n"
        )
        person = f"{{school: {roster.parents[1].name}, teacher: {number}, matched: 编号, hours: 1}}"
        path.write_text(f"{head}people:\n  - {person}\n", "utf-8")
        commit(edited, "an export")
        return path.relative_to(root).as_posix()

    imports(first)
    mine = imports(last)
    report = check_proposal(root, "HEAD~1", "HEAD").report
    assert [each for each in report.findings if each.path == mine and each.code.startswith("CLAIM-ONCE")] == []


def test_a_reviewer_with_a_number_of_another_county_is_whose_number_it_is(edited: git.Repo) -> None:
    """One of the school's own, called an outsider by the number of somebody far away: the roster there is read."""
    root = Path(str(edited.working_dir))
    first, _, last = counties(edited)
    number = first_number(rosters(edited, first)[0])
    review = next(iter(sorted((root / "submissions" / last).glob("*/*/reviews/*.yaml"))))
    own = (review.parents[1] / "teachers.yaml").read_text("utf-8").split("name: ")[1].split("\n")[0].strip()
    text = review.read_text("utf-8")
    outsider = re.search(r"- name: \S+\n( +)from: 校外\n", text)
    assert outsider
    new = f"- name: {own}\n{outsider[1]}from: 校外\n{outsider[1]}teacher: {number}\n"
    review.write_text(text.replace(outsider[0], new, 1), "utf-8")
    commit(edited, "change")
    for _ in range(2):
        report = check_proposal(root, "HEAD~1", "HEAD").report
        told = {each.path for each in report.findings if each.code == "PANEL-OWN"}
        assert told == {review.relative_to(root).as_posix()}


def test_a_school_of_another_county_is_none_of_the_county(edited: git.Repo) -> None:
    """It is there, though nobody reads it: the county has neither trained its teachers nor checked them."""
    root = Path(str(edited.working_dir))
    mine, theirs = counties(edited)[0], counties(edited)[-1]
    foreign = rosters(edited, theirs)[0].parents[1].relative_to(root / "submissions").as_posix()
    round_ = root / "submissions" / mine / "2026"
    training, check = round_ / "training.yaml", round_ / "spot-checks" / "2026-09-20.yaml"
    batches = training.read_text("utf-8")
    training.write_text(batches.replace("    schools:\n", f"    schools:\n      - {foreign}\n", 1), "utf-8")
    item = f'  - school: {foreign}\n    teacher: "34990100010001"\n    microability: A2\n'
    levels = "    school_level: 合格\n    recheck_level: 合格\n"
    check.parent.mkdir(exist_ok=True)
    head = "date: 2026-09-20\nstage: 考核结果\nmode: 专家抽查\ncheckers: [龙光康]\nitems:\n"
    check.write_text(f"{head}{item}{levels}conclusion: 抽查的证据能体现所申报的微能力。\n", "utf-8")
    commit(edited, "change")
    part = check_proposal(root, "HEAD~1", "HEAD").report
    told = {each.code: each.path for each in part.findings if each.severity == "error"}
    places = training.relative_to(root).as_posix(), check.relative_to(root).as_posix()
    assert told == {"TRAINING-DATES": places[0], "CHECK-TARGET": places[1]}


def test_a_change_above_the_counties_is_judged_with_all_of_them(edited: git.Repo) -> None:
    root = Path(str(edited.working_dir))
    policy = root / "submissions/guidance/anhui-2.0/policy.yaml"
    policy.write_text(policy.read_text("utf-8").replace("credits: 20", "credits: 60"), "utf-8")
    commit(edited, "change")
    done = subprocess.run(
        [COMMAND, "validate", "--base", "HEAD~1", "--format", "json"], cwd=root, capture_output=True, check=False
    )
    found = json.loads(done.stdout)
    (told,) = (each for each in found["findings"] if each["code"] == "CHOICE-CREDITS")
    assert told["path"] == policy.relative_to(root).as_posix()  # what all of them fail by is the mistake
    failing = int(re.search(r"（(\d+) 个单位", told["message"])[1])  # type: ignore[index]
    schools = [len(list((root / "submissions" / each).glob("*/2026/teachers.yaml"))) for each in counties(edited)]
    assert sum(schools) >= failing > max(schools)  # in some nobody has chosen yet


def test_a_code_that_another_county_has_is_found_at_the_newcomer(edited: git.Repo) -> None:
    """Whichever of the two comes first by path; a county that was there already is not told of it."""
    root = Path(str(edited.working_dir))
    mine, theirs = counties(edited)[0], counties(edited)[-1]
    unit = root / "submissions" / mine / "unit.yaml"
    code = (root / "submissions" / theirs / "unit.yaml").read_text("utf-8").split("code: ")[1].split("\n")[0]
    own = unit.read_text("utf-8").split("code: ")[1].split("\n")[0]
    unit.write_text(unit.read_text("utf-8").replace(own, code), "utf-8")
    commit(edited, "change")
    for _ in range(2):  # with the other counties' codes looked for, and with them remembered
        report = check_proposal(root, "HEAD~1", "HEAD").report
        told = [(each.path, each.line) for each in report.findings if each.code == "UNIT-CODE"]
        assert told == [(unit.relative_to(root).as_posix(), 1 + unit.read_text("utf-8").split("code: ")[0].count("\n"))]


def test_whose_account_it_is_is_said_although_its_county_is_not_judged(edited: git.Repo) -> None:
    """Nobody is sent to register an account that another county has registered."""
    mine, other = counties(edited)[:2]
    root = Path(str(edited.working_dir))
    accounts = root / "submissions" / other / "accounts.yaml"
    had = accounts.read_text("utf-8") if accounts.exists() else "accounts:\n"
    accounts.write_text(f"{had}  - account: neighbour\n    unit: {other}\n", "utf-8")
    commit(edited, "accounts")
    unit = root / "submissions" / mine / "unit.yaml"
    unit.write_text(unit.read_text("utf-8") + "# x\n", "utf-8")
    commit(edited, "change")
    for author, message, hint in (
        ("neighbour", "这个文件不归提交的账号管", f"这个账号可以改：{other}"),
        ("stranger", "提交的账号还没有登记，它改了 1 个文件", "请县级管理员把账号和单位写进 accounts.yaml"),
    ):
        command = [COMMAND, "validate", "--base", "HEAD~1", "--head", "HEAD", "--format", "json", "--author", author]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        [said] = [each for each in json.loads(done.stdout)["findings"] if each["code"] == "PATH-OWNER"]
        assert said["message"] == message
        assert said["hint"].startswith(hint)
