"""The workbook in which contacts are filled in and corrected: a sheet for people of offices, one for nominations."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from wholeschool.papers.contacts import COLLEAGUE, NOMINEE, Contacts
from wholeschool.papers.origin import NOTES, ORIGIN
from wholeschool.papers.template import one_page_wide, settled

_SPARE = 200


def contact_workbook(contacts: Contacts, unit: str) -> bytes:
    """The contacts as a workbook; empty ones give the form to fill in. Never written into the repository."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    sheets: tuple[tuple[str, tuple[Any, ...], tuple[Any, ...]], ...] = (
        ("人员信息表", COLLEAGUE, contacts.colleagues),
        ("推荐表", NOMINEE, contacts.nominees),
    )
    for title, headings, people in sheets:
        sheet = book.create_sheet(title)
        names = [heading.names[0] for heading in headings]
        numbered = ["序号", *names] if headings is COLLEAGUE else names
        for place, name in enumerate(numbered, start=1):
            cell = sheet.cell(1, place, name)
            needed = next((heading.needed for heading in headings if heading.names[0] == name), False)
            cell.font = Font(name="等线", bold=True, color="FFFFFF")
            cell.fill = PatternFill("solid", fgColor="9C4A00" if needed else "1F4E79")
            cell.alignment = Alignment(horizontal="center", vertical="center")
            column = sheet.column_dimensions[get_column_letter(place)]
            column.width, column.number_format = (8 if name == "序号" else 18), "@"
        for row, person in enumerate(people, start=2):
            if headings is COLLEAGUE:
                sheet.cell(row, 1, row - 1)
            for heading in headings:
                cell = sheet.cell(row, numbered.index(heading.names[0]) + 1)
                cell.value = getattr(person, heading.field) or None
                cell.number_format, cell.data_type = "@", "s" if cell.value else "n"
        sheet.freeze_panes = "A2"
        one_page_wide(sheet)
    notes = book.create_sheet(NOTES)
    for row, line in enumerate(
        (
            "这份工作簿里会有手机、邮箱、出生年月：存在仓库外面，用完删掉。",
            "填好后运行 wholeschool import 文件名.xlsx，内容直接加密成 contacts.age，不会有明文留在仓库里。",
            "橙色列名必填。推荐表的学历、职称、专长领域等不在这里，写在推荐记录 nominations 里。",
        ),
        start=1,
    ):
        notes.cell(row, 1, line)
    notes.column_dimensions["A"].width = 90
    one_page_wide(notes)
    hidden = book.create_sheet(ORIGIN)
    for row, pair in enumerate((("kind", "contacts"), ("unit", unit)), start=1):
        for place, text in enumerate(pair, start=1):
            hidden.cell(row, place, text)
    hidden.sheet_state = "veryHidden"
    return settled(book)
