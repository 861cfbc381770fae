"""`wholeschool import` and `export template`, as programs: from nothing to a valid submission, and killed half-way."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.case_folders import BASE
from tests.cli.test_validate import run
from tests.papers.exports import Person, Study, a_platform, identity, phone
from wholeschool.days import today

SCHOOL = "anhui/shili/mingyuan/xinqiao-xiaoxue"


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    root = tmp_path / "programme"
    shutil.copytree(BASE, root)
    return root


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "submissions")
    git(root, "commit", "-qm", "x")


def _template(root: Path, kind: str, *more: str, unit: str = SCHOOL) -> Path:
    file = root.parent / f"{kind}.xlsx"
    file.unlink(missing_ok=True)
    done = run(root, "export", "template", kind, unit, "--out", str(file), *more)
    assert done.returncode == 0, done.stderr
    return file


def _fill(file: Path, form: dict[str, str], **tables: list[list[str]]) -> None:
    """What somebody types: form fields by name, rows below the header."""
    book = load_workbook(file)
    if form:
        sheet: Any = book["基本信息"]
        labels = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2)}
        for label, text in form.items():
            labels[label].value = text
    for title, rows in tables.items():
        sheet = book[title]
        columns = {cell.value: cell.column for cell in sheet[1]}
        for number, row in enumerate(rows[1:], start=2):
            for name, text in zip(rows[0], row, strict=True):
                sheet.cell(number, columns[name]).value = text
    book.save(file)


def test_a_school_from_nothing_with_excel_alone(programme: Path) -> None:
    unit = _template(programme, "unit")
    _fill(
        unit,
        {
            "级别": "校",
            "代码": "3499010077",
            "名称": "明远县新桥小学（样张）",
            "样张": "是",
            "学校类型": "小学",
            "校（园）长": "样张甲",
            "信息化环境": "多媒体教学环境",
        },
    )
    team = _template(programme, "team", "--name", "management")
    roles = [
        ["样张甲", "校长", "负责人"],
        ["样张乙", "业务副校长", ""],
        ["样张丙", "教导主任", "联络人"],
        ["样张丁", "信息技术骨干教师", ""],
    ]
    _fill(team, {"成立日期": "2026年2月27日"}, 成员=[["姓名", "校内角色", "团队职责"], *roles])
    plan = _template(programme, "plan", "--year", "2026")
    _fill(
        plan,
        {
            "报送日期": "2026.3.23",
            "教育教学改革发展目标": "让每个孩子当堂有一次表达。",
            "教师能力提升需求": "问卷里排第一的是导入。",
            "可选微能力": "A1、A3、A5、A6、A7、A11",
            "校本研修主题": "导入从一个真问题开始",
            "指导：指导的培训团队": "anhui/shili/mingyuan",
            "指导：指导人": "高建国、沈月华",
            "指导：日期": "2026年3月10日",
            "指导：指导意见": "目标写得能测量，同意报送。",
        },
        信息化环境现状=[["信息化环境", "现状"], ["多媒体教学环境", "12 个班都有一体机。"]],
        目标=[
            ["目标", "为谁", "基线", "目标值", "测量方法", "期限", "责任人"],
            ["导入引出核心问题", "教师", "3 节", "8 节", "推门听课", "2026/11/30", "样张乙"],
        ],
        教师培训计划=[["主题", "方式", "学时", "时间"], ["导入的问题从哪里来", "线下", "30学时", "4 月"]],
    )
    roster = _template(programme, "teachers", "--year", "2026")
    people = [
        [f"3499010077000{place}", name, "语文", "小学", "A1、a5，A6 Ａ11"] for place, name in enumerate("甲乙", 1)
    ]
    _fill(
        roster,
        {},
        教师=[
            ["教师编号", "姓名", "学科", "学段", "所选微能力"],
            *([n, f"样 张{name}", *more] for n, name, *more in people),
        ],
    )
    git(programme, "init", "-q", "-b", "main")
    accounts = programme / "submissions/anhui/shili/mingyuan/accounts.yaml"
    accounts.write_text(f"accounts:\n  - account: xinqiao\n    unit: {SCHOOL}\n", encoding="utf-8")
    commit(programme)
    git(programme, "switch", "-q", "-c", "xinqiao")
    done = run(programme, "import", str(unit), str(team), str(plan), str(roster))
    assert done.returncode == 0, done.stdout + done.stderr
    checked = run(programme, "validate", f"submissions/{SCHOOL}")
    assert checked.returncode == 0, checked.stdout
    text = (programme / f"submissions/{SCHOOL}/2026/plan.yaml").read_text("utf-8")
    assert "deadline: 2026-11-30" in text
    assert "hours: 30" in text
    again = run(programme, "import", str(unit), str(team), str(plan), str(roster))
    assert "没有写入" in again.stdout
    commit(programme)
    for account, status in (("xinqiao", 0), ("somebody", 1)):
        change = ("--base", "main", "--head", "xinqiao", "--author", account)
        submitted = run(programme, "validate", *change)
        assert submitted.returncode == status, submitted.stdout
        assert "名册人数 2" in submitted.stdout
    assert "PATH-OWNER" in submitted.stdout


def test_a_dry_run_shows_the_difference_and_writes_nothing(programme: Path) -> None:
    school = "anhui/shili/mingyuan/wenhua-xiaoxue"
    file = _template(programme, "teachers", "--year", "2026", unit=school)
    book = load_workbook(file)
    sheet: Any = book["教师"]
    column = next(cell.column for cell in sheet[1] if cell.value == "教研组")
    sheet.cell(3, column).value = "全校教研组"
    book.save(file)
    path = programme / f"submissions/{school}/2026/teachers.yaml"
    before = path.read_text("utf-8")
    shown = run(programme, "import", str(file), "--dry-run")
    assert shown.returncode == 0, shown.stdout
    added = [
        line for line in shown.stdout.splitlines() if line.startswith(("+", "-")) and line[:3] not in ("+++", "---")
    ]
    assert added == ["+    group: 全校教研组"]
    assert path.read_text("utf-8") == before
    assert run(programme, "import", str(file)).returncode == 0
    assert path.read_text("utf-8") != before
    assert run(programme, "validate").returncode == 0


def test_what_cannot_be_done_is_one_sentence(programme: Path, tmp_path: Path) -> None:
    for arguments, word in (
        (["import", "没有.xlsx"], "没有"),
        (["import", str(tmp_path)], "没有工作簿（.xlsx）"),
        (["export", "template", "jihua", SCHOOL], "teachers（教师名册与选学）"),
        (["export", "template", "team", SCHOOL], "--name"),
        (["export", "template", "acceptance", SCHOOL], "县级的记录"),
        (["export", "nothing"], "没有"),
    ):
        done = run(programme, *arguments)
        assert done.returncode == 2, done.stdout
        assert word in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_nothing_in_a_folder_is_passed_over_in_silence(programme: Path, tmp_path: Path) -> None:
    folder = tmp_path / "收上来的" / "语文组"
    folder.mkdir(parents=True)
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le")
    (folder / "旧.xls").write_bytes(old)
    (folder / "别的.ET").write_bytes(old)
    (folder / "坏.XLSX").write_bytes(b"PK\x03\x04")
    (folder / "名册.csv").write_bytes("教师编号,姓名\r\n1,甲".encode("gb18030"))
    (folder / "~$名册.xlsx").write_bytes(b"x")
    done = run(programme, "import", str(folder.parent), "--unit", SCHOOL, "--year", "2026", "--kind", "teachers")
    assert done.returncode == 1, done.stderr
    for name, word in (
        ("旧.xls", ".xls 工作簿"),
        ("别的.ET", ".et 工作簿"),
        ("坏.XLSX", "损坏"),
        ("名册.csv", "表“名册”"),
    ):
        assert any(name in line and word in line for line in done.stdout.splitlines()), done.stdout
    assert "~$" not in done.stdout


def test_what_a_column_is_said_to_be_is_heeded_or_refused(programme: Path, tmp_path: Path) -> None:
    """A slip in --map is said; with several workbooks it is enough that one of them has the column."""
    file, other = tmp_path / "名册.csv", tmp_path / "队伍.csv"
    file.write_text("工号,姓名,任课,备注\n349901010009,样张老师,语文,新来的\n", "utf-8")
    other.write_text("姓名,工号\n样张老师,349901010009\n", "utf-8")
    into = ("--unit", SCHOOL, "--year", "2026", "--kind", "teachers", "--dry-run")
    for given, said in (
        (("任课=科",), "--map “任课=科”用不上：模板里没有“科”这一列；有的是：教师编号、姓名、"),
        (("任课科目=学科",), "--map “任课科目=学科”用不上：表里没有“任课科目”这一列"),
        (("任课=学科", "备住=-"), "--map “备住=-”用不上：表里没有“备住”这一列"),
    ):
        done = run(programme, "import", str(file), *into, *(word for each in given for word in ("--map", each)))
        assert done.returncode == 2, done.stdout
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    for files in ([file], [file, other]):
        done = run(programme, "import", *map(str, files), *into, "--map", "任课=学科", "--map", "备注=-")
        assert "用不上" not in done.stderr


def test_a_whole_disk_named_by_mistake_is_one_sentence(programme: Path, tmp_path: Path) -> None:
    folder = tmp_path / "多"
    folder.mkdir()
    for number in range(5_001):
        (folder / f"{number}.csv").touch()
    done = run(programme, "import", str(folder))
    assert done.returncode == 2
    assert "一共有 5001 份表格，一次最多导入 5000 份" in done.stderr


# Ends itself at the moment when the n-th record has been put into its place.
_KILLED = """
import os, signal, sys
from pathlib import Path
from wholeschool import all_or_none
real, left = all_or_none.write_whole, [int(sys.argv[1])]
def write(path, data, **options):
    real(path, data, **options)
    if "submissions" in path.parts:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
all_or_none.write_whole = write
sys.argv = ["wholeschool", *sys.argv[2:]]
from wholeschool.cli import main
main()
"""


def test_a_killed_import_of_a_folder_leaves_the_tree_as_it_was(programme: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, school in enumerate(("wenhua-xiaoxue", "qingshan-xiaoxue")):
        file = _template(programme, "unit", unit=f"anhui/shili/mingyuan/{school}")
        _fill(file, {"校（园）长": "样张甲"})
        file.rename(folder / f"{number}.xlsx")
    before = {path: path.read_bytes() for path in (programme / "submissions").rglob("*") if path.is_file()}

    def now() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (programme / "submissions").rglob("*") if path.is_file()}

    done = subprocess.run(
        [sys.executable, "-c", _KILLED, "1", "import", str(folder)],
        cwd=programme,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert now() != before
    next_one = run(programme, "validate")
    assert next_one.returncode == 0, next_one.stdout
    assert "已恢复原样" in next_one.stderr
    assert now() == before
    assert run(programme, "import", str(folder)).returncode == 0
    assert len(set(now().items()) - set(before.items())) == 2
    assert "已恢复原样" not in run(programme, "validate").stderr


def _four(programme: Path, folder: Path) -> None:
    """Four workbooks that change a record each, the last with an error."""
    folder.mkdir()
    school = "anhui/shili/mingyuan/wenhua-xiaoxue"
    for number, unit in enumerate((school, school.replace("wenhua", "qingshan"))):
        file = _template(programme, "unit", unit=unit)
        _fill(file, {"校（园）长": "样张甲"})
        file.rename(folder / f"{number}.xlsx")
    file = _template(programme, "team", "--name", "management", unit=school)
    _fill(file, {"成立日期": "2026-02-20"})
    file.rename(folder / "2.xlsx")
    file = _template(programme, "unit", unit="anhui/shili/mingyuan")
    _fill(file, {"代码": "三四九九"})
    file.rename(folder / "3.xlsx")


def test_of_four_workbooks_one_with_an_error_nothing_is_written(programme: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    _four(programme, folder)

    def now() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (programme / "submissions").rglob("*") if path.is_file()}

    before = now()
    for more in ((), ("--dry-run",), ("--dry-run", "--partial")):
        done = run(programme, "import", str(folder), *more)
        assert done.returncode == 1, done.stdout
        assert now() == before
        assert ("只是预演" if more else "一份都没有写入") in done.stdout.splitlines()[-1]
    done = run(programme, "import", str(folder), "--partial")
    assert done.returncode == 1
    written = set(now().items()) - set(before.items())
    assert written
    assert f"写入了 {len(written)} 个文件" in done.stdout.splitlines()[-1]
    assert before[programme / "submissions/anhui/shili/mingyuan/unit.yaml"] in now().values()


def test_an_acceptance_that_is_imported_says_what_was_seen(programme: Path) -> None:
    """The county need not work out what it has looked at."""
    county, school = "anhui/shili/mingyuan", "anhui/shili/mingyuan/wenhua-xiaoxue"
    folder = programme / "submissions" / county / "2026"
    (folder / "acceptance/1.yaml").unlink()
    (folder / "certificates.csv").unlink()
    workbook = programme.parent / "验收.csv"
    row = "wenhua-xiaoxue,限期整改,2026-11-27,专家抽查,高建国、沈月华,有两项对不上；请核对。"
    workbook.write_text(f"学校,结论,验收日期,方式,验收人,意见\n{row}\n", "utf-8")
    done = run(programme, "import", str(workbook), "--kind", "acceptance", "--unit", county, "--year", "2026")
    assert done.returncode == 0, done.stdout + done.stderr
    told = run(programme, "status", school, "--year", "2026").stdout.rpartition("seen: ")[2].strip()
    assert told.startswith("teachers-")
    (file,) = (folder / "acceptance").iterdir()
    assert file.name == f"{today()}.yaml"  # nobody has said another name
    assert f"seen: {told}\n" in file.read_text("utf-8")
    assert run(programme, "validate").returncode == 0


def test_a_provider_s_export_comes_in_without_anybody_s_own_numbers(programme: Path) -> None:
    """From a platform's list to the record: known by its columns, what was dropped is said, and nothing of that is."""
    county = "anhui/shili/mingyuan"
    roster = programme / "submissions" / county / "qingshan-xiaoxue/2026/teachers.yaml"
    roster.parent.mkdir(parents=True)
    roster.write_text(
        "teachers:\n  - number: 34990100020001\n    name: 孙梅\n    subject: 语文\n    stage: 小学\n"
        "    hours: {online: 2, practice: 4}\n"
    )
    export = programme.parent / "导出.xlsx"
    studied = [Study("量规设计", datetime(2026, 5, 12, 19, 30), 12)]
    export.write_bytes(a_platform([Person("孙梅", "青山小学", "34990100020001", studied)]))
    asked = ("import", str(export), "--unit", county, "--year", "2026")
    refused = run(programme, *asked)
    assert refused.returncode == 1
    assert "用 --provider 写明" in refused.stdout
    done = run(programme, *asked, "--provider", "示例师范学院", "--until", "2026-06-30")
    assert done.returncode == 0, done.stdout + done.stderr
    for told in ("按教师编号认出 1 人，共 12 学时", "“身份证号”", "“手机号”", "写入了 2 个文件"):
        assert told in done.stdout
    (record,) = (programme / "submissions" / county / "2026/online-hours").iterdir()
    assert "until: 2026-06-30" in record.read_text()
    assert "online" not in roster.read_text()
    for text in (done.stdout, done.stderr, record.read_text()):
        assert identity(1) not in text
        assert phone(1) not in text
    assert run(programme, "validate").returncode == 0
    wrong = run(programme, *asked, "--provider", "示例师范学院", "--from", "三月")
    assert (wrong.returncode, "“三月”不是日期" in wrong.stderr) == (2, True)


def test_what_the_check_would_refuse_is_not_written(programme: Path) -> None:
    """A day that has not come, and a number that another county has given to somebody: told here, at the cell."""
    far, school = programme / "submissions/anhui/shili/linshui", "anhui/shili/mingyuan/qingshan-xiaoxue"
    (far / "hebian-xiaoxue/2026").mkdir(parents=True)
    (far / "unit.yaml").write_text(
        "level: 县\ncode: 349902\nname: 临水县\nauthority: 临水县教育局\ndemo: true\n", "utf-8"
    )
    unit = "level: 校\ncode: 3499020001\nname: 临水县河边小学\ntype: 小学\nprincipal: 丁海燕\n"
    (far / "hebian-xiaoxue/unit.yaml").write_text(f"{unit}environments: [多媒体教学环境]\ndemo: true\n", "utf-8")
    person = "number: '34990200010001', name: 陆海生, subject: 语文, stage: 小学"
    (far / "hebian-xiaoxue/2026/teachers.yaml").write_text(f"teachers:\n  - {{{person}}}\n", "utf-8")
    workbook = programme.parent / "名册.csv"
    asked = ("import", str(workbook), "--kind", "teachers", "--unit", school, "--year", "2026")
    head = "教师编号,姓名,学科,学段,到校日期,原学校\n"
    workbook.write_text(f"{head}34990100020001,孙梅,语文,小学,2027.3.1,\n", "utf-8")
    done = run(programme, *asked)
    assert done.returncode == 1
    assert "DATE-FUTURE" in done.stdout
    workbook.write_text(f"{head}34990200010001,阎克,语文,小学,2026.3.2,\n", "utf-8")
    done = run(programme, *asked)
    assert done.returncode == 1
    assert "第 2 行" in done.stdout
    assert "TEACHER-UNIQUE" in done.stdout
    assert not (programme / "submissions" / school / "2026/teachers.yaml").exists()
    # The same person, from the school that is named by its name.
    workbook.write_text(f"{head}34990200010001,陆海生,语文,小学,2026.3.2,临水县河边小学\n", "utf-8")
    done = run(programme, *asked)
    assert done.returncode == 0, done.stdout
    assert "from: anhui/shili/linshui/hebian-xiaoxue" in (
        programme / "submissions" / school / "2026/teachers.yaml"
    ).read_text("utf-8")


def test_what_a_file_is_called_is_told_without_its_number(programme: Path) -> None:
    file = _template(programme, "teachers", "--year", "2026").rename(programme / "13912345678.xlsx")
    said = run(programme, "import", str(file), "--kind", "plan")
    assert "***********.xlsx" in said.stdout
    assert "13912345678" not in said.stdout + said.stderr
