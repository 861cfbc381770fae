"""The papers that offices hand in, made from the example programme and read back from the files themselves."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pyrage
import pytest
from openpyxl import load_workbook

from tests.engines import assert_alike
from wholeschool.outcomes.rates import school_tally
from wholeschool.papers.contacts import GROUPS, NAME, Colleague, Contacts, Nominee, seal
from wholeschool.papers.outgoing.document import UnprintableError, html, pdf
from wholeschool.papers.outgoing.making import FORMS, read_part
from wholeschool.papers.outgoing.paper import Column, Form, NoRecordError, Prose, Sheet, Table, View, papers
from wholeschool.papers.outgoing.workbook import workbook
from wholeschool.programme import Programme, assemble
from wholeschool.sources import WorkingTree

REPOSITORY = Path(__file__).parents[2]
COMMAND = REPOSITORY / ".venv" / "bin" / "wholeschool"
COUNTY, SCHOOL, CITY = "anhui/shili/mingyuan", "anhui/shili/mingyuan/wenhua-xiaoxue", "anhui/shili"
HOSTILE = '=HYPERLINK("x") #panic("no") *bold* $x^2$ @ref <b>&amp;</b> \\u{41} // [x] `raw` _y_ ~ -- ..'
PEOPLE = Contacts(
    (
        Colleague(
            "工程办", "明远县", "样张丙", "明远县教师发展中心", "主任", "", "13800000002", "c@example.org", "负责人"
        ),
        Colleague("管理团队", "示例市", "样张乙", "示例市教育局", "科员", "", "13800000001", "b@example.org", "联络人"),
        Colleague("管理团队", "示例市", "样张甲", "示例市教育局", "科长", "", "13800000000", "a@example.org", "负责人"),
    ),
    (Nominee("纪晓棠", "示例市第一幼儿园", "1985-03", "群众", "13800000003", "10001"),),
)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return assemble(read_part(WorkingTree(REPOSITORY), CITY))


def view(programme: Programme, unit: str, contacts: Contacts | None = None) -> View:
    return View(programme, programme.units[unit], 2026, contacts or Contacts())


def words(data: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=data, check=True, capture_output=True)
    return done.stdout.decode()


def cells(data: bytes) -> list[list[list[Any]]]:
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(io.BytesIO(data))]


def test_every_paper_is_made_from_the_example_in_every_form(programme: Programme) -> None:
    made = set()
    for unit in (SCHOOL, COUNTY, CITY, "anhui"):
        for name, one in papers().items():
            seen = view(programme, unit, PEOPLE)
            if seen.unit.level not in one.levels:
                continue
            try:
                sheets = one.sheets(seen)
            except NoRecordError:
                continue
            made.add(name)
            for form in one.forms:
                data = FORMS[form](sheets)
                assert FORMS[form](one.sheets(seen)) == data, (name, form)
                if form == "pdf":
                    with pikepdf.open(io.BytesIO(data)) as document:
                        assert document.Root.MarkInfo.Marked
                        assert len(document.Root.Outlines) > 0
                    assert "".join(sheets[0].title.split()) in "".join(words(data).split())
                elif form == "xlsx":
                    assert any(sheets[0].title in row for row in cells(data)[0])
                else:
                    assert f"<h1>{sheets[0].title}</h1>" in data.decode()
                assert "样张" in (
                    words(data) if form == "pdf" else str(cells(data)) if form == "xlsx" else data.decode()
                )
    assert made == papers().keys()


@pytest.mark.parametrize(("unit", "name"), [(SCHOOL, "portfolios"), (SCHOOL, "plan"), (COUNTY, "annex3")])
def test_every_viewer_shows_the_same(programme: Programme, tmp_path: Path, unit: str, name: str) -> None:
    (tmp_path / f"{name}.pdf").write_bytes(pdf(papers()[name].sheets(view(programme, unit, PEOPLE))[:1]))
    assert_alike(tmp_path / f"{name}.pdf", page=1)


def test_annex_3_letter_by_letter(programme: Programme) -> None:
    rows = cells(FORMS["xlsx"](papers()["annex3"].sheets(view(programme, CITY, PEOPLE))))[0]
    assert rows[0][0] == "附件3（样张）"
    assert [rows[1][0], rows[2][0]] == ["管理团队及工程办人员信息表", "填报单位：示例市"]
    assert rows[3] == ["序号", "团队", "市县", "姓名", "单位", "职务", "办公电话", "手机号码", "电子邮箱", "备注"]
    people = [row for row in rows[4:] if isinstance(row[0], int)]
    assert [(row[0], row[3], row[9]) for row in people] == [
        (1, "样张甲", "负责人"),
        (2, "样张乙", "联络人"),
        (3, "样张丙", "负责人"),
    ]
    assert [people[0][1], people[1][1], people[2][1]] == ["管理团队", None, "工程办"]
    foot = [row[0] for row in rows[7:]]
    assert foot[0].startswith("填报人：")
    assert "联系方式：" in foot[0]
    assert "填报时间：" in foot[0]
    assert foot[1:] == ["填表说明：1.请用excel制表报送；", "　　　　　2.负责人和联络人可为同一人。"]


def test_annex_4_has_its_fifteen_fields_and_ticks_one_of_three(programme: Programme) -> None:
    sheets = papers()["annex4"].sheets(view(programme, CITY, PEOPLE))
    assert len(sheets) == 10
    form = sheets[0].parts[0]
    assert isinstance(form, Form)
    fields = {label: value for line in form.lines for label, value in line}
    assert list(fields) == [
        "姓名", "单位", "推荐类别", "职务", "出生年月", "政治面貌", "学历", "职称", "联系电话", "任教学段", "任教学科",
        "QQ", "专长领域", "表彰奖励情况", "论文、论著和成果",
    ]  # fmt: skip
    assert fields["推荐类别"] == "☑一线骨干教师　□中小学校园长　□培训指导者"
    assert [fields["出生年月"], fields["联系电话"], fields["QQ"]] == ["1985-03", "13800000003", "10001"]
    assert sheets[0].under == "推荐单位：示例市"
    later = {label: value for line in sheets[1].parts[0].lines for label, value in line}  # type: ignore[union-attr]
    assert later["出生年月"] == ""


def test_annex_4_names_the_fields_that_are_still_empty(programme: Programme) -> None:
    """Stage and subject may stay empty for people of training institutions, who need not teach."""
    for sheet in papers()["annex4"].sheets(view(programme, CITY, PEOPLE)):
        form = sheet.parts[0]
        assert isinstance(form, Form)
        said = {label: value for line in form.lines for label, value in line}
        spared = {"任教学段", "任教学科"} if "☑培训指导者" in str(said["推荐类别"]) else set()
        empty = [label for label, value in said.items() if not value and label not in spared]
        assert sheet.notes[1:] == ((f"还空着：{'、'.join(empty)}。",) if empty else ())
    first, second, *_ = papers()["annex4"].sheets(view(programme, CITY, PEOPLE))
    assert "出生年月" not in "".join(first.notes)
    assert "出生年月、政治面貌" in second.notes[1]


def test_a_long_form_goes_on_with_its_head_on_the_next_page() -> None:
    long = "获得示例奖项一次，内容是样张。" * 220
    form = Form(((("姓名", "样张甲"), ("单位", "示例学校")), (("成果", long),)), head=1)
    made = pdf([Sheet("省级培训团队人员推荐表", (form,))])
    pages = words(made).split("\f")[:-1]
    assert len(pages) > 1
    assert all("样张甲" in page for page in pages)
    text = "".join(words(made, "-raw").split())
    said = re.sub("第[0-9]页，共[0-9]页|姓名样张甲单位示例学校", "", text)
    assert said.count("获得示例奖项一次") == 220


def test_in_a_workbook_too_a_long_form_shows_every_line() -> None:
    long = "获得示例奖项一次，内容是样张。" * 130
    form = Form(((("姓名", "样张甲"), ("单位", "示例学校")), (("成果", long),)), head=1)
    page: Any = load_workbook(io.BytesIO(workbook([Sheet("省级培训团队人员推荐表", (form,))]))).active
    (label,) = (cell for (cell,) in page.iter_rows(max_col=1) if cell.value == "成果")
    (field,) = (each for each in page.merged_cells.ranges if page.cell(*each.top[0]).value == long)
    rows = range(label.row, field.max_row + 1)
    assert field.min_row == label.row
    assert all(page.row_dimensions[row].height < 409 for row in rows)  # Excel shows no higher row
    across = sum(page.column_dimensions[chr(64 + place)].width for place in range(field.min_col, field.max_col + 1))
    assert sum(page.row_dimensions[row].height for row in rows) > 2 * len(long) / across * 15
    assert page.print_title_rows == f"${label.row - 1}:${label.row - 1}"


def test_dates_keep_within_their_column() -> None:
    columns = (Column("日期", 1), Column("意见", 60, middle=False))
    made = pdf([Sheet("样表", (Table(columns, (("2026-09-21", "样张" * 80),)),))])
    box = re.search(r'xMin="([0-9.]+)" yMin="[0-9.]+" xMax="([0-9.]+)"[^>]*>2026-09-21<', words(made, "-bbox"))
    said = re.search(r'xMin="([0-9.]+)"[^>]*>(?:样张)+<', words(made, "-bbox"))
    assert box
    assert said
    assert float(box[2]) < float(said[1])


def test_a_unit_is_called_by_its_name(programme: Programme) -> None:
    for name in ("plan", "plan-filing"):
        text = "".join(words(pdf(papers()[name].sheets(view(programme, SCHOOL)))).split())
        assert "明远县" in text
        assert COUNTY not in text


def test_a_table_repeats_its_headings_and_loses_no_row() -> None:
    table = Table((Column("序号", 5), Column("内容", 40, middle=False)), tuple((n, f"第{n}行") for n in range(1, 121)))
    text = words(pdf([Sheet("样表", (table,))]))
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    assert all("内容" in page for page in pages)
    assert [f"第{n}行" in "".join(text.split()) for n in range(1, 121)] == [True] * 120


def test_no_text_is_a_formula_or_markup() -> None:
    sheet = Sheet(
        HOSTILE,
        (
            Table((Column(HOSTILE, 60),), ((HOSTILE,), ("+1+1",), ("@SUM(A1)",))),
            Form((((HOSTILE, HOSTILE),),), title=HOSTILE),
            Prose(HOSTILE, (HOSTILE,)),
        ),
        name=HOSTILE,
        under=HOSTILE,
        foot=(HOSTILE,),
        notes=(HOSTILE,),
    )
    book = load_workbook(io.BytesIO(workbook([sheet, sheet])))
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row} <= {"s", "n"}
    assert HOSTILE in str([list(page.values) for page in book]).replace("\\\\", "\\")
    text = "".join(words(pdf([sheet]), "-raw").split())
    assert text.count("".join(HOSTILE.split())) >= 6
    page = html([sheet]).decode()
    assert "<b>&amp;</b>" not in page
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in page


def test_a_character_that_no_font_draws_is_named() -> None:
    with pytest.raises(UnprintableError, match=r"U\+0F40"):
        pdf([Sheet("样表", (Prose("", ("ཀ",)),))])


def test_the_results_say_what_the_outcomes_say(programme: Programme) -> None:
    seen = view(programme, SCHOOL)
    tally = school_tally(programme, seen.school, frozenset())
    total, abilities, people = papers()["results"].sheets(seen)[0].parts
    assert isinstance(total, Form)
    assert isinstance(abilities, Table)
    assert isinstance(people, Table)
    assert dict(total.lines[0]) == {
        "应考": tally.due,
        "参评": tally.reviewed,
        "合格": tally.passed,
        "考核合格率": f"{tally.rate:.1f}%",
    }
    assert sum(row[-1] == "合格" for row in people.rows) == tally.passed
    standing = seen.school.standing
    assert len(abilities.rows) == sum((n, c) in standing for n, t in seen.school.teachers.items() for c in t.choices)
    recognised = papers()["recognition"].sheets(seen)[0].parts[0]
    assert isinstance(recognised, Table)
    credited = [row for row in recognised.rows if row[7] != "未认定"]
    assert len(recognised.rows) == sum(bool(each.hours) for each in seen.school.teachers.values())  # whoever did them
    assert len(credited) == tally.accepted  # credits: whoever passed


def test_the_training_team_adds_up(programme: Programme) -> None:
    numbers, structure, people = papers()["training-team"].sheets(view(programme, CITY))[0].parts
    assert isinstance(numbers, Table)
    assert isinstance(structure, Table)
    assert isinstance(people, Table)
    assert numbers.rows[-1][3] == len(people.rows) == sum(int(row[3] or 0) for row in numbers.rows[:-1])
    for way in {row[0] for row in structure.rows}:
        assert sum(int(row[2] or 0) for row in structure.rows if row[0] == way) == len(people.rows)


def test_a_portfolio_tells_everything_in_order(programme: Programme) -> None:
    sheets = papers()["portfolios"].sheets(view(programme, SCHOOL))
    assert len(sheets) == len(programme.school_year(programme.units[SCHOOL], 2026).teachers)
    titles = [part.title for part in sheets[0].parts]
    order = ["学校规划", "个人与目标", "学时", "研修与实践活动", "成果", "评审", "学时和学分认定", "证书", "总结反思"]
    assert titles == order


def test_a_paper_without_records_says_which(programme: Programme) -> None:
    with pytest.raises(NoRecordError, match="团队考评表"):
        papers()["appraisal"].sheets(view(programme, f"{COUNTY}/taoli-xiaoxue"))


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, "export", *arguments], cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "programme"
    shutil.copytree(REPOSITORY / "submissions", root / "submissions")
    return root


def test_all_papers_of_a_county_and_its_schools_by_command(copy: Path, tmp_path: Path) -> None:
    done = run(copy, "--all", COUNTY, "--schools", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out" / COUNTY / "2026"
    assert (folder / "学校开展情况指标表-明远县-2026.xlsx").is_file()
    schools = sorted(each.name for each in folder.iterdir() if each.is_dir())
    assert len(schools) == 10
    assert "学校 10 所" in done.stdout
    assert (folder / "wenhua-xiaoxue" / "教师个人应用能力提升电子档案-明远县文华小学-2026.pdf").is_file()
    assert not [each for each in folder.glob("*.html") if "提纲" not in each.name]
    assert not [each for each in folder.rglob("*") if "推荐表" in each.name or "信息表" in each.name]
    assert not [each for each in folder.rglob("*") if each.name.startswith(".")]


def test_a_school_with_a_long_name_gets_its_papers_as_the_others_do(copy: Path, tmp_path: Path) -> None:
    place = copy / "submissions" / SCHOOL / "unit.yaml"
    long = "明远县文华" + "教育集团" * 12 + "第一小学..."
    place.write_text(place.read_text("utf-8").replace("name: 明远县文华小学", f"name: {long}"), encoding="utf-8")
    done = run(copy, "--all", SCHOOL, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    names = {each.name for each in (tmp_path / "out" / SCHOOL / "2026").iterdir()}
    assert "信息化发展规划-wenhua-xiaoxue-2026.pdf" in names
    assert len(names) > 12
    assert max(len(each.encode()) for each in names) <= 200


def test_one_paper_one_person_and_what_is_refused(copy: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.pdf"
    done = run(copy, "portfolios", SCHOOL, "--only", "崔安婕", "--out", str(out))
    assert done.returncode == 0, done.stderr
    text = words(out.read_bytes())
    assert "崔安婕" in text
    assert "34990100010001" not in text
    nobody = run(copy, "portfolios", SCHOOL, "--only", "样张丁", "--out", str(out))
    assert [nobody.returncode, "没有“样张丁”这一份" in nobody.stderr] == [2, True]
    level = run(copy, "task-sheets", COUNTY)
    assert [level.returncode, "是校级的材料" in level.stderr] == [2, True]
    unknown = run(copy, "choices", "anhui/shili/nowhere")
    assert [unknown.returncode, "没有 anhui/shili/nowhere 这个单位" in unknown.stderr] == [2, True]
    sealed = run(copy, "annex4", CITY)
    assert [sealed.returncode, "--identity" in sealed.stderr] == [2, True]
    roster = copy / "submissions" / SCHOOL / "2026" / "teachers.yaml"
    roster.write_text("teachers: [\n", encoding="utf-8")
    broken = run(copy, "choices", SCHOOL, "--out", str(tmp_path / "none.xlsx"))
    assert broken.returncode == 1
    assert "teachers.yaml" in broken.stderr
    assert "Traceback" not in broken.stderr
    assert not (tmp_path / "none.xlsx").exists()


def test_the_city_gathers_the_contacts_below_it(copy: Path, tmp_path: Path) -> None:
    ours, strange = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for unit, person, who in (
        (CITY, PEOPLE.colleagues[1], ours),
        (COUNTY, PEOPLE.colleagues[0], ours),
        ("anhui/shili/qinglan", PEOPLE.colleagues[2], strange),
    ):
        (copy / "submissions" / unit / NAME).write_bytes(seal(Contacts((person,)), [str(who.to_public())]))
    key = tmp_path / "key"
    key.write_text(str(ours))
    key.chmod(0o600)
    out = tmp_path / "附件3.xlsx"
    done = run(copy, "annex3", CITY, "--identity", str(key), "--out", str(out))
    assert done.returncode == 0, done.stderr
    names = [row[3] for row in cells(out.read_bytes())[0] if isinstance(row[0], int)]
    assert names == ["样张乙", "样张丙"]
    lacking = [row[0] for row in cells(out.read_bytes())[0] if str(row[0]).startswith("本表还缺")]
    assert lacking == ["本表还缺：示例市的工程办；明远县的管理团队；清岚区（联系表打不开）。"]
    assert "qinglan" in done.stderr
    assert "打不开" in done.stderr
    assert PEOPLE.colleagues[0].mobile not in done.stdout + done.stderr
    assert out.stat().st_mode & 0o077 == 0
    everything = run(copy, "--all", CITY, "--identity", str(key))
    assert "在仓库里" in everything.stderr


def test_a_summary_names_the_counties_that_have_sent_nothing(copy: Path, tmp_path: Path) -> None:
    ours = pyrage.x25519.Identity.generate()
    whole = Contacts(tuple(msgspec.structs.replace(each, team=team) for each in PEOPLE.colleagues for team in GROUPS))
    (copy / "submissions" / CITY / NAME).write_bytes(seal(whole, [str(ours.to_public())]))
    key = tmp_path / "key"
    key.write_text(str(ours))
    key.chmod(0o600)
    notes = {}
    for direct in ("[]", "[anhui/shili/qinglan]"):
        programme = copy / "submissions/programme.yaml"
        text = re.sub(r"  direct_counties: .*\n", "", programme.read_text("utf-8"))
        programme.write_text(text.replace("\nlocal:\n", f"\nlocal:\n  direct_counties: {direct}\n"), encoding="utf-8")
        out = tmp_path / f"附件3-{len(direct)}.xlsx"
        done = run(copy, "annex3", CITY, "--identity", str(key), "--out", str(out))
        assert done.returncode == 0, done.stderr
        notes[direct] = [row[0] for row in cells(out.read_bytes())[0] if str(row[0]).startswith("本表还缺")]
    assert notes == {
        "[]": ["本表还缺：明远县（没有联系表）；清岚区（没有联系表）。"],
        "[anhui/shili/qinglan]": ["本表还缺：明远县（没有联系表）。"],
    }


def test_what_cannot_be_printed_does_not_keep_the_rest(copy: Path, tmp_path: Path) -> None:
    place = copy / "submissions" / SCHOOL / "2026" / "plan.yaml"
    place.write_text(place.read_text("utf-8").replace("development: ", "development: ཀ ", 1), encoding="utf-8")
    done = run(copy, "--all", SCHOOL, "--out", str(tmp_path / "out"))
    assert [done.returncode, "U+0F40" in done.stderr, "信息化发展规划" in done.stderr] == [2, True, True], done.stderr
    made = {each.name for each in (tmp_path / "out" / SCHOOL / "2026").iterdir()}
    assert "信息化发展规划-明远县文华小学-2026.pdf" not in made
    assert len(made) > 12
