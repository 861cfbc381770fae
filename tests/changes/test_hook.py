"""A county with nothing but a bare Git server: real pushes, good and bad."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from tests.case_folders import BASE
from tests.days import in_days
from tests.program import COMMAND

COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ACCOUNTS = "accounts:\n  - account: wenhua\n    unit: anhui/shili/mingyuan/wenhua-xiaoxue\n"


def git(folder: Path, *arguments: str, account: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "WHOLESCHOOL_ACCOUNT": account}
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A working copy of a bare repository with the hook, main pushed once."""
    bare, work = tmp_path / "county server.git", tmp_path / "work"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(bare))
    done = subprocess.run([COMMAND, "hook", "install", str(bare)], capture_output=True, text=True, check=True)
    assert "装好了" in done.stdout
    git(tmp_path, "clone", "-q", str(bare), str(work))
    git(work, "checkout", "-q", "-b", "main")
    shutil.copytree(BASE / "submissions", work / "submissions")
    (work / COUNTY / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    assert commit_and_push(work, "admin").returncode == 0
    return work


def commit_and_push(work: Path, account: str, *options: str, branch: str = "main") -> subprocess.CompletedProcess[str]:
    git(work, "add", "-A")
    git(work, "commit", "-qm", "x")
    return git(work, "push", *options, "origin", f"HEAD:{branch}", account=account)


def server(work: Path) -> str:
    return git(work, "ls-remote", "origin", "refs/heads/main").stdout.split("\t")[0]


def edit(work: Path, path: str, old: str, new: str) -> None:
    text = (work / path).read_text("utf-8")
    assert old in text
    (work / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_good_push_is_accepted_with_its_summary(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# 校对过\noffered:")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode == 0, done.stderr
    assert "没有问题" in done.stderr
    assert server(clone) == git(clone, "rev-parse", "HEAD").stdout.strip()


def test_a_bad_push_is_refused_on_the_pushers_terminal(clone: Path) -> None:
    before = server(clone)
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert f"{SCHOOL}/unit.yaml:" in done.stderr
    assert "UNIT-LEVEL" in done.stderr
    assert "没有接受这次推送" in done.stderr
    assert server(clone) == before


def test_somebody_elses_records_are_refused(clone: Path) -> None:
    edit(clone, f"{COUNTY}/unit.yaml", "level: 县", "level: 县 # x")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "PATH-OWNER" in done.stderr


def test_rules_pushed_along_do_not_judge(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    (clone / "yaml.py").write_text("raise SystemExit(0)\n")
    (clone / "scripts").mkdir()
    (clone / "scripts" / "wholeschool.py").write_text("raise SystemExit(0)\n")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "UNIT-LEVEL" in done.stderr


def test_nobody_is_nobody(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# x\noffered:")
    done = commit_and_push(clone, "")
    assert done.returncode != 0
    assert "WHOLESCHOOL_ACCOUNT" in done.stderr
    assert "Traceback" not in done.stderr


def test_history_is_not_rewritten_and_main_not_deleted(clone: Path) -> None:
    git(clone, "commit", "-q", "--amend", "-m", "another")
    rewritten = git(clone, "push", "--force", "origin", "HEAD:main", account="wenhua")
    assert rewritten.returncode != 0
    assert "不能改写" in rewritten.stderr
    deleted = git(clone, "push", "origin", ":main", account="wenhua")
    assert deleted.returncode != 0
    assert "不能删除" in deleted.stderr


def test_what_was_the_main_line_stays_it(clone: Path) -> None:
    """Whose results these were is read along it: it may take others in, but not become a side line of another."""
    git(clone, "branch", "side")
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# 校对过\noffered:")
    assert commit_and_push(clone, "wenhua").returncode == 0
    was = server(clone)
    git(clone, "checkout", "-q", "side")
    edit(clone, f"{SCHOOL}/unit.yaml", "level:", "# 校对过\nlevel:")
    git(clone, "commit", "-qam", "side")
    git(clone, "checkout", "-q", "main")
    git(clone, "merge", "-q", "--no-ff", "side")
    tree = git(clone, "rev-parse", "main^{tree}").stdout.strip()
    beginning = git(clone, "commit-tree", tree, "-m", "x").stdout.strip()
    for first in ("side", beginning):
        other = git(clone, "commit-tree", tree, "-p", first, "-p", was, "-m", "x").stdout.strip()
        done = git(clone, "push", "origin", f"{other}:refs/heads/main", account="wenhua")
        assert done.returncode != 0, first
        assert "旁支" in done.stderr
        assert "git pull --rebase" in done.stderr
    assert server(clone) == was
    assert git(clone, "push", "origin", "main", account="wenhua").returncode == 0


def test_installing_says_what_is_wrong(tmp_path: Path, clone: Path) -> None:
    for place, words in ((tmp_path / "nowhere", "不是 Git 仓库"), (clone, "不是裸仓库")):
        done = subprocess.run([COMMAND, "hook", "install", str(place)], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert words in done.stderr
    other = tmp_path / "other.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(other))
    (other / "hooks" / "pre-receive").write_text("#!/bin/sh\nexit 0\n")
    done = subprocess.run([COMMAND, "hook", "install", str(other)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "别的钩子" in done.stderr
    assert (other / "hooks" / "pre-receive").read_text() == "#!/bin/sh\nexit 0\n"


def test_a_stand_in_for_an_object_deceives_nobody(clone: Path) -> None:
    """`refs/replace/` would show the hook one file and everybody else another."""
    good = git(clone, "rev-parse", f"HEAD:{SCHOOL}/unit.yaml").stdout.strip()
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    git(clone, "commit", "-qam", "x")
    bad = git(clone, "rev-parse", f"HEAD:{SCHOOL}/unit.yaml").stdout.strip()
    git(clone, "replace", bad, good)
    pushed = git(clone, "push", "origin", f"refs/replace/{bad}", account="wenhua")
    assert pushed.returncode != 0
    assert "只收分支和标签" in pushed.stderr
    server_folder = Path(git(clone, "remote", "get-url", "origin").stdout.strip())
    git(server_folder, "fetch", "-q", str(clone), f"refs/replace/{bad}:refs/replace/{bad}")  # it got there all the same
    done = git(clone, "push", "origin", "HEAD:main", account="wenhua")
    assert done.returncode != 0
    assert "UNIT-LEVEL" in done.stderr


CONFUSING = [
    *("refs/heads/MAIN", "refs/tags/main", "refs/heads/refs/heads/main", "refs/notes/commits", "refs/pull/1/head"),
    *("refs/heads/origin/main", "refs/heads/heads/main", "refs/tags/heads/main", "refs/tags/origin/main"),
    *("refs/heads/HEAD", "refs/tags/HEAD", "refs/heads/origin/HEAD", "refs/tags/refs/heads/main", "refs/heads/x/head"),
    *("refs/heads/refs/tags/x", "refs/heads/refs/heads/refs/heads/main", "refs/heads/draft/Main"),
    *("refs/heads/ma\u200bin", "refs/heads/main\u2060", "refs/heads/\ufeffmain", "refs/heads/a\u2028b"),
    *("refs/heads/m\u0430in", "refs/heads/\uff4d\uff41\uff49\uff4e", "refs/heads/ma\u0131n", "refs/heads/a\x85b"),
    *("refs/heads/ma\u115fin", "refs/heads/ma\u3164in", "refs/heads/mai\u2010n", "refs/tags/ma\u2800in"),
    *(
        "refs/heads/ORIG_HEAD",
        "refs/tags/FETCH_HEAD",
        "refs/tags/abc1234",
        f"refs/heads/{'1' * 40}",
        f"refs/tags/{'a' * 40}",
    ),
    *("refs/heads/\u202eniam", "refs/heads/ma\u0301in", "refs/tags/\U0001d426\U0001d41a\U0001d422\U0001d427"),
]


def test_nothing_passes_for_the_protected_branch(clone: Path) -> None:
    """Each of them is told; one push, since one bad name refuses all of a push."""
    done = git(clone, "push", "origin", *(f"HEAD:{name}" for name in CONFUSING), account="wenhua")
    assert done.returncode != 0
    assert done.stderr.count("没有接受") == len(CONFUSING)
    assert git(clone, "ls-remote", "origin").stdout.splitlines()[1:] == [f"{server(clone)}\trefs/heads/main"]


def test_a_branch_may_have_any_other_name(clone: Path) -> None:
    names = ["草稿", "文华小学/2026", "maintenance", "main-2", "headline", b"a\xffb".decode("utf-8", "surrogateescape")]
    wanted = [f"HEAD:refs/heads/{name}" for name in names]
    done = git(clone, "push", "-q", "origin", *wanted, account="wenhua")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("name", ["refs/tags/zhang-13800138000", "refs/heads/11010519491231002X"])
def test_the_name_of_a_branch_says_nothing_of_people(clone: Path, name: str) -> None:
    """Everybody who clones sees it."""
    done = git(clone, "push", "origin", f"HEAD:{name}", account="wenhua")
    assert done.returncode != 0
    assert "个人信息" in done.stderr
    ours = [line for line in done.stderr.splitlines() if line.startswith("remote:")]
    assert not any("13800138000" in line for line in ours)  # Git itself repeats what was pushed


def test_one_bad_branch_refuses_the_whole_push(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    git(clone, "commit", "-qam", "x")
    done = git(clone, "push", "origin", "HEAD:main", "HEAD:refs/heads/draft", account="wenhua")
    assert done.returncode != 0
    assert len(git(clone, "ls-remote", "origin", "refs/heads/*").stdout.splitlines()) == 1


def test_what_was_written_and_taken_back_does_not_get_into_the_history(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# 联系 138 0013 8000\noffered:")
    git(clone, "commit", "-qam", "first")
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "# 联系 138 0013 8000", "# 校对过")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "PII-HISTORY" in done.stderr
    assert "0013" not in done.stderr
    git(clone, "reset", "-q", "--soft", "origin/main")  # as the hint says: the last state as one commit
    assert commit_and_push(clone, "wenhua").returncode == 0


def test_what_a_tag_says_is_read(clone: Path) -> None:
    """Its message, those of a tag in a tag too; and it stands for a commit, not for a file."""
    git(clone, "tag", "-a", "v1", "-m", "第一版\n\n联系 138 0013 8000")
    git(clone, "tag", "-a", "v2", "-m", "第一版", "v1^{}")
    git(clone, "tag", "-a", "v3", "-m", "外面一层", "v1")
    git(clone, "tag", "v4", "HEAD:submissions/programme.yaml")
    git(clone, "tag", "v5")
    pushed = {name: git(clone, "push", "origin", name, account="wenhua") for name in ("v1", "v2", "v3", "v4", "v5")}
    assert [name for name, done in pushed.items() if done.returncode == 0] == ["v2", "v5"], "".join(
        each.stderr for each in pushed.values()
    )
    assert "标签的说明里疑似有手机号" in pushed["v1"].stderr
    assert "标签的说明里疑似有手机号" in pushed["v3"].stderr
    assert "标签只能指向提交" in pushed["v4"].stderr
    assert all("0013" not in done.stderr for done in pushed.values())


def test_a_merge_that_hides_something_is_looked_into(clone: Path) -> None:
    """What stands in neither parent but only in the merge between them, and is taken back after it."""
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# 校对过\noffered:")
    git(clone, "commit", "-qam", "mine")
    git(clone, "checkout", "-q", "-b", "side", "HEAD~1")
    git(clone, "commit", "-q", "--allow-empty", "-m", "side")
    git(clone, "merge", "-q", "--no-commit", "--no-ff", "main")
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "# 校对过", "# someone@example.org")
    git(clone, "commit", "-qam", "merge")
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "# someone@example.org", "# 又校对过")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "PII-HISTORY" in done.stderr


def install(repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "hook", "install", str(repository), *options], capture_output=True, text=True, check=False
    )


def test_what_a_clone_gets_is_what_is_protected(tmp_path: Path) -> None:
    """A repository whose HEAD is master was once protected on main, which nobody looks at."""
    bare = tmp_path / "county.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "master", str(bare))
    refused = install(bare, "--branch", "main")
    assert refused.returncode == 2
    assert "HEAD 指向 master" in refused.stderr
    assert not (bare / "hooks" / "pre-receive").exists()
    assert "受保护的分支是 master" in install(bare).stdout
    work = tmp_path / "work"
    git(tmp_path, "clone", "-q", str(bare), str(work))
    git(work, "checkout", "-q", "-B", "master")
    shutil.copytree(BASE / "submissions", work / "submissions")
    assert commit_and_push(work, "admin", branch="master").returncode == 0
    edit(work, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    assert "UNIT-LEVEL" in commit_and_push(work, "admin", branch="master").stderr
    (bare / "HEAD").write_text("ref: refs/heads/draft\n")
    told = commit_and_push(work, "", branch="draft")
    assert told.returncode != 0
    assert "HEAD 不再指向" in told.stderr
    (bare / "HEAD").write_text(git(work, "rev-parse", "HEAD~1").stdout)
    assert "HEAD 不指向分支" in install(bare).stderr


def test_a_name_that_somebody_else_took_has_no_rights(clone: Path) -> None:
    """The school's account was registered with its id; then it was deleted, and the name taken by another."""
    server_folder = Path(git(clone, "remote", "get-url", "origin").stdout.strip())
    assert install(server_folder, "--account-id", "PUSHER_ID").returncode == 0
    registered = ACCOUNTS.replace("wenhua\n", "wenhua\n    id: '1001'\n")
    (clone / COUNTY / "accounts.yaml").write_text(registered, encoding="utf-8")
    (clone / "submissions/programme.yaml").write_text(
        (clone / "submissions/programme.yaml").read_text("utf-8") + "\nmaintainers: [keeper]\n", encoding="utf-8"
    )
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "x")
    git(server_folder, "fetch", "-q", str(clone), "+HEAD:main")
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# 校对过\noffered:")
    git(clone, "commit", "-qam", "x")
    for number, status, words in (
        ("1002", False, "同名，编号不同"),
        ("", False, "没有给出"),
        ("1001", True, "没有问题"),
    ):
        os.environ["PUSHER_ID"] = number
        try:
            done = git(clone, "push", "origin", "HEAD:main", account="wenhua")
        finally:
            del os.environ["PUSHER_ID"]
        assert (done.returncode == 0) == status, done.stderr
        assert words in done.stderr


def test_a_history_that_is_pushed_first_is_looked_through(clone: Path) -> None:
    """What records said and took back is refused where nothing was before, too; the program's own history is not."""
    bare, number = clone.parent / "another.git", "1391234" + "5678"
    git(clone.parent, "init", "-q", "--bare", "-b", "main", str(bare))
    subprocess.run([COMMAND, "hook", "install", str(bare)], capture_output=True, text=True, check=True)
    git(clone, "remote", "set-url", "origin", str(bare))
    for folder, accepted in (("tests", True), (SCHOOL, False)):
        (clone / folder).mkdir(exist_ok=True)
        note = clone / folder / "电话.txt"
        note.write_text(f"电话 {number}")
        git(clone, "add", "-A")
        git(clone, "commit", "-qm", "x")
        note.unlink()
        pushed = commit_and_push(clone, "admin", branch="main")
        assert (pushed.returncode == 0) == accepted, pushed.stderr
        assert ("PII-HISTORY" in pushed.stderr) != accepted
        assert number not in pushed.stderr
        git(bare, "update-ref", "-d", "refs/heads/main")


def test_a_repository_that_cannot_be_read_gets_no_hook(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "--object-format=sha256", "server.git")
    done = subprocess.run(
        [COMMAND, "hook", "install", "server.git"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "SHA-256" in done.stderr
    assert not (tmp_path / "server.git" / "hooks" / "pre-receive").exists()


def test_whoever_changes_the_program_is_not_told_that_the_account_is_unknown(clone: Path) -> None:
    (clone / "README.md").write_text("x")
    pushed = commit_and_push(clone, "wenhua")
    assert pushed.returncode != 0
    assert "只有维护人员能改" in pushed.stderr
    assert "还没有登记" not in pushed.stderr


def test_a_tree_that_no_git_would_write_is_not_taken(clone: Path) -> None:
    """Two entries of one name: whoever reads it next may see the other one."""
    before = server(clone)
    blob = bytes.fromhex(git(clone, "rev-parse", "HEAD:submissions/programme.yaml").stdout.strip())
    twice = b"".join(b"100644 a.yaml\0" + blob for _ in range(2))
    made = subprocess.run(
        ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
        cwd=clone,
        input=twice,
        capture_output=True,
        check=True,
    )
    commit = git(clone, "commit-tree", made.stdout.decode().strip(), "-p", "HEAD", "-m", "x").stdout.strip()
    done = git(clone, "push", "origin", f"{commit}:refs/heads/aside", account="wenhua")
    assert done.returncode != 0
    assert "fsck" in done.stderr
    assert server(clone) == before


def test_each_step_of_the_main_line_is_answered_for(clone: Path) -> None:
    """What is done and taken back in one push would later be read as what was there on that day."""
    plan = f"{SCHOOL}/2026/plan.yaml"
    before, text = server(clone), (clone / plan).read_bytes()
    for account, told in (("nobody", "PATH-OWNER"), ("wenhua", "PLAN-KEPT")):
        (clone / plan).unlink()
        git(clone, "commit", "-qam", "away")
        (clone / plan).write_bytes(text)
        git(clone, "add", "-A")
        git(clone, "commit", "-qm", "back")
        done = git(clone, "push", "origin", "HEAD:main", account=account)
        assert done.returncode != 0
        assert "没有改动任何文件" in done.stderr
        edit(clone, f"{SCHOOL}/unit.yaml", "principal: 林静", "principal: 林静 ")
        done = commit_and_push(clone, account)
        assert done.returncode != 0
        assert told in done.stderr
        # Whoever may not change this at all is not told of each step.
        assert bool(re.search("提交 [0-9a-f]{10} 里", done.stderr)) == (account == "wenhua")
        assert server(clone) == before
        git(clone, "reset", "-q", "--hard", "origin/main")
    # What is only put right by the next commit may be pushed with it.
    edit(clone, f"{SCHOOL}/unit.yaml", "principal: 林静", "principal: ''")
    git(clone, "commit", "-qam", "wrong")
    edit(clone, f"{SCHOOL}/unit.yaml", "principal: ''", "principal: 林静 # 校长")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode == 0, done.stderr


def test_so_many_steps_at_once_are_not_judged(clone: Path) -> None:
    for number in range(41):
        with (clone / SCHOOL / "unit.yaml").open("a", encoding="utf-8") as file:
            file.write(f"# {number}\n")
        git(clone, "commit", "-qam", "x")
    done = git(clone, "push", "origin", "HEAD:main", account="wenhua")
    assert done.returncode != 0
    assert "最多 40 个" in done.stderr


def test_nothing_is_pushed_that_is_dated_tomorrow(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By that day it would keep everybody from announcing a draw today."""
    edit(clone, f"{SCHOOL}/unit.yaml", "principal: 林静", "principal: 林静 # 校长")
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", f"{in_days(1)}T00:30:00+08:00")
        done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "GIT-DATE" in done.stderr
    git(clone, "commit", "-q", "--amend", "--no-edit", "--date=now")
    done = git(clone, "push", "origin", "HEAD:main", account="wenhua")
    assert done.returncode == 0, done.stderr


def test_other_branches_are_free_but_for_nobodies_and_somebodys_numbers(clone: Path) -> None:
    """Whether a branch can be merged is not asked yet; that it tells nobody's number is."""
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    assert commit_and_push(clone, "", branch="refs/heads/draft").returncode != 0
    assert commit_and_push(clone, "wenhua", branch="refs/heads/draft").returncode == 0
    note = clone / SCHOOL / "2026/note.txt"
    note.write_text("联系人 13912345678\n", "utf-8")
    done = commit_and_push(clone, "wenhua", branch="refs/heads/telling")
    assert done.returncode != 0
    assert "PII-MOBILE" in done.stderr
    assert "UNIT-LEVEL" not in done.stderr
    assert "13912345678" not in done.stderr
    note.unlink()
    again = commit_and_push(clone, "wenhua", branch="refs/heads/telling")
    assert again.returncode != 0, "it is in the history"
    git(clone, "reset", "-q", "--hard", "HEAD~2")
    (clone / "anywhere.txt").write_text("联系人 13912345678\n", "utf-8")
    for where in ("refs/heads/telling", "refs/tags/telling"):
        done = commit_and_push(clone, "wenhua", branch=where)
        assert done.returncode != 0, where
        assert "anywhere.txt" in done.stderr
        assert "13912345678" not in done.stderr
    git(clone, "tag", "-a", "-m", "x", "annotated")
    assert git(clone, "push", "origin", "annotated", account="wenhua").returncode != 0
    git(clone, "reset", "-q", "--hard", "HEAD~1")
    git(clone, "tag", "-f", "-a", "-m", "x", "annotated")
    assert git(clone, "push", "origin", "annotated", account="wenhua").returncode == 0


def test_an_open_list_of_people_and_a_photos_place_are_somebodys_too(clone: Path) -> None:
    """On a branch that is never merged as on one that is; whoever's folder it is in."""
    sheet = "姓名,出生年月,政治面貌\n甲晓月,1990-01,群众\n"
    for number, path in enumerate((f"{SCHOOL}/2026/list.csv", "list.csv")):
        (clone / path).write_text(sheet, "utf-8")
        done = commit_and_push(clone, "wenhua", branch=f"refs/heads/list{number}")
        assert done.returncode != 0, path
        assert "联系表" in done.stderr
        assert "git reset --soft" in done.stderr
        assert "1990-01" not in done.stderr
        git(clone, "reset", "-q", "--hard", "HEAD~1")
    folder = clone / SCHOOL / "2026/attachments"
    folder.mkdir(exist_ok=True)
    photo = Image.new("RGB", (8, 8))
    data = photo.getexif()
    data.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    data.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (31.0, 49.0, 0.0)
    photo.save(folder / "photo.jpg", exif=data)
    done = commit_and_push(clone, "wenhua", branch="refs/heads/photo")
    assert done.returncode != 0
    assert "ATT-LOCATION" in done.stderr


def test_a_branch_or_tag_comes_from_the_main_line(clone: Path) -> None:
    """Of one that begins anew nobody could say what it brings: numbers in it would go to everybody who clones."""
    git(clone, "checkout", "-q", "--orphan", "alone")
    (clone / "notes.txt").write_text("换一个开头\n", "utf-8")  # or it would be the very commit that main began with
    assert commit_and_push(clone, "wenhua", branch="refs/heads/alone").returncode != 0
    (clone / "anywhere.txt").write_text("联系人 13912345678\n", "utf-8")
    for account, where in (("wenhua", "refs/heads/alone"), ("stranger", "refs/tags/v1")):
        done = commit_and_push(clone, account, branch=where)
        assert done.returncode != 0, where
        assert "没有共同的提交" in done.stderr
        assert "13912345678" not in done.stderr
    # What is taken in by a branch that does come from it is looked at, also what its history took back.
    git(clone, "rm", "-q", "anywhere.txt")
    git(clone, "commit", "-qm", "x")
    git(clone, "checkout", "-q", "-B", "side", "origin/main")
    git(clone, "merge", "-q", "--allow-unrelated-histories", "-s", "ours", "-m", "x", "alone")
    done = git(clone, "push", "origin", "HEAD:refs/heads/side", account="wenhua")
    assert done.returncode != 0
    assert "PII-HISTORY" in done.stderr
    git(clone, "reset", "-q", "--hard", "origin/main")
    edit(clone, f"{SCHOOL}/unit.yaml", "principal: 林静", "principal: 林静 # 校长")
    assert commit_and_push(clone, "wenhua", branch="refs/heads/side").returncode == 0
    assert git(clone, "push", "origin", "main:refs/tags/2026-1", account="wenhua").returncode == 0


def test_a_roster_is_pushed_on_the_day_that_its_commit_bears(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was pushed for a month: with a day of then, who goes on leave for a draw has long been on leave.

    Whoever commits on one day and pushes it a week later makes the commit anew, as the hint says; a plan may be late.
    """
    days, rows = ("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"), f"{SCHOOL}/2026/teachers.yaml"
    with monkeypatch.context() as patch:
        for name in days:
            patch.setenv(name, f"{in_days(-40)}T12:00:00+08:00")
        git(clone, "commit", "-q", "--amend", "--no-edit")
    bare = Path(git(clone, "remote", "get-url", "origin").stdout.strip())
    git(bare, "fetch", "-q", str(clone), "+HEAD:main")
    git(clone, "fetch", "-q")
    with monkeypatch.context() as patch:
        for name in days:
            patch.setenv(name, f"{in_days(-30)}T12:00:00+08:00")
        edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# 校对过\noffered:")
        assert commit_and_push(clone, "wenhua").returncode == 0
        edit(clone, rows, "teachers:", "# 核对过\nteachers:")
        done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "GIT-DATE" in done.stderr
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "# 校对过\n", "")
    assert commit_and_push(clone, "wenhua").returncode != 0, "what comes on top does not date it"
    assert git(clone, "rebase", "--force-rebase", "origin/main").returncode == 0
    assert git(clone, "push", "origin", "HEAD:main", account="wenhua").returncode == 0


def test_commits_of_a_clock_that_is_ahead_are_made_anew_as_the_hint_says(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", f"{in_days(20)}T12:00:00+08:00")
        for number in range(2):
            edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", f"# {number}\noffered:")
            git(clone, "commit", "-qam", "x")
    done = git(clone, "push", "origin", "HEAD:main", account="wenhua")
    assert done.returncode != 0
    assert "GIT-DATE" in done.stderr
    hints = set(re.findall(r"运行 (git [-a-z =/]+)", done.stderr))
    assert len(hints) == 1
    assert git(clone, *hints.pop().split()[1:]).returncode == 0
    assert git(clone, "push", "origin", "HEAD:main", account="wenhua").returncode == 0
