"""附件3 管理团队及工程办人员信息表: the workbook that is handed in, headings letter by letter (附件3, 注1: Excel)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from wholeschool.papers.contacts import Colleague
from wholeschool.papers.template import settled

TITLE = "管理团队及工程办人员信息表"
HEADINGS = ("序号", "团队", "市县", "姓名", "单位", "职务", "办公电话", "手机号码", "电子邮箱", "备注")
GROUPS = ("管理团队", "工程办")
NOTES = ("填表说明：1.请用excel制表报送；", "2.负责人和联络人可为同一人。")
_WIDTHS = (6, 11, 12, 11, 26, 14, 16, 15, 26, 11)
_SIDE = Side("thin")
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FIRST = {"负责人": 0, "负责人、联络人": 0, "联络人": 1}


def annex3(unit_name: str, colleagues: Sequence[Colleague], *, by: str = "", phone: str = "", date: str = "") -> bytes:
    """The workbook: 管理团队 first, then 工程办; in each 负责人, 联络人, then the others in their order."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "附件3"
    last = get_column_letter(len(HEADINGS))
    for row, text in ((1, "附件3"), (2, TITLE), (3, f"填报单位：{unit_name}")):
        sheet.merge_cells(f"A{row}:{last}{row}")
        cell = sheet.cell(row, 1, text)
        cell.font = Font(name="方正小标宋简体" if row == 2 else "仿宋", size=18 if row == 2 else 12)
        cell.alignment = Alignment(horizontal="center" if row == 2 else "left", vertical="center")
    sheet.row_dimensions[2].height = 34
    for place, heading in enumerate(HEADINGS, start=1):
        cell = sheet.cell(4, place, heading)
        cell.font, cell.border = Font(name="黑体", size=11), _BOX
        cell.alignment = Alignment(horizontal="center", vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[place - 1]
    row, number = 5, 0
    others = tuple(dict.fromkeys(person.team for person in colleagues if person.team not in GROUPS))
    for group in (*GROUPS, *others):
        people = sorted((each for each in colleagues if each.team == group), key=lambda each: _FIRST.get(each.note, 2))
        begin = row
        for person in people:
            number += 1
            texts: tuple[str, ...] = (person.team, person.region, person.name, person.unit, person.position)
            texts += (person.office_phone, person.mobile, person.email, person.note)
            for place, content in enumerate((number, *texts), start=1):
                cell = sheet.cell(row, place)
                if content != "":
                    cell.value = content
                if isinstance(content, str) and content:
                    cell.data_type = "s"
                cell.number_format = "General" if place == 1 else "@"
                cell.font, cell.border = Font(name="仿宋", size=11), _BOX
                cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            sheet.row_dimensions[row].height = 24 if len(person.unit) < 13 and len(person.email) < 26 else 36
            row += 1
        if len(people) > 1:
            sheet.merge_cells(f"B{begin}:B{row - 1}")
    foot = f"填报人：{by or '　　　　'}　　　　联系方式：{phone or '　　　　　　'}　　　　填报时间：{date}"
    for offset, text in enumerate((foot, *NOTES), start=1):
        sheet.merge_cells(f"A{row + offset}:{last}{row + offset}")
        cell = sheet.cell(row + offset, 1, text)
        cell.font = Font(name="仿宋", size=11)
        if offset == 3:
            cell.alignment = Alignment(indent=5)
    sheet.freeze_panes = "A5"
    sheet.print_title_rows = "4:4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return settled(book)
