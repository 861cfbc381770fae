"""The real `wholeschool validate`, as a program: what it prints where, and how it exits."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.case_folders import BASE
from tests.program import COLD, COMMAND
from tests.sources.test_trees import git

SCHOOL = "submissions/anhui/shili/mingyuan/qingshan-xiaoxue"
APPROVED = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
KEYS = ["code", "severity", "path", "line", "column", "message", "hint", "clause", "related"]


def run(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`wholeschool` in a folder, far from this repository's own records."""
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    """A programme in a folder that Git knows nothing of."""
    root = tmp_path / "样张 programme"
    shutil.copytree(BASE, root)
    return root


@pytest.fixture
def programme(loose: Path) -> Path:
    """The same with a history of one commit."""
    git(loose, "init", "-q")
    git(loose, "add", "-A")
    git(loose, "commit", "-q", "-m", "right")
    return loose


@pytest.fixture
def broken(programme: Path) -> Path:
    unit = programme / SCHOOL / "unit.yaml"
    unit.write_text(unit.read_text("utf-8").replace("[多媒体教学环境]", "[多媒体环境]"), encoding="utf-8")
    return programme


def _one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Nothing on stdout, exactly one line on stderr, in Chinese, and no sign of Python."""
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert re.search("[一-鿿]", lines[0])
    assert not re.search(r"Traceback|Error|\.py|File \"", lines[0])
    return lines[0]


def test_a_right_programme_exits_0(programme: Path) -> None:
    done = run(programme, "validate")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("检查了 ")


def test_warnings_alone_exit_0(programme: Path) -> None:
    case = programme / "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/cases/xizuo-huping.md"
    case.write_text(case.read_text("utf-8").replace("author: true", "author: false"), encoding="utf-8")
    done = run(programme, "validate")
    assert (done.returncode, done.stderr) == (0, "")
    assert "提醒 CASE-CONSENT" in done.stdout


def test_an_error_exits_1_and_names_the_line(broken: Path) -> None:
    done = run(broken, "validate")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{SCHOOL}/unit.yaml:6:16: 错误 S-ENUM" in done.stdout
    assert "您是不是想写“多媒体教学环境”？" in done.stdout
    assert "\x1b" not in done.stdout


def test_json_is_the_only_thing_on_stdout(broken: Path) -> None:
    done = run(broken, "validate", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    body = json.loads(done.stdout)
    assert list(body) == ["files", "records", "errors", "warnings", "known", "effects", "findings"]
    assert body["errors"] == 1
    assert body["files"] == body["records"] + 1
    (found,) = (each for each in body["findings"] if each["severity"] == "error")
    assert list(found) == KEYS
    assert (found["code"], found["path"], found["line"], found["column"]) == ("S-ENUM", f"{SCHOOL}/unit.yaml", 6, 16)


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "markdown"])
def test_every_format_works_in_a_poor_locale(broken: Path, form: str) -> None:
    done = run(broken, "validate", "--format", form, env={"LC_ALL": "C"})
    assert done.returncode == 1
    assert "多媒体环境" in done.stdout


def test_from_a_folder_inside_the_programme_everything_is_checked(broken: Path) -> None:
    done = run(broken / "submissions/anhui", "validate")
    assert done.returncode == 1
    assert f"{SCHOOL}/unit.yaml:6:16" in done.stdout


@pytest.mark.parametrize("path", ["submissions", f"{SCHOOL}/unit.yaml", f"./{SCHOOL}/../../../shili", "."])
def test_paths_that_hold_the_mistake_report_it(broken: Path, path: str) -> None:
    assert run(broken, "validate", "submissions/anhui/unit.yaml", path).returncode == 1


@pytest.mark.parametrize("path", ["submissions/anhui/unit.yaml", f"{SCHOOL}/../wenhua-xiaoxue"])
def test_other_paths_do_not(broken: Path, path: str) -> None:
    done = run(broken, "validate", path)
    assert (done.returncode, "S-ENUM" in done.stdout) == (0, False)


def test_a_path_is_judged_against_all_other_records(programme: Path) -> None:
    """A roster alone knows nothing of the plan: the rest is read as well."""
    roster = programme / "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/2026/teachers.yaml"
    roster.write_text(roster.read_text("utf-8").replace("[A5, A11, B10]", "[A5, A12, B10]"), encoding="utf-8")
    assert "CHOICE-OFFERED" in run(programme, "validate", str(roster)).stdout


def test_a_commit_is_checked_and_not_the_folder(programme: Path) -> None:
    (programme / SCHOOL / "unit.yaml").write_bytes(b"\xff\xfe")
    assert run(programme, "validate").returncode == 1
    assert run(programme, "validate", "--head", "HEAD").returncode == 0
    git(programme, "commit", "-q", "-a", "-m", "wrong")
    done = run(programme, "validate", "--head", "HEAD", "--format", "json")
    errors = [each for each in json.loads(done.stdout)["findings"] if each["severity"] == "error"]
    assert [each["code"] for each in errors] == ["Y-ENC"]
    assert run(programme, "validate", "--head", "HEAD~1").returncode == 0
    assert run(programme, "validate", SCHOOL, "--head", "HEAD").returncode == 1


def test_what_is_not_committed_yet_is_compared_with_the_base(programme: Path) -> None:
    """Changed, new and deleted records; the index and the branch stay as they are, and --head leaves them out."""
    unit = programme / SCHOOL / "unit.yaml"
    assert run(programme, "validate", "--base", "HEAD").returncode == 0
    unit.write_text(unit.read_text("utf-8").replace("[多媒体教学环境]", "[多媒体环境]"), encoding="utf-8")
    before = git(programme, "status", "--porcelain"), git(programme, "rev-parse", "HEAD")
    done = run(programme, "validate", "--base", "HEAD")
    assert done.returncode == 1
    assert "S-ENUM" in done.stdout
    assert (git(programme, "status", "--porcelain"), git(programme, "rev-parse", "HEAD")) == before
    assert run(programme, "validate", "--base", "HEAD", "--head", "HEAD").returncode == 0
    git(programme, "checkout", "-q", ".")
    new = programme / "submissions/anhui/shili/mingyuan/xinlai-xiaoxue/unit.yaml"
    new.parent.mkdir()
    new.write_bytes(b"level: \xff\n")
    assert run(programme, "validate", "--base", "HEAD").returncode == 1
    new.unlink()
    (programme / "submissions/anhui/shili/mingyuan/2026/approvals/1.yaml").unlink()
    assert "DECISION-KEPT" in run(programme, "validate", "--base", "HEAD").stdout


def test_what_was_decided_is_compared_with_the_main_line_unasked(programme: Path) -> None:
    git(programme, "branch", "-M", "main")
    plan = programme / f"{APPROVED}/2026/plan.yaml"
    plan.write_text(plan.read_text("utf-8").replace("3 月至 4 月", "3 月至 5 月", 1), encoding="utf-8")
    kept = [KEYS[2], f"{APPROVED}/2026/plan.yaml"]
    for arguments in ([], ["--head", "HEAD"], [f"{APPROVED}"]):
        done = run(programme, "validate", "--format", "json", *arguments)
        found = [each for each in json.loads(done.stdout)["findings"] if each["severity"] == "error"]
        if arguments[:1] == ["--head"]:  # the commit is the main line, where nothing was changed
            assert (done.returncode, found) == (0, [])
        else:
            assert done.returncode == 1
            assert [(each["code"], each[kept[0]]) for each in found] == [("PLAN-KEPT", kept[1])]
    git(programme, "switch", "-q", "-c", "ours")
    git(programme, "commit", "-qam", "another plan")
    assert "PLAN-KEPT" in run(programme, "validate").stdout
    assert "PLAN-KEPT" in run(programme, "validate", "--head", "ours").stdout
    assert run(programme, "validate", SCHOOL).returncode == 0


def test_a_history_that_is_not_all_there_is_said(programme: Path, tmp_path: Path) -> None:
    git(programme, "commit", "-q", "--allow-empty", "-m", "later")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{programme}", "shallow")
    assert run(tmp_path / "shallow", "validate").returncode == 0
    plan = tmp_path / "shallow" / APPROVED / "2026/plan.yaml"
    plan.write_text(plan.read_text("utf-8") + "# later\n", encoding="utf-8")
    done = run(tmp_path / "shallow", "validate")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_only_the_commit_has_can_be_asked_for(programme: Path) -> None:
    (programme / SCHOOL / "unit.yaml").unlink()
    assert run(programme, "validate", f"{SCHOOL}/unit.yaml", "--head", "HEAD").returncode == 0


def test_where_there_is_no_programme(tmp_path: Path) -> None:
    assert "submissions/" in _one_sentence(run(tmp_path, "validate"))
    (tmp_path / "submissions").mkdir()
    assert "没有任何文件" in _one_sentence(run(tmp_path, "validate"))


def test_a_programme_outside_git_has_no_commits(loose: Path) -> None:
    assert "不是 Git 仓库" in _one_sentence(run(loose, "validate", "--head", "HEAD"))


@pytest.mark.parametrize("path", ["no-such-file.yaml", "submissions/anhui/none/", "/etc/hostname", "..", "a\nb"])
def test_an_unknown_path(programme: Path, path: str) -> None:
    _one_sentence(run(programme, "validate", path))


@pytest.mark.parametrize(
    "arguments", [["--haed", "HEAD"], ["--format", "xml"], ["--head"], ["--format"], ["-x"], ["--author", "someone"]]
)
def test_an_unknown_or_wrong_option(programme: Path, arguments: list[str]) -> None:
    assert "--help" in _one_sentence(run(programme, "validate", *arguments)) or arguments[0] == "--author"


def test_an_option_nearly_right_is_recognised(programme: Path) -> None:
    assert "--head" in _one_sentence(run(programme, "validate", "--haed", "HEAD"))


@pytest.mark.parametrize("verb", ["validat", "", "verb_validate", "__init__"])
def test_an_unknown_command(programme: Path, verb: str) -> None:
    _one_sentence(run(programme, verb))


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x", "0" * 40, "a\nb"])
def test_an_unknown_revision_writes_nothing(programme: Path, revision: str) -> None:
    assert "找不到提交" in _one_sentence(run(programme, "validate", f"--head={revision}"))
    assert not (programme / "x").exists()
    assert git(programme, "status", "--porcelain") == ""


def test_an_unreadable_file(programme: Path) -> None:
    """A socket in the way of a record: nobody can read it, not even root."""
    home = Path.cwd()
    os.chdir(programme / SCHOOL)  # a socket's address may not be long
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("documents.yaml")
            assert "documents.yaml" in _one_sentence(run(programme, "validate"))
    finally:
        os.chdir(home)


def test_a_commit_whose_blob_is_lost(programme: Path) -> None:
    name = git(programme, "rev-parse", f"HEAD:{SCHOOL}/unit.yaml")
    (programme / ".git/objects" / name[:2] / name[2:]).unlink()
    assert f"{SCHOOL}/unit.yaml" in _one_sentence(run(programme, "validate", "--head", "HEAD"))


def test_a_reader_that_goes_away_is_no_disaster(broken: Path) -> None:
    with subprocess.Popen(
        [str(COLD), "validate"], cwd=broken, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


def test_code_in_the_checked_folder_is_not_run(broken: Path) -> None:
    """A submitted yaml.py, or a package of our name, beside the records."""
    for name in ("yaml.py", "wholeschool/__init__.py", "sitecustomize.py"):
        target = broken / name
        target.parent.mkdir(exist_ok=True)
        target.write_text("open('ran', 'w').close(); raise SystemExit(0)\n")
    assert run(broken, "validate").returncode == 1
    assert not (broken / "ran").exists()


def test_help_is_chinese_and_names_the_options(programme: Path) -> None:
    done = run(programme, "validate", "--help")
    assert done.returncode == 0
    for word in ("检查记录", "--head", "--base", "--author", "--format"):
        assert word in done.stdout


def test_without_git_on_the_machine_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(COLD), "validate"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "没有 Git" in done.stderr
    assert "程序自己出了错" not in done.stderr
