"""Contact sheets (人员信息表, 推荐表): from a workbook straight into `contacts.age`, and open only for who holds a key.

Nothing here ever writes a plain copy into the repository, and no finding repeats a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import msgspec
import pyrage

from wholeschool.authority import of_a_field
from wholeschool.errors import RepositoryError, UsageError
from wholeschool.files import read_secret
from wholeschool.findings import Finding, Location, finding
from wholeschool.papers.opening import Cell, Sheet
from wholeschool.papers.origin import written_origin
from wholeschool.papers.rows import Found
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.characters import without_unseen
from wholeschool.records.contact_sheets import LARGEST_SEALED
from wholeschool.records.kinds import ROOT, is_contacts
from wholeschool.records.mending import half_width
from wholeschool.records.refusals import REFUSALS
from wholeschool.sources import Tree

NAME = "contacts.age"
GROUPS = ("管理团队", "工程办")
"""The two groups of people in 人员信息表, in its order."""
MOST_PEOPLE = 500
LONGEST_TEXT = 200
"""What a contact sheet holds at most: far more than any office has, and so little that everything made of it is."""
_ASK = "请有密钥的办公室确认"
_ANEW = "请这个单位照原来的 Excel 用 wholeschool import --replace 重新导入"
# What no cell and no printed line can hold. Private characters look different on everybody's computer.
_UNFIT = frozenset(("Cc", "Cs", "Co", "Zl", "Zp"))
_AS_EXPORTED = "列名照 wholeschool export template contacts 出的工作簿写"
_AUTHORITY = of_a_field(REFUSALS["S-REQUIRED"].clause, "人员信息表、推荐表")


class UnusableContactsError(UsageError):
    """A contact sheet that opens, or would, and holds something else than people's contacts."""


class Colleague(msgspec.Struct, frozen=True, omit_defaults=True):
    """人员信息表: somebody of a management team or an office. The fields are its columns after 序号, in their order."""

    team: str = ""
    region: str = ""
    name: str = ""
    unit: str = ""
    position: str = ""
    office_phone: str = ""
    mobile: str = ""
    email: str = ""
    note: str = ""


class Nominee(msgspec.Struct, frozen=True, omit_defaults=True):
    """推荐表: what may not stand in `nominations.yaml` of somebody who is nominated there."""

    name: str = ""
    unit: str = ""
    birth: str = ""
    politics: str = ""
    phone: str = ""
    qq: str = ""


_Person = TypeVar("_Person", Colleague, Nominee)


class Contacts(msgspec.Struct, frozen=True):
    """What a `contacts.age` holds."""

    colleagues: tuple[Colleague, ...] = ()
    nominees: tuple[Nominee, ...] = ()
    version: Literal[1] = 1

    def merged(self, newer: Contacts) -> Contacts:
        """This with what `newer` says: the same person is replaced, others stay."""
        colleagues = {_who(person): person for person in (*self.colleagues, *newer.colleagues)}
        nominees = {_who(person): person for person in (*self.nominees, *newer.nominees)}
        return Contacts(tuple(colleagues.values()), tuple(nominees.values()))

    @property
    def people(self) -> int:
        """How many rows there are."""
        return len(self.colleagues) + len(self.nominees)


class _Heading(NamedTuple):
    """A column: the field, what it is called, whether it must be filled, its pattern, and how to write it."""

    field: str
    names: tuple[str, ...]
    needed: bool
    pattern: str
    hint: str


_PHONE = r"(?:\+?86)?1[3-9][0-9]{9}|(?:0[0-9]{2,3}-?)?[2-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?"
_EMAIL = r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,24}"
_MONTH = re.compile(r"((?:19|20)[0-9]{2})(?:[-./]|年)?([0-9]{1,2})(?:(?:[-./]|月)?(?:[0-9]{1,2}日?)?)?")
_TEXT = r".{1,100}"
COLLEAGUE = (
    _Heading("team", ("团队",), False, _TEXT, "写管理团队或工程办"),
    _Heading("region", ("市县", "市（县）", "县区"), False, _TEXT, ""),
    _Heading("name", ("姓名",), True, _TEXT, "写姓名"),
    _Heading("unit", ("单位", "工作单位"), True, _TEXT, "写单位全称"),
    _Heading("position", ("职务",), True, _TEXT, "写职务"),
    _Heading("office_phone", ("办公电话", "座机", "固定电话"), False, _PHONE, "区号加号码，例如 0551-6200000"),
    _Heading("mobile", ("手机号码", "手机号", "手机", "移动电话"), True, r"1[3-9][0-9]{9}", "11 位手机号码"),
    _Heading(
        "email",
        ("电子邮箱", "邮箱", "E-mail", "Email", "电子邮件"),
        True,
        r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,24}",
        "写完整的邮箱",
    ),
    _Heading("note", ("备注",), False, _TEXT, ""),
)
NOMINEE = (
    _Heading("name", ("姓名",), True, _TEXT, "写姓名"),
    _Heading("unit", ("单位", "工作单位"), True, _TEXT, "写单位全称"),
    _Heading("birth", ("出生年月", "出生日期"), True, r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])", "写成 1985-03 的样子"),
    _Heading("politics", ("政治面貌",), True, r"[一-鿿]{2,20}", "例如中共党员、群众"),
    _Heading("phone", ("联系电话", "手机号码", "手机", "电话"), True, _PHONE, "手机，或区号加号码"),
    _Heading("qq", ("QQ", "QQ号"), False, r"[1-9][0-9]{4,11}", "只写号码"),
)
MARKS = frozenset(("办公电话", "手机号码", "手机号", "手机", "电子邮箱", "邮箱", "出生年月", "政治面貌", "联系电话"))


def contacts_in(file: str, sheets: Sequence[Sheet]) -> tuple[Contacts, list[Found]]:
    """The people of a workbook made after 人员信息表 or 推荐表, as a list or one form a sheet, and what is wrong."""
    colleagues: list[Colleague] = []
    nominees: list[Nominee] = []
    found: list[Found] = []
    for sheet in sheets:
        if sheet.hidden:
            continue
        people = list(_people(file, sheet, found))
        for fields, is_nominee in people:
            if is_nominee:
                nominees.append(Nominee(**fields))
            else:
                colleagues.append(Colleague(**fields))
    if not colleagues and not nominees and not found:
        message = "没有找到人员信息表或推荐表那样的列名，也没有填好的人"
        found.append(
            Found(
                "",
                0,
                0,
                finding(
                    "XLSX-SHEET",
                    Location(file),
                    message,
                    hint=_AS_EXPORTED,
                ),
            )
        )
    return Contacts(tuple(colleagues), tuple(nominees)), found


def seal(contacts: Contacts, recipients: Sequence[str]) -> bytes:
    """The encrypted file, for everybody whose public key is among `recipients`."""
    if not recipients:
        raise UsageError(
            "工程总配置里还没有联系表的收件公钥（contacts.recipients）；先运行 wholeschool contacts key new"
        )
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError:
        raise UsageError("工程总配置里有一把收件公钥写错了（contacts.recipients），整个重新复制一遍") from None
    return bytes(pyrage.encrypt(msgspec.json.encode(contacts), keys))


def unseal(data: bytes, identity: pyrage.x25519.Identity, what: str) -> Contacts:
    """What an encrypted file holds, without characters that are not seen.

    Nobody checks it before it is opened: everybody can encrypt anything for a public key. Raises `UsageError` where the
    key does not fit or the file is damaged, `UnusableContactsError` where it holds nothing that an import writes.
    """
    if len(data) > LARGEST_SEALED:
        raise UnusableContactsError(f"{what} 超过 1 MB，不像联系表，没有打开；{_ANEW}")
    try:
        contacts = msgspec.json.decode(pyrage.decrypt(data, [identity]), type=Contacts)
    except pyrage.DecryptError:
        raise UsageError(f"这把密钥打不开 {what}：它不是写给您的，或者文件坏了；{_ASK}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UnusableContactsError(f"{what} 打得开，里面的内容不是联系表，没有用它；{_ANEW}") from None
    if problem := _unusable(contacts):
        raise UnusableContactsError(f"{what} 打得开，里面{problem}，没有用它；{_ANEW}")
    return Contacts(tuple(map(_seen, contacts.colleagues)), tuple(map(_seen, contacts.nominees)))


def _unusable(contacts: Contacts) -> str:
    """Why contacts are none that an import writes, without repeating any of it; empty where they are."""
    if contacts.people > MOST_PEOPLE:
        return f"有 {contacts.people} 人，最多 {MOST_PEOPLE} 人"
    for person in (*contacts.colleagues, *contacts.nominees):
        for heading in COLLEAGUE if isinstance(person, Colleague) else NOMINEE:
            text = getattr(person, heading.field)
            if len(text) > LONGEST_TEXT:
                return f"有一处{heading.names[0]}超过 {LONGEST_TEXT} 个字"
            if _has_unfit(text):
                return f"有一处{heading.names[0]}写着表格里放不下的字符"
    return ""


def _has_unfit(text: str) -> bool:
    return any(unicodedata.category(each) in _UNFIT or ord(each) & 0xFFFE == 0xFFFE for each in text)


def _seen(person: _Person) -> _Person:
    """A person without the characters that nobody sees."""
    written = {name: getattr(person, name) for name in person.__struct_fields__}
    return type(person)(**{name: without_unseen(text) for name, text in written.items()})


def open_contacts(tree: Tree, unit: str, identity: pyrage.x25519.Identity) -> Contacts:
    """The contacts of a unit (its path below submissions/); empty where it has none. Raises `UsageError`."""
    path = f"submissions/{unit}/{NAME}"
    if not any(entry.path == path for entry in tree.entries(f"submissions/{unit}")):
        return Contacts()
    return unseal(tree.read(path), identity, path)


def read_identity(file: Path, root: Path) -> pyrage.x25519.Identity:
    """The private key in a file. Raises `UsageError` where others can read it or it lies in the repository."""
    for line in read_secret(file, root).decode("utf-8", "replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-1"):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise UsageError(f"{file} 里没有联系表的密钥（AGE-SECRET-KEY-1 开头的一行）")


def is_contact_book(sheets: Sequence[Sheet]) -> bool:
    """Whether a workbook is made after 人员信息表 or 推荐表, and not a roster with a telephone column."""
    if (said := written_origin(sheets)) is not None:
        return said.origin.kind == "contacts"
    for sheet in sheets:
        words = {_word(cell) for cells in list(sheet.rows.values())[:20] for cell in cells.values()}
        if "姓名" in words and words & MARKS and "教师编号" not in words:
            return True
    return False


class Taken(NamedTuple):
    """What a contact workbook becomes: the file's path, what is wrong, and the contacts before and after."""

    file: str
    path: str
    found: tuple[Found, ...]
    before: Contacts
    after: Contacts


def take_contacts(
    file: str,
    sheets: Sequence[Sheet],
    tree: Tree,
    unit: str,
    identity: pyrage.x25519.Identity | None,
    *,
    replace: bool,
    earlier: Mapping[str, Contacts],
) -> Taken:
    """The unit's contacts with those of a workbook; nothing is written.

    `earlier` holds, by path, what workbooks before this one have made of them. Where there are contacts already, they
    have to be opened to be kept, or replaced on purpose. Raises `UsageError`.
    """
    said = written_origin(sheets)
    unit = (unit or (said.origin.unit if said else "")).strip("/").removeprefix(ROOT)
    path = f"{ROOT}{unit}/{NAME}"
    if not unit or not is_contacts(path):
        raise UsageError(f"不知道联系表 {file} 是哪个单位的，用 --unit 写明，例如 anhui/shili")
    try:
        there = any(entry.path == path for entry in tree.entries(f"{ROOT}{unit}"))
    except RepositoryError:
        raise UsageError(f"没有 {unit} 这个单位") from None
    before = Contacts()
    if path in earlier:
        before = earlier[path]
    elif there and not replace:
        if identity is None:
            raise UsageError(f"{path} 已经有了：加 --identity 打开后合并，或者加 --replace 整份换掉")
        before = unseal(tree.read(path), identity, path)
    new, found = contacts_in(file, sheets)
    after = before.merged(new)
    if after.people > MOST_PEOPLE:
        raise UsageError(f"{path} 会有 {after.people} 人，最多 {MOST_PEOPLE} 人；只留管理团队、工程办和推荐的人")
    return Taken(file, path, tuple(found), before, after)


def recipients(tree: Tree) -> tuple[str, ...]:
    """The public keys that the programme's settings list. Raises `UsageError` where these cannot be read."""
    entries = [entry for entry in tree.entries(ROOT) if entry.path == f"{ROOT}programme.yaml"]
    programme = assemble(load(tree, entries))
    if programme.settings is None:
        raise UsageError("submissions/programme.yaml 没有或有错，先运行 wholeschool validate 看是什么")
    chosen = programme.settings.data.contacts
    return chosen.recipients if chosen else ()


def _people(file: str, sheet: Sheet, found: list[Found]) -> Iterator[tuple[dict[str, str], bool]]:
    """Each person of a sheet: the fields, and whether it is 推荐表."""
    header = next((row for row, cells in sorted(sheet.rows.items())[:20] if _is_header(cells)), None)
    if header is None:
        yield from _form(file, sheet, found)
        return
    words = {place: _word(cell) for place, cell in sheet.rows[header].items()}
    is_nominee = bool({"出生年月", "政治面貌", "出生日期"} & set(words.values()))
    headings = NOMINEE if is_nominee else COLLEAGUE
    columns = {place: each for place, word in words.items() for each in headings if word in each.names}
    absent = [each.names[0] for each in headings if each.needed and each not in columns.values()]
    if absent:
        short = finding(
            "XLSX-COLUMN",
            Location(file),
            f"少了列：{'、'.join(absent)}",
            hint=_AS_EXPORTED,
        )
        found.append(Found(sheet.name, header, 1, short))
        return
    seen: set[tuple[str, ...]] = set()
    for row, cells in sorted(sheet.rows.items()):
        if row <= header or re.match(r"填报人|填表人|联系方式|填报时间|注|单位（盖章）", _word(cells[min(cells)])):
            continue
        filled = {place: cells[place] for place in columns if place in cells}
        if not any(columns[place].field not in ("team", "region", "note") for place in filled):
            continue  # an empty line of the form, where 团队 and 备注 are printed
        fields: dict[str, str] = {}
        for place, heading in columns.items():
            value = _value(heading, filled.get(place))
            if told := _wrong(file, heading, value, filled.get(place), row, place):
                found.append(Found(sheet.name, row, place, told))
            if value:
                fields[heading.field] = value
        who = (fields.get("team", ""), fields.get("name", ""), fields.get("unit", ""))
        if who in seen:
            twice = finding("S-UNIQUE", Location(file, row), "这个人在同一团队里写了两次", hint="留一行")
            found.append(Found(sheet.name, row, min(columns), twice))
        seen.add(who)
        yield fields, is_nominee


def _form(file: str, sheet: Sheet, found: list[Found]) -> Iterator[tuple[dict[str, str], bool]]:
    """推荐表 as it is printed: names of fields with what is filled in to their right."""
    known = {name: heading for heading in NOMINEE for name in heading.names}
    fields: dict[str, str] = {}
    places: dict[str, tuple[int, int]] = {}
    for row, cells in sorted(sheet.rows.items()):
        for place in sorted(cells):
            heading = known.get(_word(cells[place]))
            if heading is None or heading.field in places:
                continue
            right = next((other for other in sorted(cells) if other > place), None)
            cell = cells[right] if right and not _is_label(cells[right]) else None
            places[heading.field] = row, place
            value = _value(heading, cell)
            if told := _wrong(file, heading, value, cell, row, right or place):
                found.append(Found(sheet.name, row, right or place, told))
            if value:
                fields[heading.field] = value
    if {"birth", "politics"} & places.keys():
        yield fields, True


def _is_header(cells: Mapping[int, Cell]) -> bool:
    words = {_word(cell) for cell in cells.values()}
    return "姓名" in words and len(words & MARKS) > 0 and len(words) > 4


_LABELS = frozenset(name for headings in (COLLEAGUE, NOMINEE) for heading in headings for name in heading.names) | {
    "推荐类别",
    "学历",
    "职称",
    "任教学段",
    "任教学科",
    "专长领域",
    "表彰奖励情况",
}


def _is_label(cell: Cell) -> bool:
    return _word(cell) in _LABELS


def _word(cell: Cell) -> str:
    return re.sub(r"[\s*：:]", "", half_width(str(cell.value))).replace("(", "（").replace(")", "）")


def _value(heading: _Heading, cell: Cell | None) -> str:
    """The content of a cell, as the field wants it."""
    if cell is None:
        return ""
    value = cell.value
    if isinstance(value, (date, datetime)):
        return value.strftime("%Y-%m")
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = " ".join(text.split())
    if heading.field in ("mobile", "office_phone", "phone", "qq", "email"):
        text = half_width(text).replace("—", "-").replace("－", "-")
        text = re.sub(r"\s", "", text)
        solid = re.sub(r"[-.]|^\+?86", "", text)
        if re.fullmatch(r"1[3-9][0-9]{9}", solid):
            text = solid
    elif heading.field == "birth":
        narrow = re.sub(r"\s", "", half_width(text))
        if dated := _MONTH.fullmatch(narrow):
            text = f"{dated[1]}-{int(dated[2]):02d}"
    elif heading.field == "name" and re.fullmatch(r"[一-鿿\s]+", text):
        text = re.sub(r"\s", "", text)
    return text


def _wrong(file: str, heading: _Heading, value: str, cell: Cell | None, row: int, place: int) -> Finding | None:
    at, name = Location(file, row, place), heading.names[0]
    if cell is not None and cell.formula:
        return finding("S-FORMULA", at, f"{name}是公式，不是值", hint="复制这一格，再“选择性粘贴—数值”")
    if not value:
        return (
            finding("S-REQUIRED", at, f"{name}没有填", hint=heading.hint, clause=_AUTHORITY) if heading.needed else None
        )
    if _has_unfit(value):  # told apart, as nobody sees what is wrong
        hint = "把这一格清空，重新输入"
        return finding(
            "Y-CHAR", at, f"{name}里有看不见的、别的电脑显示不了的字符", hint=hint, clause=REFUSALS["Y-CHAR"].clause
        )
    if not re.fullmatch(heading.pattern, value, re.DOTALL) or len(value) > LONGEST_TEXT:
        return finding(
            "S-PATTERN", at, f"{name}的写法不对（内容已隐去）", hint=heading.hint, clause=REFUSALS["S-PATTERN"].clause
        )
    return None


def _who(person: Colleague | Nominee) -> tuple[str, str, str]:
    return person.team if isinstance(person, Colleague) else "", person.name, person.unit
