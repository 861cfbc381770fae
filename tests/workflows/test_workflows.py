"""Nothing in the workflows that their linters know to be wrong, and every step does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program import COMMAND
from tests.soak import some
from tests.workflows.rehearsal import WORKFLOWS, Ran, git, load, repository, run_job
from wholeschool.shipped import HOME as REPOSITORY

BIN = Path(sys.executable).parent
COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
NAMES = sorted(path.stem for path in WORKFLOWS.glob("*.yml"))
HOSTILE = "a$(touch${IFS}pwned)`id`;'::error::x"


def test_the_linters_have_nothing_to_say() -> None:
    zizmor = subprocess.run(
        [BIN / "zizmor", "--offline", "--pedantic", "--format", "json", WORKFLOWS], capture_output=True, check=False
    )
    assert json.loads(zizmor.stdout) == []
    assert zizmor.returncode == 0
    actionlint = subprocess.run(
        [BIN / "actionlint", *WORKFLOWS.glob("*.yml")], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert (actionlint.returncode, actionlint.stdout) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_rights_are_named_one_by_one(name: str) -> None:
    workflow = load(name)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert "write-all" not in str(job["permissions"])
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
    text = (WORKFLOWS / f"{name}.yml").read_text("utf-8")
    pins = re.findall(r"uses: (\S+)(.*)", text)
    assert pins
    for pin, said in pins:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", pin)
        assert re.fullmatch(r" # v[0-9]+\.[0-9]+\.[0-9]+", said)
    assert "cache" not in text
    assert "pull_request_target" not in text
    triggers = workflow[True]
    if "pull_request" in triggers:
        assert "secrets." not in text
        assert "environment:" not in text
        assert "write" not in {right for job in workflow["jobs"].values() for right in job["permissions"].values()}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's repository on the forge."""
    return repository(tmp_path_factory.mktemp("forge") / "origin")


Propose = Callable[..., tuple[str, str]]


@pytest.fixture
def propose(origin: Path, tmp_path: Path) -> Propose:
    """Change a file in a fork: (path, old, new, run) gives the base's and the head's commits, both known to the forge.

    `run` are the words of one of our commands that goes on from there.
    """

    def change(path: str, old: str, new: str, *run: str) -> tuple[str, str]:
        fork = tmp_path / f"fork-{len(list(tmp_path.iterdir()))}"
        git(tmp_path, "clone", "-q", str(origin), str(fork))
        text = (fork / path).read_text("utf-8")
        assert old in text
        (fork / path).write_text(text.replace(old, new, 1), encoding="utf-8")
        if run:
            subprocess.run([COMMAND, *run], cwd=fork, check=True, capture_output=True)
        git(fork, "add", "-A")
        git(fork, "commit", "-qm", HOSTILE)
        head = git(fork, "rev-parse", "HEAD")
        git(fork, "push", "-q", "-f", "origin", f"HEAD:refs/pull/{head[:7]}/head")
        return git(origin, "rev-parse", "main"), head

    return change


def _id(account: str) -> str:
    """An account's number on the forge, as the example has it; of others any."""
    text = (REPOSITORY / COUNTY / "accounts.yaml").read_text("utf-8")
    found = re.search(rf'account: {re.escape(account)}\n    id: "([0-9]+)"', text)
    return found[1] if found and account else str(sum(account.encode()))


def check(
    origin: Path, work: Path, commits: tuple[str, str], author: str, pusher: str = "", author_id: str = ""
) -> Ran:
    pull = {
        "number": 7,
        "title": HOSTILE,
        "user": {"login": author, "id": author_id or _id(author)},
        "base": {"sha": commits[0], "ref": "main"},
        "head": {"sha": commits[1], "ref": HOSTILE},
    }
    context = {
        "github": {"event": {"pull_request": pull, "sender": {"login": pusher or author, "id": _id(pusher or author)}}}
    }
    return run_job("check", "check", origin=origin, work=work, context=context)


def comment(origin: Path, work: Path, commit: str, found: Path | None, state: dict[str, object]) -> str:
    """Run the commenting workflow; returns the comment that it left."""
    programs = work.with_name(work.name + "-bin")
    programs.mkdir()
    (programs / "gh").symlink_to(Path(__file__).with_name("gh.py"))
    file = work.with_name(work.name + "-state.json")
    file.write_text(json.dumps(state), encoding="utf-8")
    run = {
        "id": 1,
        "event": "pull_request",
        "head_sha": commit,
        "head_branch": HOSTILE,
        "html_url": "https://forge.example.org/example/programme/actions/runs/1",
        "head_repository": {"owner": {"login": "fork"}, "full_name": "fork/programme"},
    }
    os.environ["GH_STATE"] = str(file)
    try:
        context = {"github": {"event": {"workflow_run": run}, "token": "t"}}
        given = {} if found is None else {"check": found}
        ran = run_job("comment", "comment", origin=origin, work=work, context=context, given=given, bin_folder=programs)
    finally:
        del os.environ["GH_STATE"]
    assert ran.passed, ran.log
    state.update(json.loads(file.read_text("utf-8")))
    comments = state["comments"]
    assert isinstance(comments, list)
    return str(comments[-1]["body"]) if comments else ""


def commit_with(origin: Path, folder: Path, files: dict[str, bytes]) -> tuple[str, str]:
    """The base's commit, and one over it with these files, made without a working tree: names may be anything."""
    git(folder.parent, "clone", "-q", "--no-checkout", str(origin), str(folder))
    git(folder, "read-tree", "HEAD")
    for path, data in files.items():
        blob = subprocess.run(
            ["git", "hash-object", "-w", "--stdin"], cwd=folder, input=data, capture_output=True, check=True
        ).stdout.decode()
        row = f"100644 {blob.strip()}\t{path}\0".encode()
        subprocess.run(["git", "update-index", "-z", "--index-info"], cwd=folder, input=row, check=True)
    head = git(folder, "commit-tree", git(folder, "write-tree"), "-p", "HEAD", "-m", "x")
    git(folder, "push", "-q", "-f", "origin", f"{head}:refs/pull/{head[:7]}/head")
    return git(origin, "rev-parse", "main"), head


def pull(number: int, commit: str, *, repo: str = "fork/programme", base: str = "main") -> dict[str, object]:
    """An open pull request of the hostile branch, as the forge lists it."""
    head = {"sha": commit, "label": f"fork:{HOSTILE}", "ref": HOSTILE, "repo": {"full_name": repo}}
    return {"number": number, "head": head, "base": {"ref": base}}


def forge(commit: str, *files: str) -> dict[str, object]:
    """One open pull request of the fork's branch, at this commit."""
    return {"pulls": [pull(7, commit)], "files": [{"filename": name} for name in files], "comments": []}


def test_a_good_submission_passes_with_its_summary(origin: Path, tmp_path: Path, propose: Propose) -> None:
    commits = propose(f"{SCHOOL}/unit.yaml", "level: 校", "level: 校 # 校对过")
    ran = check(origin, tmp_path / "work", commits, "wenhua-xiaoxue")
    assert ran.passed, ran.log
    assert "没有问题" in ran.summary
    assert json.loads(ran.artifacts["check"].read_text("utf-8"))["errors"] == 0
    assert not list(tmp_path.rglob("pwned"))


def test_the_reviewer_reads_what_a_recognition_makes_possible(origin: Path, tmp_path: Path, propose: Propose) -> None:
    school = f"{COUNTY}/diyi-zhongxue".removeprefix("submissions/")
    words = ("recognise", "明远县", school, "--year", "2026", "--date", "2026-11-20", "--document", "明教〔2026〕20号")
    commits = propose(f"{COUNTY}/2026/acceptance/2026-10-22.yaml", "acceptances:", "acceptances:", *words)
    ran = check(origin, tmp_path / "work", commits, "mingyuan-office")
    assert ran.passed, ran.log
    said = re.sub("&#[0-9]+;", "", ran.summary)
    assert "涉及 1 所学校、0 位教师，2 个文件。" in said
    recognised_now = "走到 5 县区监督 → 已完成，验收合格率 0.0% → [1-9][0-9.]*%，可发证书 0 → [1-9][0-9]*。"
    assert re.search(f"第一中学 2026 年：{recognised_now}", said)
    before, after = re.search("可以发的证书：([0-9]+) → ([0-9]+) 张。", said).groups()  # type: ignore[union-attr]
    assert int(before) < int(after)
    assert "rates/anhui/shili/mingyuan/diyi-zhongxue/" in said
    told = comment(origin, tmp_path / "said", commits[1], ran.artifacts["check"], forge(commits[1]))
    assert "→ 已完成" in told


def test_a_bad_one_is_refused_at_its_line_and_told_once(origin: Path, tmp_path: Path, propose: Propose) -> None:
    commits = propose(f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    ran = check(origin, tmp_path / "work", commits, "wenhua-xiaoxue")
    assert not ran.passed
    assert f"::error file={SCHOOL}/unit.yaml,line=" in ran.log
    assert "UNIT-LEVEL" in ran.summary

    state = forge(commits[1], f"{SCHOOL}/unit.yaml")
    first = comment(origin, tmp_path / "first", commits[1], ran.artifacts["check"], state)
    assert "UNIT-LEVEL" in first
    assert "请维护人员先看" not in first
    good = propose(f"{SCHOOL}/unit.yaml", "level: 校", "level: 校 # 改好了")
    ran = check(origin, tmp_path / "again", good, "wenhua-xiaoxue")
    state["pulls"] = forge(good[1])["pulls"]
    stranger = {"id": 50, "user": {"login": "stranger"}, "body": "<!-- wholeschool: check -->\n我说没有问题"}
    assert isinstance(state["comments"], list)
    state["comments"].insert(0, stranger)
    second = comment(origin, tmp_path / "second", good[1], ran.artifacts["check"], state)
    assert "没有问题" in second
    assert [each["id"] for each in state["comments"]] == [50, 1]  # updated in place
    assert state["comments"][0] == stranger


def test_a_proposal_that_edits_the_rules_is_judged_by_the_base(origin: Path, tmp_path: Path, propose: Propose) -> None:
    path, rule = "scripts/wholeschool/rules/draws.py", "_DAYS_TO_DRAW = 7"
    commits = propose(path, rule, "_DAYS_TO_DRAW = 0")
    ran = check(origin, tmp_path / "work", commits, "wenhua-xiaoxue")
    assert not ran.passed
    assert "PATH-OWNER" in ran.log
    assert rule in (tmp_path / "work" / path).read_text("utf-8")
    state = forge(commits[1], path)
    assert "请维护人员先看" in comment(origin, tmp_path / "said", commits[1], ran.artifacts["check"], state)


@pytest.mark.soak
@pytest.mark.parametrize(
    "name",
    some(
        [
            "a" * 5_000,
            "a/" * 500 + "a",
            "a\nb",
            "x\n::add-mask::y",
            "##[add-mask]x",
            "a\x1b[31m",
            "..\\\\..\\\\x.yml",
            "--output=x",
        ],
        4,
    ),
    ids=some(["long", "deep", "newline", "command", "old command", "escape", "backslash", "option"], 4),
)
def test_a_hostile_name_gets_its_code_and_starts_no_command(origin: Path, tmp_path: Path, name: str) -> None:
    commits = commit_with(origin, tmp_path / "fork", {f"{SCHOOL}/2026/groups/{name}.yaml": b"name: x\n"})
    ran = check(origin, tmp_path / "work", commits, "wenhua-xiaoxue")
    assert not ran.passed
    assert re.search(r"^::error file=submissions/[^\n]*title=(GIT-NAME|PATH-KIND)::", ran.log, re.MULTILINE)
    assert _commands(ran.log) <= {"error", "warning"}
    assert json.loads(ran.artifacts["check"].read_text("utf-8"))["errors"] >= 1
    assert not list((tmp_path / "work" / "build" / "proposal").glob("[!.]*"))  # nothing of it lies on the disk


def test_values_start_no_command_close_no_fence_and_forge_no_comment(origin: Path, tmp_path: Path) -> None:
    nasty = (
        "##[add-mask]x ``` <!-- wholeschool: check --> @everyone </td>|<img src=x> [a](https://evil.example) ::error::x"
    )
    path = f"{SCHOOL}/unit.yaml"
    text = (origin / path).read_text("utf-8")
    changed = (
        text.replace("level: 校", f"level: '{nasty}'") + f"'::add-mask::文华 {nasty}': 1\n'::stop-commands::x': 2\n"
    )
    commits = commit_with(origin, tmp_path / "fork", {path: changed.encode()})
    ran = check(origin, tmp_path / "work", commits, "wenhua-xiaoxue")
    assert not ran.passed
    assert "##[add-mask]" in ran.log  # it is quoted
    assert _commands(ran.log) <= {"error", "warning"}
    told = comment(origin, tmp_path / "said", commits[1], ran.artifacts["check"], forge(commits[1], path))
    for shown in (ran.summary, told.removeprefix("<!-- wholeschool: check -->")):
        outside_code = re.sub("`[^`]*`", "", shown)
        for mark in ("<!--", "```", "@everyone", "<img", "](https://evil"):
            assert mark not in outside_code
        assert not [line for line in shown.splitlines() if line.startswith(("::", "##[", "```"))]


def _commands(log: str) -> set[str]:
    """What a runner would take for workflow commands, the old kind too; between stop and its token there are none."""
    found, stopped = set(), ""
    for line in log.splitlines():
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif match := re.match(r"\s*::stop-commands::(\w{32})$", line):
            stopped = match[1]
        elif match := re.match(r"\s*::([a-z-]+)[^:]*::", line) or re.search(r"##\[([^\] ]+)", line):
            found.add(match[1])
    assert not stopped
    return found


def test_who_opened_it_does_not_lend_rights_to_who_pushes(origin: Path, tmp_path: Path, propose: Propose) -> None:
    commits = propose(f"{COUNTY}/unit.yaml", "level: 县", "level: 县 # 校对过")
    assert check(origin, tmp_path / "own", commits, "mingyuan-office").passed
    ran = check(origin, tmp_path / "pushed", commits, "mingyuan-office", "wenhua-xiaoxue")
    assert not ran.passed
    assert "title=PATH-OWNER::" in ran.log
    nobody = check(origin, tmp_path / "nobody", commits, "")
    assert not nobody.passed
    assert "不知道是谁提交的" in nobody.log


def test_a_name_that_somebody_else_took_lends_no_rights(origin: Path, tmp_path: Path, propose: Propose) -> None:
    commits = propose(f"{SCHOOL}/unit.yaml", "level: 校", "level: 校 # 校对过")
    ran = check(origin, tmp_path / "work", commits, "wenhua-xiaoxue", author_id="99")
    assert not ran.passed
    assert "title=PATH-OWNER::" in ran.log
    assert "编号不同" in ran.log


def test_a_tool_moved_among_the_records_is_seen(origin: Path, tmp_path: Path) -> None:
    state = forge("0" * 40)
    state["files"] = [{"filename": f"{SCHOOL}/cases/x.md", "previous_filename": "scripts/comment.sh"}]
    assert "请维护人员先看" in comment(origin, tmp_path / "work", "0" * 40, None, state)


def test_the_base_moved_on_meanwhile(origin: Path, tmp_path: Path, propose: Propose) -> None:
    """What others merged since is not taken for something this proposal does."""
    _, head = propose(f"{SCHOOL}/unit.yaml", "level: 校", "level: 校 # 校对过")
    before = git(origin, "rev-parse", "main")
    other = origin / f"{COUNTY}/unit.yaml"
    other.write_text(other.read_text("utf-8") + "# 县里改的\n", encoding="utf-8")
    git(origin, "commit", "-qam", "county")
    try:
        base = git(origin, "rev-parse", "main")
        ran = check(origin, tmp_path / "work", (base, head), "wenhua-xiaoxue")
        assert ran.passed, ran.log
    finally:
        git(origin, "reset", "-q", "--hard", before)


@pytest.mark.soak
@pytest.mark.parametrize(
    "text",
    some(
        [
            "not json",
            "[" * 100_000,
            '{"files": 1}',
            json.dumps({"files": 1, "records": 1, "errors": 0, "warnings": 0, "findings": [], "extra": "x"}),
            "x" * 5_000_000,
        ],
        2,
    ),
)
def test_an_artifact_that_makes_no_sense_is_said_so(origin: Path, tmp_path: Path, text: str) -> None:
    found = tmp_path / "check.json"
    found.write_text(text, encoding="utf-8")
    body = comment(origin, tmp_path / "work", "0" * 40, found, forge("0" * 40))
    assert "结果读不出来" in body


def test_a_hostile_artifact_stays_inside_its_table(origin: Path, tmp_path: Path) -> None:
    nasty = "```\n\n# 审核通过\n</td> | <img src=x> [点我](https://evil.example) @everyone 13800138000\n::add-mask::x"
    finding = {
        "code": "UNIT-LEVEL",
        "severity": "error",
        "path": nasty,
        "line": 1,
        "column": 1,
        "message": nasty,
        "hint": nasty,
        "clause": nasty,
    }
    file = {"files": 1, "records": 1, "errors": 1, "warnings": 0, "findings": [finding]}
    found = tmp_path / "check.json"
    found.write_text(json.dumps(file), encoding="utf-8")
    body = comment(origin, tmp_path / "work", "0" * 40, found, forge("0" * 40))
    assert "13800138000" not in body
    assert not [line for line in body.splitlines() if line.startswith(("# ", "```", "::"))]
    outside_code = re.sub("`[^`]*`", "", body)
    assert "<img" not in outside_code
    assert "[点我](" not in outside_code
    assert "@everyone" not in outside_code


def test_an_artifact_too_long_for_a_comment_is_said_so(origin: Path, tmp_path: Path) -> None:
    long = {"line": 1, "column": 1, "message": "<" * 2000, "hint": "<" * 2000, "clause": "<" * 2000}
    finding = {"code": "UNIT-LEVEL", "severity": "error", "path": "x", **long}
    file = {"files": 1, "records": 1, "errors": 50, "warnings": 0, "findings": [finding] * 50}
    found = tmp_path / "check.json"
    found.write_text(json.dumps(file), encoding="utf-8")
    body = comment(origin, tmp_path / "work", "0" * 40, found, forge("0" * 40))
    assert "50 处错误" in body
    assert "写不下" in body
    assert len(body) < 65_536


def test_the_comment_goes_under_the_request_that_was_checked(origin: Path, tmp_path: Path) -> None:
    """Another of the owner's forks, and the same branch proposed for another one, come first in the list."""
    commit = "0" * 40
    state = forge(commit)
    state["unfiltered"] = True
    state["pulls"] = [
        pull(3, commit, repo="fork/other"),
        pull(4, commit, base="old"),
        pull(5, "1" * 40),
        pull(7, commit),
    ]
    assert comment(origin, tmp_path / "work", commit, None, state)
    assert [each["under"] for each in state["comments"]] == ["7"]  # type: ignore[attr-defined]
    state["pulls"] = [pull(7, commit), pull(8, commit)]
    state["comments"] = []
    assert comment(origin, tmp_path / "twice", commit, None, state) == ""


def test_no_pull_request_no_comment(origin: Path, tmp_path: Path) -> None:
    """The branch has moved on: what was checked is not what is there."""
    assert comment(origin, tmp_path / "work", "0" * 40, None, forge("1" * 40)) == ""


def test_publishing_checks_builds_and_deploys(origin: Path, tmp_path: Path) -> None:
    ran = run_job("publish", "build", origin=origin, work=tmp_path / "work", context={"github": {}})
    assert ran.passed, ran.log
    assert "检查了" in ran.summary
    assert (ran.artifacts["github-pages"] / "search" / "search_index.json").is_file()
    deployed = run_job("publish", "deploy", origin=origin, work=tmp_path / "deploy", context={"github": {}})
    assert deployed.passed
    assert load("publish")["jobs"]["deploy"]["needs"] == "build"


def test_certificates_are_made_county_by_county(origin: Path, tmp_path: Path) -> None:
    listed = run_job("certificates", "counties", origin=origin, work=tmp_path / "list", context={"github": {}})
    assert listed.passed, listed.log
    counties = json.loads(listed.outputs["list"]["counties"])
    assert counties
    context = {"github": {}, "matrix": {"county": counties[0]}}
    made = run_job("certificates", "render", origin=origin, work=tmp_path / "render", context=context)
    assert made.passed, made.log
    assert list(made.artifacts[f"certificates-{counties[0].replace('/', '-')}"].rglob("*.pdf"))
    assert set(load("certificates")[True]) == {"push", "workflow_dispatch"}
    assert list(made.artifacts[f"certificates-{counties[0].replace('/', '-')}"].rglob("*.zip"))
    assert {job["environment"] for name, job in load("certificates")["jobs"].items() if name != "counties"} == {
        "certificates"
    }


def test_certificates_are_issued_by_hand_and_handed_over(origin: Path, tmp_path: Path) -> None:
    context = {
        "github": {},
        "inputs": {"county": COUNTY.removeprefix("submissions/"), "year": "2026"},
        "secrets": {"WHOLESCHOOL_SIGNING_KEY": ""},  # a demonstration county needs none
    }
    done = run_job("certificates", "issue", origin=origin, work=tmp_path / "issue", context=context)
    assert done.passed, done.log
    assert "2026 年新发 0 张证书" in done.log
    handed = {file.name: file.read_bytes() for file in done.artifacts["ledger"].iterdir()}
    assert handed == {name: (REPOSITORY / COUNTY / "2026" / name).read_bytes() for name in handed}
    assert set(handed) == {"certificates.csv", "revocations.yaml"}
    context["inputs"]["year"] = "1999"
    refused = run_job("certificates", "issue", origin=origin, work=tmp_path / "refused", context=context)
    assert not refused.passed
    assert "没有 1999 年这一轮" in refused.log


def test_the_reminder_says_who_owes_what(origin: Path, tmp_path: Path) -> None:
    ran = run_job("reminder", "remind", origin=origin, work=tmp_path / "work", context={"github": {}})
    assert ran.passed, ran.log
    assert "文华" in ran.summary
    text = [line for line in ran.summary.splitlines() if line and not line.startswith("## ")]
    assert all(line.startswith("    ") for line in text)


def test_nothing_speaks_to_the_runner_but_through_inert() -> None:
    """Whatever a program prints may quote what somebody wrote, an error message as well as a table."""
    spoken = 0
    for name in NAMES:
        for job in load(name)["jobs"].values():
            for step in job["steps"]:
                for line in re.sub(r"\\\n", " ", step.get("run", "")).splitlines():
                    if re.search(r"\.venv/bin/|scripts/comment\.sh", line):
                        spoken += 1
                        assert line.strip().startswith("scripts/inert.sh "), (name, line)
    assert spoken >= 7


@pytest.mark.soak
@pytest.mark.parametrize(
    "name", some(["refs/tags/proposal", "refs/heads/origin/main", "refs/heads/proposal", "refs/tags/main"], 2)
)
def test_a_tag_in_the_way_switches_no_check_off(origin: Path, tmp_path: Path, propose: Propose, name: str) -> None:
    """A name that Git would rather take than the proposal, at a commit that changes nothing."""
    commits = propose(f"{COUNTY}/unit.yaml", "level: 县", "level: 县 # 校对过")
    git(origin, "update-ref", name, commits[0])
    try:
        ran = check(origin, tmp_path / "work", commits, "wenhua-xiaoxue")
    finally:
        git(origin, "update-ref", "-d", name)
    assert not ran.passed
    assert "title=PATH-OWNER::" in ran.log


def test_ci_calls_what_the_readme_says(origin: Path, tmp_path: Path) -> None:
    """Everything but the tests themselves: `make` is one that says what it was called for."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "make").write_text('#!/bin/sh\necho "make $* CI=$CI"\n')
    (programs / "make").chmod(0o755)
    ran = run_job("ci", "test", origin=origin, work=tmp_path / "work", context={"github": {}}, bin_folder=programs)
    assert (ran.passed, ran.log) == (True, "make test CI=true\n")


# Stands for python3, for the pip of an environment that it makes, and for the program that is installed there.
_PRETENDER = """#!/bin/sh
case "$(basename "$0") $*" in
  "python3 -m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; cp "$0" "$3/bin/wholeschool" ;;
  "python -m pip wheel "*) test -f "${10}/pyproject.toml"; touch "$9/wholeschool-1-py3-none-any.whl"; echo built ;;
  "python -m pip install "*.whl) test -f "$7"; echo "installed $(basename "$7")" ;;
  "python -m pip install "*"--require-hashes"*) grep -q -- --hash=sha256: "$8"; echo "locked $(basename "$8")" ;;
  "wholeschool new repository "*) mkdir -p "$3/submissions" ;;
  "wholeschool site "*) mkdir -p "$3/form"; echo page >"$3/form/index.html" ;;
  "wholeschool validate") find submissions -name unit.yaml | head -1 | grep -c . || true ;;
  "wholeschool certificates render "*) mkdir -p "$7"; touch "$7/one.pdf"; echo certificates ;;
esac
"""


def test_the_wheel_is_played_away_from_the_checkout(origin: Path, tmp_path: Path) -> None:
    """The order of it, and that every step rests on the one before; `tests/test_wheel.py` plays the wheel itself."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").write_text(_PRETENDER)
    (programs / "python3").chmod(0o755)
    ran = run_job("ci", "alone", origin=origin, work=tmp_path / "work", context={"github": {}}, bin_folder=programs)
    assert ran.passed, ran.log
    wheel = "wholeschool-1-py3-none-any.whl"
    wanted = [
        "locked setuptools.txt",
        "built",
        "locked requirements.lock",
        f"installed {wheel}",
        "0",
        "1",
        "certificates",
    ]
    assert ran.log.split("\n")[:-1] == wanted


def test_codeowners_follows_the_accounts(origin: Path, tmp_path: Path) -> None:
    done = subprocess.run([BIN / "wholeschool", "codeowners", "--check"], cwd=REPOSITORY, check=False)
    assert done.returncode == 0
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(origin), str(clone))
    accounts = clone / COUNTY / "accounts.yaml"
    accounts.write_text(accounts.read_text("utf-8").replace("mingyuan-office", "new-office"), encoding="utf-8")
    drifted = subprocess.run(
        [BIN / "wholeschool", "codeowners", "--check"], cwd=clone, capture_output=True, text=True, check=False
    )
    assert drifted.returncode == 1
    assert "wholeschool codeowners" in drifted.stderr
    subprocess.run([BIN / "wholeschool", "codeowners"], cwd=clone, check=True)
    owners = (clone / ".github" / "CODEOWNERS").read_text("utf-8")
    assert f"/{COUNTY}/ @new-office" in owners
    assert "wenhua-xiaoxue/" not in owners  # nobody reviews their own


def test_every_job_is_rehearsed() -> None:
    rehearsed = set(re.findall(r"run_job\(\s*\"(\w+)\", \"(\w+)\"", Path(__file__).read_text("utf-8")))
    assert rehearsed == {(name, job) for name in NAMES for job in load(name)["jobs"]}
