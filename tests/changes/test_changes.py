"""Changes in a real repository: who may make them, what they may not rewrite, what they answer for."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import git
import pytest

from tests.case_folders import BASE
from tests.program import COMMAND
from wholeschool.rules.reference import entries, shipped_rulebook

COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ACCOUNTS = """accounts:
  - account: mingyuan-office
    unit: anhui/shili/mingyuan
  - account: wenhua
    unit: anhui/shili/mingyuan/wenhua-xiaoxue
"""

Edit = Callable[[Path], None]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[git.Repo]:
    """The base programme with accounts and a maintainer, committed on main."""
    shutil.copytree(BASE / "submissions", tmp_path / "submissions")
    (tmp_path / COUNTY / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    settings = tmp_path / "submissions" / "programme.yaml"
    settings.write_text(settings.read_text("utf-8") + "\nmaintainers: [keeper]\n", encoding="utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "rules.py").write_text("LIMIT = 20\n")
    with git.Repo.init(tmp_path, initial_branch="main") as repo:
        repo.git.add("-A")
        repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "base"])
        yield repo


def judge(
    repo: git.Repo, edit: Edit, *authors: str, status: int = 1, day: str = "2026-12-31"
) -> list[tuple[str, str, int]]:
    """Commit an edit on a branch and return (code, path, line) of what the change answers for on a day."""
    root = Path(str(repo.working_dir))
    edit(root)
    repo.git.add("-A")
    repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "change"])
    command = [COMMAND, "validate", "--base", "HEAD~1", "--head", "HEAD", "--day", day, "--format", "json"]
    command += [word for author in authors for word in ("--author", author)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return [(each["code"], each["path"], each["line"]) for each in json.loads(done.stdout)["findings"]]


def replace(path: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def append(path: str, text: str) -> Edit:
    def edit(root: Path) -> None:
        with (root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return edit


def remove(path: str) -> Edit:
    return lambda root: (root / path).unlink()


def test_a_school_may_change_its_own_records(repository: git.Repo) -> None:
    assert judge(repository, append(f"{SCHOOL}/2026/plan.yaml", "\n# 校对过\n"), "Wenhua", status=0) == []


@pytest.mark.parametrize(
    "path",
    [
        f"{COUNTY}/2026/approvals/1.yaml",
        f"{COUNTY}/accounts.yaml",
        f"{COUNTY}/qingshan-xiaoxue/unit.yaml",
        "submissions/anhui/shili/unit.yaml",
        "submissions/programme.yaml",
        "scripts/rules.py",
    ],
)
def test_a_school_may_change_nothing_else(repository: git.Repo, path: str) -> None:
    assert judge(repository, append(path, "\n# x\n"), "wenhua") == [("PATH-OWNER", path, 1)]


def test_a_county_may_change_its_decisions_but_not_the_tools(repository: git.Repo) -> None:
    assert judge(repository, append(f"{COUNTY}/2026/approvals/1.yaml", "# x\n"), "mingyuan-office", status=0) == []
    assert judge(repository, append("scripts/rules.py", "# x\n"), "mingyuan-office") == [
        ("PATH-OWNER", "scripts/rules.py", 1)
    ]


def test_a_maintainer_may_change_everything(repository: git.Repo) -> None:
    assert judge(repository, append("scripts/rules.py", "# x\n"), "keeper", status=0) == []


def test_an_unknown_account_gets_one_finding(repository: git.Repo) -> None:
    def edit(root: Path) -> None:
        append(f"{SCHOOL}/unit.yaml", "# x\n")(root)
        append(f"{COUNTY}/unit.yaml", "# x\n")(root)

    assert [code for code, _, _ in judge(repository, edit, "stranger")] == ["PATH-OWNER"]


def test_a_school_that_ends_its_own_account_gets_one_finding(repository: git.Repo) -> None:
    """Whose file it is, is all that is wrong."""
    edit = append(f"{COUNTY}/accounts.yaml", "    until: 2026-12-30\n")
    assert judge(repository, edit, "wenhua") == [("PATH-OWNER", f"{COUNTY}/accounts.yaml", 1)]


@pytest.mark.parametrize("author", ["mingyuan-office", "keeper"])
def test_an_account_that_was_registered_is_not_deleted(repository: git.Repo, author: str) -> None:
    """Deleted with its county's list or alone, one error for each account, whoever does it."""
    path = f"{COUNTY}/accounts.yaml"
    gone = "  - account: wenhua\n    unit: anhui/shili/mingyuan/wenhua-xiaoxue\n"
    assert judge(repository, replace(path, gone, ""), author) == [("ACCOUNT-KEPT", path, 1)]
    repository.git.reset("--hard", "HEAD~1")
    found = judge(repository, lambda root: (root / path).unlink(), author)
    assert [(code, at) for code, at, _ in found] == [("ACCOUNT-KEPT", path)]


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("submissions/programme.yaml", "请维护人员来改"),
        ("submissions/regions.csv", "请维护人员来改"),
        ("submissions/anhui/shili/unit.yaml", "请维护人员把账号和单位写进"),
        (f"{COUNTY}/unit.yaml", "请县级管理员把账号和单位写进"),
        (f"{SCHOOL}/unit.yaml", "请县级管理员把账号和单位写进"),
    ],
)
def test_an_unknown_account_is_told_who_can_help(repository: git.Repo, path: str, who: str) -> None:
    root = Path(str(repository.working_dir))
    append(path, "# x\n" if path.endswith("yaml") else "\n")(root)
    repository.git.add("-A")
    repository.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "change"])
    command = [COMMAND, "validate", "--base", "HEAD~1", "--head", "HEAD", "--format", "json", "--author", "stranger"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    [hint] = [each["hint"] for each in json.loads(done.stdout)["findings"] if each["code"] == "PATH-OWNER"]
    assert who in hint


def test_a_change_cannot_give_itself_permission(repository: git.Repo) -> None:
    def edit(root: Path) -> None:
        append(f"{COUNTY}/accounts.yaml", "  - account: stranger\n    unit: anhui/shili/mingyuan\n")(root)
        append(f"{COUNTY}/unit.yaml", "# x\n")(root)

    assert [code for code, _, _ in judge(repository, edit, "stranger")] == ["PATH-OWNER"]


def test_the_ledger_only_grows(repository: git.Repo) -> None:
    ledger = f"{COUNTY}/2026/certificates.csv"
    first = (Path(str(repository.working_dir)) / ledger).read_text("utf-8").splitlines()[1]
    name = first.split(",")[2]
    assert ("LEDGER-GROWS", ledger, 2) in judge(repository, replace(ledger, name, "王小明"), "mingyuan-office")
    assert "LEDGER-GROWS" in {code for code, _, _ in judge(repository, remove(ledger), "mingyuan-office")}


def test_decisions_are_only_added(repository: git.Repo) -> None:
    path = f"{COUNTY}/2026/acceptance/1.yaml"
    found = judge(repository, replace(path, "验收合格", "限期整改"), "mingyuan-office")
    assert "DECISION-KEPT" in {code for code, _, _ in found}


def test_accepted_results_and_portfolios_stay(repository: git.Repo) -> None:
    review = f"{SCHOOL}/2026/reviews/2026-06-12.yaml"
    found = judge(repository, replace(review, "level: 合格", "level: 优秀"), "wenhua")
    assert ("RESULT-KEPT", review) in {(code, path) for code, path, _ in found}
    roster = Path(str(repository.working_dir)) / SCHOOL / "2026" / "teachers.yaml"
    text = roster.read_text("utf-8")
    start = text.index("  - number:")
    end = text.index("  - number:", start + 5)
    found = judge(repository, replace(f"{SCHOOL}/2026/teachers.yaml", text[start:end], ""), "wenhua")
    assert "PORTFOLIO-KEPT" in {code for code, _, _ in found}


def test_old_findings_are_counted_not_repeated(repository: git.Repo) -> None:
    root = Path(str(repository.working_dir))
    judge(repository, replace(f"{COUNTY}/qingshan-xiaoxue/unit.yaml", "level: 校", "level: 县"), "keeper")
    assert judge(repository, append(f"{SCHOOL}/2026/plan.yaml", "# x\n"), "wenhua", status=0) == []
    command = [COMMAND, "validate", "--base", "HEAD~1", "--head", "HEAD"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert "改动之前就有的" in said


def test_cross_file_findings_that_a_change_causes_are_reported(repository: git.Repo) -> None:
    plan, roster = f"{SCHOOL}/2026/plan.yaml", f"{SCHOOL}/2026/teachers.yaml"
    text = (Path(str(repository.working_dir)) / plan).read_text("utf-8")
    offered = next(line for line in text.splitlines() if line.startswith("offered:"))
    found = judge(repository, replace(plan, offered, "offered: [A1]"), "wenhua")
    assert {path for code, path, _ in found if code == "CHOICE-OFFERED"} == {roster}


def test_author_without_base_is_wrong_usage(repository: git.Repo) -> None:
    done = subprocess.run(
        [COMMAND, "validate", "--author", "x"], cwd=repository.working_dir, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_who_opened_a_request_does_not_lend_rights_to_who_pushes(repository: git.Repo) -> None:
    path = f"{COUNTY}/2026/approvals/1.yaml"
    assert judge(repository, append(path, "# x\n"), "mingyuan-office", status=0) == []
    assert judge(repository, append(path, "# y\n"), "mingyuan-office", "wenhua") == [("PATH-OWNER", path, 1)]
    assert judge(repository, append(path, "# z\n"), "wenhua", "mingyuan-office") == [("PATH-OWNER", path, 1)]
    own = f"{SCHOOL}/2026/plan.yaml"
    assert judge(repository, append(own, "# x\n"), "wenhua", "mingyuan-office", status=0) == []


def test_an_account_without_a_name_is_nobody(repository: git.Repo) -> None:
    """A forge says so of an account that was deleted."""
    command = [COMMAND, "validate", "--base", "HEAD", "--author", ""]
    done = subprocess.run(command, cwd=repository.working_dir, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "不知道是谁提交的" in done.stderr


def test_letters_that_only_look_alike_are_another_account(repository: git.Repo) -> None:
    path = f"{SCHOOL}/2026/plan.yaml"
    assert judge(repository, append(path, "# x\n"), "\u212aeeper") == [("PATH-OWNER", path, 1)]  # the sign of kelvin


def test_a_city_changes_its_own_files_and_no_county(repository: git.Repo) -> None:
    root = Path(str(repository.working_dir))
    city = "submissions/anhui/shili"
    (root / city / "accounts.yaml").write_text(
        "accounts:\n  - account: city\n    unit: anhui/shili\n", encoding="utf-8"
    )
    judge(repository, lambda _: None, "keeper", status=0)
    assert judge(repository, append(f"{city}/unit.yaml", "# x\n"), "city", status=0) == []
    county = f"{COUNTY}/unit.yaml"
    assert judge(repository, append(county, "# x\n"), "city") == [("PATH-OWNER", county, 1)]

    def new_county(root: Path) -> None:
        (root / city / "xinxian").mkdir()
        (root / city / "xinxian" / "accounts.yaml").write_text(
            "accounts:\n  - account: city\n    unit: anhui/shili/xinxian\n", encoding="utf-8"
        )

    assert "PATH-OWNER" in {code for code, _, _ in judge(repository, new_county, "city")}


def test_a_name_is_corrected_again_only_later(repository: git.Repo) -> None:
    """The latest counts: one dated before what is there would be written for nothing."""
    root = Path(str(repository.working_dir))

    def corrects(name: str, day: str) -> Edit:
        entry = f"{{school: wenhua-xiaoxue, teacher: '34990100010001', name: {name}, date: {day}, reason: 登记时写错}}"
        file, text = f"2026/acceptance/{day}.yaml", f"acceptances: []\ncorrections:\n  - {entry}\n"

        def edit(at: Path) -> None:
            (at / COUNTY / file).write_text(text, "utf-8")

        return edit

    corrects("周雨清", "2026-07-10")(root)
    repository.git.add("-A")
    repository.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "one"])
    path = f"{COUNTY}/2026/acceptance/2026-07-09.yaml"
    assert judge(repository, corrects("周雨青", "2026-07-09"), "mingyuan-office") == [("NAME-CORRECTED", path, 3)]
    repository.git.reset("--hard", "HEAD~1")
    assert judge(repository, corrects("周雨青", "2026-07-11"), "mingyuan-office", status=0) == []


def test_nobody_decides_about_their_own_school(repository: git.Repo) -> None:
    root = Path(str(repository.working_dir))
    append(f"{COUNTY}/accounts.yaml", "  - account: both\n    unit: anhui/shili/mingyuan\n")(root)
    append(f"{COUNTY}/accounts.yaml", "  - account: both\n    unit: anhui/shili/mingyuan/wenhua-xiaoxue\n")(root)
    repository.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qam", "both"])
    path = f"{COUNTY}/2026/approvals/1.yaml"
    entry = (
        "  - school: wenhua-xiaoxue\n    decision: 审核通过\n    date: 2026-03-06\n    by: 沈月华\n"
        "    filing: 明远备2026-002\n    opinion: 复核一遍，同意备案。\n"
    )
    found = judge(repository, append(path, entry), "both")
    assert [(code, at) for code, at, _ in found] == [("OWN-DECISION", path)]
    repository.git.reset("--hard", "HEAD~1")
    assert judge(repository, append(path, entry), "mingyuan-office", status=0) == []


def test_a_program_among_the_records_is_refused_where_git_says_so(repository: git.Repo) -> None:
    path = f"{SCHOOL}/2026/plan.yaml"
    root = Path(str(repository.working_dir))
    (root / path).chmod(0o755)
    checked = subprocess.run([COMMAND, "validate"], cwd=root, capture_output=True, check=False)
    assert checked.returncode == 0  # some disks call everything executable
    found = judge(repository, lambda _: None, "wenhua")
    assert found == [("GIT-MODE", path, 1)]


def test_names_and_links_outside_the_records_are_looked_at_too(repository: git.Repo) -> None:
    def edit(root: Path) -> None:
        (root / "docs").mkdir()
        (root / "docs" / "con.md").write_text("x")
        (root / "docs" / "secret.md").symlink_to("/etc/hostname")

    found = judge(repository, edit, "keeper")
    assert found == [("GIT-NAME", "docs/con.md", 1), ("GIT-SYMLINK", "docs/secret.md", 1)]


def test_reviewers_follow_the_accounts(repository: git.Repo) -> None:
    root = Path(str(repository.working_dir))
    new = "  - account: second-office\n    unit: anhui/shili/mingyuan\n"
    assert judge(repository, append(f"{COUNTY}/accounts.yaml", new), "keeper", status=0) == []  # no such file, no drift
    subprocess.run([COMMAND, "codeowners"], cwd=root, check=True)
    assert judge(repository, lambda _: None, "keeper", status=0) == []
    third = new.replace("second", "third")
    found = judge(repository, append(f"{COUNTY}/accounts.yaml", third), "mingyuan-office", status=0)
    assert found == [("OWNERS-CURRENT", ".github/CODEOWNERS", 1)]
    subprocess.run([COMMAND, "codeowners"], cwd=root, check=True)
    assert "@third-office" in (root / ".github" / "CODEOWNERS").read_text("utf-8")


@pytest.mark.parametrize(
    ("what", "first"),
    [("", "unit.yaml"), ("/2026", "2026/evidence.yaml")],
    ids=["the whole school", "one of its rounds"],
)
def test_a_folder_that_was_decided_by_is_not_deleted_and_its_owner_is_told_once(
    repository: git.Repo, what: str, first: str
) -> None:
    def gone(root: Path) -> None:
        shutil.rmtree(root / (SCHOOL + what))

    assert judge(repository, gone, "wenhua") == [("UNIT-KEPT", f"{SCHOOL}/{first}", 1)]


def test_a_folder_with_another_name_is_one_mistake(repository: git.Repo) -> None:
    def renamed(root: Path) -> None:
        (root / SCHOOL).rename(root / COUNTY / "wenhua-xuexiao")

    told = judge(repository, renamed, "keeper")
    known = entries(shipped_rulebook())
    assert [each for each in told if not known[each[0]].warning] == [("UNIT-KEPT", f"{SCHOOL}/unit.yaml", 1)]
    root = Path(str(repository.working_dir))
    repository.git.reset("--hard", "HEAD~1")
    renamed(root)

    def errors() -> list[tuple[str, str]]:
        command = [COMMAND, "validate", "--format", "json"]
        said = json.loads(subprocess.run(command, cwd=root, capture_output=True, check=False).stdout)["findings"]
        return [(each["code"], each["path"]) for each in said if each["severity"] == "error"]

    assert errors() == [("UNIT-KEPT", f"{SCHOOL}/unit.yaml")]
    (root / ".git").rename(root.with_name("away"))  # without the history the other records tell of it
    assert errors() == [("UNIT-MOVED", f"{COUNTY}/wenhua-xuexiao/unit.yaml")]
    root.with_name("away").rename(root / ".git")


def test_a_county_that_was_decided_in_is_not_deleted(repository: git.Repo) -> None:
    def gone(root: Path) -> None:
        shutil.rmtree(root / COUNTY)

    assert ("UNIT-KEPT", f"{COUNTY}/unit.yaml", 1) in judge(repository, gone, "keeper")


def test_an_emptied_register_of_evidence_is_one_mistake(repository: git.Repo) -> None:
    def emptied(root: Path) -> None:
        (root / SCHOOL / "2026/evidence.yaml").write_text("submissions: []\n", encoding="utf-8")

    assert [(code, path) for code, path, _ in judge(repository, emptied, "wenhua")] == [
        ("PORTFOLIO-KEPT", f"{SCHOOL}/2026/evidence.yaml")
    ]
