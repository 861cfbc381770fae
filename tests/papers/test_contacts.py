"""Contact sheets never lie in the open: from a workbook into an age file, and out again for who holds the key."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyrage
import pytest
from openpyxl import Workbook, load_workbook

from tests.case_folders import BASE, base
from tests.cli.test_validate import run
from tests.papers.workbooks import saved, sheet_of
from wholeschool.papers.contacts import contacts_in, is_contact_book, open_contacts, read_identity
from wholeschool.papers.opening import open_workbook
from wholeschool.records.contact_sheets import is_plain_sheet, recipients_in
from wholeschool.sources import WorkingTree

CITY = "anhui/shili"
# Fictional; put together here so that no file of the repository holds a telephone number.
MOBILE, EMAIL = "138" + "00138000", "yangzhang" + "@example.edu.cn"
HEAD = ["序号", "团队", "市县", "姓名", "单位", "职务", "办公电话", "手机号码", "电子邮箱", "备注"]


def annex3(*rows: list[Any]) -> bytes:
    """附件3 as offices make it: title, unit, header, merged 团队, foot."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["管理团队及工程办人员信息表"])
    sheet.merge_cells("A1:J1")
    sheet.append(["填报单位：示例市教育局（样张）"])
    sheet.append(HEAD)
    for row in rows:
        sheet.append(row)
    if rows:
        sheet.merge_cells(f"B4:B{3 + len(rows)}")
    sheet.append([None, None, None, None, None, None, None, None, None, "联络人"])
    sheet.append(["填报人：样张甲", None, None, "联系方式：", None, None, "填报时间："])
    return saved(book)


FIRST = [
    1,
    "管理团队",
    "示例市",
    "样 张甲",
    "示例市教育局",
    "科长",
    "0551-6200000",
    "138 0013 8000",
    "ＹＡＮＧＺＨＡＮＧ＠example.edu.cn",
    "负责人",
]
SECOND = [2, None, "示例市", "样张乙", "示例市教育局", "科员", None, int(MOBILE) + 1, EMAIL, "联络人"]


@pytest.fixture
def office(tmp_path: Path) -> tuple[Path, Path]:
    """A programme whose settings list one recipient, and the file with that one's key."""
    root = tmp_path / "programme"
    shutil.copytree(BASE, root)
    key = tmp_path / "office.txt"
    made = run(root, "contacts", "key", "new", str(key))
    assert made.returncode == 0, made.stderr
    _list(root, _public(made.stdout))
    return root, key


def _public(text: str) -> str:
    return next(word for word in text.split() if word.startswith("age1"))


def _list(root: Path, *publics: str) -> None:
    settings = root / "submissions/programme.yaml"
    text = settings.read_text("utf-8").partition("\ncontacts:")[0].rstrip("\n")
    rows = "".join(f"    - {public}\n" for public in publics)
    settings.write_text(f"{text}\ncontacts:\n  recipients:\n{rows}", encoding="utf-8")


def test_from_the_workbook_into_the_sealed_file_and_back(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, key = office
    book = tmp_path / "附件3.xlsx"
    book.write_bytes(annex3(FIRST, SECOND))
    done = run(root, "import", str(book), "--unit", CITY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert MOBILE not in done.stdout
    sealed = root / f"submissions/{CITY}/contacts.age"
    assert MOBILE.encode() not in sealed.read_bytes()
    assert run(root, "validate").returncode == 0
    contacts = open_contacts(WorkingTree(root), CITY, read_identity(key, root))
    assert [person.name for person in contacts.colleagues] == ["样张甲", "样张乙"]
    assert [person.team for person in contacts.colleagues] == ["管理团队"] * 2
    assert contacts.colleagues[0].mobile == MOBILE
    assert contacts.colleagues[0].email.lower() == EMAIL
    out = tmp_path / "open.xlsx"
    assert run(root, "contacts", "open", CITY, "--identity", str(key), "--out", str(out)).returncode == 0
    assert out.stat().st_mode & 0o077 == 0
    assert load_workbook(io.BytesIO(out.read_bytes()))["人员信息表"]["D2"].value == "样张甲"
    again = run(root, "import", str(out), "--identity", str(key))
    assert "与已有的相同" in again.stdout, again.stderr
    assert not [path for path in root.rglob("*") if path.is_file() and MOBILE.encode() in path.read_bytes()]


def test_annex_4_as_a_form_and_annex_3_stay_together(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, key = office
    three, four = tmp_path / "3.xlsx", tmp_path / "4.xlsx"
    three.write_bytes(annex3(FIRST))
    four.write_bytes(
        sheet_of(
            [
                ["省级培训团队人员推荐表"],
                ["姓名", "样张丙", "单位", "示例市第一中学"],
                ["职务", "教师", "出生年月", "1985年3月", "政治面貌", "中共党员"],
                ["学历", "本科", "职称", "一级教师", "联系电话", MOBILE],
                ["任教学段", "初中", "任教学科", "数学", "QQ", 123456],
            ]
        )
    )
    assert run(root, "import", str(three), "--unit", CITY).returncode == 0
    refused = run(root, "import", str(four), "--unit", CITY)
    assert refused.returncode == 2
    assert "--identity" in refused.stderr
    assert run(root, "import", str(four), "--unit", CITY, "--identity", str(key)).returncode == 0
    contacts = open_contacts(WorkingTree(root), CITY, read_identity(key, root))
    assert len(contacts.colleagues) == 1
    (nominee,) = contacts.nominees
    assert (nominee.name, nominee.birth, nominee.politics, nominee.qq) == ("样张丙", "1985-03", "中共党员", "123456")
    assert run(root, "import", str(four), "--unit", CITY, "--replace").returncode == 0
    assert not open_contacts(WorkingTree(root), CITY, read_identity(key, root)).colleagues
    assert run(root, "import", str(three), str(four), "--unit", CITY, "--replace").returncode == 0
    both = open_contacts(WorkingTree(root), CITY, read_identity(key, root))
    assert (len(both.colleagues), len(both.nominees)) == (1, 1)


def test_what_is_wrong_is_told_by_cell_without_the_value(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, _ = office
    book = tmp_path / "3.xlsx"
    book.write_bytes(annex3(FIRST, [2, None, None, "样张乙", "示例市教育局", None, None, "13800", "没有", None], FIRST))
    done = run(root, "import", str(book), "--unit", CITY)
    assert done.returncode == 1
    assert "表“Sheet”第 5 行 F 列：错误 S-REQUIRED 职务没有填" in done.stdout
    assert "第 5 行 H 列：错误 S-PATTERN" in done.stdout
    assert "S-UNIQUE" in done.stdout
    assert "13800" not in done.stdout
    assert not (root / f"submissions/{CITY}/contacts.age").exists()


def test_rotation_lets_the_new_office_in_and_the_old_one_out(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, key = office
    book = tmp_path / "3.xlsx"
    book.write_bytes(annex3(FIRST))
    assert run(root, "import", str(book), "--unit", CITY).returncode == 0
    new = tmp_path / "new.txt"
    _list(root, _public(run(root, "contacts", "key", "new", str(new)).stdout))
    assert run(root, "contacts", "rotate", "--identity", str(key)).returncode == 0
    assert open_contacts(WorkingTree(root), CITY, read_identity(new, root)).people == 1
    before = (root / f"submissions/{CITY}/contacts.age").read_bytes()
    refused = run(root, "contacts", "rotate", "--identity", str(key))
    assert refused.returncode == 2
    assert "打不开" in refused.stderr
    assert (root / f"submissions/{CITY}/contacts.age").read_bytes() == before


def test_keys_others_can_read_or_in_the_repository_are_refused(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, key = office
    book = tmp_path / "3.xlsx"
    book.write_bytes(annex3(FIRST))
    assert run(root, "import", str(book), "--unit", CITY).returncode == 0
    assert key.stat().st_mode & 0o077 == 0
    assert run(root, "contacts", "key", "new", str(key)).returncode == 2
    inside = run(root, "contacts", "key", "new", str(root / "key.txt"))
    assert "在仓库里" in inside.stderr
    assert not (root / "key.txt").exists()
    key.chmod(0o644)
    told = run(root, "contacts", "rotate", "--identity", str(key))
    assert "chmod 600" in told.stderr
    assert "AGE-SECRET" not in told.stderr
    other = tmp_path / "other.txt"
    other.write_text("什么都没有")
    other.chmod(0o600)
    assert "没有联系表的密钥" in run(root, "contacts", "rotate", "--identity", str(other)).stderr
    plain = run(root, "contacts", "open", CITY, "--identity", str(key), "--out", str(root / "x.xlsx"))
    assert "在仓库里" in plain.stderr


def test_without_recipients_nothing_is_sealed(tmp_path: Path) -> None:
    root = tmp_path / "programme"
    shutil.copytree(BASE, root)
    book = tmp_path / "3.xlsx"
    book.write_bytes(annex3(FIRST))
    done = run(root, "import", str(book), "--unit", CITY)
    assert done.returncode == 2
    assert "contacts.recipients" in done.stderr
    assert not (root / f"submissions/{CITY}/contacts.age").exists()


def test_a_plain_contact_sheet_is_seen_in_every_dress() -> None:
    assert is_plain_sheet(annex3(FIRST))
    assert is_plain_sheet(annex3())
    assert is_plain_sheet("姓名\t手机\n样张甲\t1\n".encode())
    assert is_plain_sheet("序号,姓名,电子邮箱\n".encode("gb18030"))
    assert is_plain_sheet(b"BEGIN:VCARD\nFN:x\nEND:VCARD\n")
    assert not is_plain_sheet(sheet_of([["教师编号", "姓名", "学科"], ["1", "样张甲", "语文"]]))
    assert not is_plain_sheet("teachers:\n  - name: 样张甲\n".encode())
    assert not is_plain_sheet(os.urandom(5000))


def test_a_roster_with_a_telephone_column_is_still_a_roster() -> None:
    sheets = open_workbook(
        sheet_of([["教师编号", "姓名", "学科", "学段", "联系电话"], ["1", "样张甲", "语文", "小学", ""]])
    )
    assert not is_contact_book(sheets)
    assert contacts_in("x", open_workbook(sheet_of([["品名", "数量"]])))[1]


def test_a_damaged_file_and_a_strange_key_are_one_sentence(office: tuple[Path, Path]) -> None:
    root, key = office
    place = root / f"submissions/{CITY}/contacts.age"
    place.write_bytes(pyrage.encrypt(b"{}", [pyrage.x25519.Identity.generate().to_public()]))
    done = run(root, "contacts", "rotate", "--identity", str(key))
    assert done.returncode == 2
    assert "打不开" in done.stderr
    assert base().read("submissions/programme.yaml")


def test_annex_3_goes_out_as_it_is_prescribed_and_comes_in_again(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, key = office
    book, out = tmp_path / "3.xlsx", tmp_path / "附件3.xlsx"
    book.write_bytes(annex3([*SECOND[:1], "管理团队", *SECOND[2:]], FIRST))
    assert run(root, "import", str(book), "--unit", CITY).returncode == 0
    done = run(root, "export", "annex3", CITY, "--identity", str(key), "--out", str(out), "--by", "样张甲")
    assert done.returncode == 0, done.stderr
    assert MOBILE not in done.stdout
    assert out.stat().st_mode & 0o077 == 0
    sheet: Any = load_workbook(io.BytesIO(out.read_bytes()))["附件3"]
    assert sheet["A2"].value == "管理团队及工程办人员信息表"
    assert sheet["A3"].value.startswith("填报单位：")
    assert [cell.value for cell in sheet[4]] == HEAD
    assert [sheet["D5"].value, sheet["J5"].value, sheet["J6"].value] == ["样张甲", "负责人", "联络人"]
    assert "B5:B6" in {str(cells) for cells in sheet.merged_cells.ranges}
    assert sheet["H5"].number_format == "@"
    assert [sheet["A7"].value[:7], sheet["A8"].value] == ["填报人：样张甲", "填表说明：1.请用excel制表报送；"]
    again = run(root, "import", str(out), "--unit", CITY, "--identity", str(key))
    assert "与已有的相同" in again.stdout, again.stdout + again.stderr
    inside = run(root, "export", "annex3", CITY, "--identity", str(key), "--out", str(root / "x.xlsx"))
    assert "在仓库里" in inside.stderr


def _hostile() -> dict[str, bytes]:
    """What somebody may encrypt for a public key that everybody can read, and no import would."""

    def one(**fields: str) -> bytes:
        return json.dumps({"colleagues": [{"name": "样张甲", "unit": "示例县教育局", **fields}]}).encode()

    return {
        "deep": b'{"version":1,"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        "latin": b'{"colleagues":[{"name":"\xed\xa0\x80"}]}',
        "surrogate": b'{"colleagues":[{"name":"\\ud800"}]}',
        "list": b"[1]",
        "control": one(name="样\u0001张"),
        "no character": one(position="\uffff"),
        "private": one(note="\ue000"),
        "line": one(email="a\nb"),
        "long": one(name="张" * 20_000),
        "many": json.dumps(
            {"colleagues": [{"name": str(place), "region": str(place)} for place in range(20_000)]}
        ).encode(),
    }


@pytest.mark.parametrize("what", sorted(_hostile()))
def test_a_sheet_filled_with_something_else_is_named_and_the_others_go_on(
    what: str, office: tuple[Path, Path], tmp_path: Path
) -> None:
    root, key = office
    book = tmp_path / "3.xlsx"
    book.write_bytes(annex3(FIRST))
    assert run(root, "import", str(book), "--unit", CITY).returncode == 0
    county = next(each.parent for each in sorted((root / "submissions" / CITY).glob("*/unit.yaml")))
    unit = f"{CITY}/{county.name}"
    public = pyrage.x25519.Recipient.from_str(str(read_identity(key, root).to_public()))
    sealed = bytes(pyrage.encrypt(_hostile()[what], [public]))
    (county / "contacts.age").write_bytes(sealed)
    own = ("--identity", str(key))
    named = f"submissions/{unit}/contacts.age"

    opened = run(root, "contacts", "open", unit, *own, "--out", str(tmp_path / "open.xlsx"))
    assert (opened.returncode, named in opened.stderr, "--replace" in opened.stderr) == (2, True, True), opened.stderr
    assert not (tmp_path / "open.xlsx").exists()
    out = tmp_path / "annex3.xlsx"
    made = run(root, "export", "annex3", CITY, *own, "--out", str(out))
    assert (made.returncode, named in made.stderr) == (0, True), made.stdout + made.stderr
    sheet: Any = load_workbook(io.BytesIO(out.read_bytes()))["附件3"]
    assert sheet["D5"].value == "样张甲"
    assert "（联系表不能用）" in "".join(str(cell.value) for cell in sheet["A"])
    rotated = run(root, "contacts", "rotate", *own)
    assert (rotated.returncode, named in rotated.stderr) == (1, True), rotated.stdout + rotated.stderr
    assert "1 份联系表" in rotated.stdout
    assert (county / "contacts.age").read_bytes() == sealed
    assert open_contacts(WorkingTree(root), CITY, read_identity(key, root)).people == 1
    # The county mends it with what it has.
    book.write_bytes(annex3(SECOND))
    assert run(root, "import", str(book), "--unit", unit, "--replace").returncode == 0
    assert run(root, "contacts", "rotate", *own).returncode == 0
    for done in (opened, made, rotated):
        assert "程序自己" not in done.stdout + done.stderr


def test_keys_are_counted_without_what_is_nobodys() -> None:
    """age adds a paragraph that fits no key, each time another."""
    publics = [pyrage.x25519.Identity.generate().to_public() for _ in range(4)]
    for _ in range(100):
        for number in range(1, 5):
            assert recipients_in(bytes(pyrage.encrypt(b"{}", publics[:number]))) == number


def test_characters_that_nobody_sees_are_not_taken_along(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, key = office
    public = pyrage.x25519.Recipient.from_str(str(read_identity(key, root).to_public()))
    plain = json.dumps({"colleagues": [{"name": "样\u200b张\u202e甲", "unit": "示例市教育局"}]}).encode()
    (root / f"submissions/{CITY}/contacts.age").write_bytes(bytes(pyrage.encrypt(plain, [public])))
    (person,) = open_contacts(WorkingTree(root), CITY, read_identity(key, root)).colleagues
    assert person.name == "样张甲"


def test_what_could_not_be_opened_again_is_not_sealed(office: tuple[Path, Path], tmp_path: Path) -> None:
    root, _ = office
    book = tmp_path / "3.xlsx"
    for row, told in (
        ([*FIRST[:5], "科\ue000长", *FIRST[6:]], "第 4 行 F 列：错误 Y-CHAR"),
        ([*FIRST[:8], f"yang@{'a' * 300}.example", FIRST[9]], "第 4 行 I 列：错误 S-PATTERN"),
    ):
        book.write_bytes(annex3(row))
        done = run(root, "import", str(book), "--unit", CITY)
        assert (done.returncode, told in done.stdout) == (1, True), done.stdout
    book.write_bytes(annex3(*([*FIRST[:3], f"样张{place}", *FIRST[4:]] for place in range(501))))
    done = run(root, "import", str(book), "--unit", CITY)
    assert (done.returncode, "最多 500 人" in done.stderr) == (2, True), done.stdout + done.stderr
    assert not (root / f"submissions/{CITY}/contacts.age").exists()
