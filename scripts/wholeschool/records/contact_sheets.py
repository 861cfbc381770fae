"""Contact sheets: what is one, lying open, and whether a sealed one is sealed. Nothing is decrypted here."""

from __future__ import annotations

import html
import io
import re
import zipfile

from wholeschool.errors import DAMAGED_ARCHIVE
from wholeschool.records.codings import coded_text, legible
from wholeschool.records.refusals import Refused

LARGEST_SHEET = 20 * 1024 * 1024
"""Larger files are refused by their size anyway."""
LARGEST_SEALED = 1024 * 1024

PRIVATE_HEADINGS = (
    *("手机号码", "手机号", "手机", "移动电话", "办公电话", "联系电话", "电话号码", "固定电话"),
    *("电子邮箱", "邮箱", "电子邮件", "E-mail", "Email", "QQ", "QQ号", "微信", "微信号"),
    *("出生年月", "出生日期", "政治面貌", "身份证号", "身份证号码", "家庭住址", "通信地址"),
)
"""What the columns are called that make a list of people a contact sheet; 联系方式 in a foot is no such column."""
_WANTED = ("姓名", *PRIVATE_HEADINGS)
_SPACED = "|".join(r"\s*".join(word) for word in _WANTED)
_LABEL = re.compile(rf">[\s*]*({_SPACED})[\s*:：]*<")
SEALED = b"age-encryption.org/v1\n"
"""How every file begins that age has encrypted."""
_SEAL = re.compile(rb"[A-Za-z0-9+/]{43}")
_LINES = 20


def is_plain_sheet(data: bytes) -> bool:
    """Whether a file is a list of people with private columns: a workbook, old or new, a table as text, vCards."""
    if data.startswith(b"PK\x03\x04"):
        return _in_archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _has({word for word in _WANTED if word.encode("utf-16-le") in data})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip().upper().startswith("BEGIN:VCARD"):
            return True
        cells = {_bare(cell) for line in text.split("\n")[:_LINES] for cell in re.split(r"[,\t;|，]", line)}
        return _has(cells)
    return False


def why_not_sealed(data: bytes) -> Refused | None:
    """Why the bytes are no contact sheet encrypted for recipients, or None."""
    again = "用 wholeschool import 重新生成；不要自己改名"
    if len(data) > LARGEST_SEALED:
        return Refused("CONTACT-SEALED", 1, 1, "文件超过 1 MB，不像联系表", again)
    if not data.startswith(SEALED):
        return Refused("CONTACT-SEALED", 1, 1, "这个文件没有加密", again)
    head, mark, body = data[len(SEALED) :].partition(b"\n--- ")
    seal, _, body = body.partition(b"\n")
    if not mark or not body or b"-> scrypt " in b"\n" + head:
        message = "是用口令加密的，不是用公钥" if mark and body else "文件不完整"
        return Refused("CONTACT-SEALED", 1, 1, message, again)
    if not re.search(rb"^-> X25519 [A-Za-z0-9+/]{43}$", head, re.MULTILINE):
        return Refused("CONTACT-SEALED", 1, 1, "没有写给任何一把公钥", again)
    if not _SEAL.fullmatch(seal) or coded_text(body) or any(legible(data)):
        return Refused("CONTACT-SEALED", 1, 1, "只有开头像加密过的，后面看得见文字", again)
    return None


def recipients_in(data: bytes) -> int:
    """For how many keys a sealed sheet is encrypted, as far as its head says so; whose they are, nobody can tell.

    Every recipient has a paragraph. age adds one of its own that is nobody's, with a name ending in `-grease`.
    """
    head = data[len(SEALED) :].partition(b"\n--- ")[0]
    kinds = [line.split(b" ")[1] for line in head.split(b"\n") if line.startswith(b"-> ")]
    return sum(not kind.endswith(b"-grease") for kind in kinds)


def _in_archive(data: bytes) -> bool:
    """The texts of a workbook or a document, looked for in its parts without opening it as one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith(".xml")]
            if sum(part.file_size for part in parts) > 5 * LARGEST_SHEET:
                return False
            texts = [archive.read(part) for part in parts if part.filename.startswith(("xl/", "word/", "content"))]
    except DAMAGED_ARCHIVE:
        return False
    return _has({word for text in texts for word in _labels(text.decode("utf-8", "replace"))})


def _labels(text: str) -> set[str]:
    """Those of our words that stand alone in a cell of a sheet, or in a run of a document."""
    if "&#" in text:
        text = html.unescape(text)
    return {_bare(found) for found in _LABEL.findall(text)}


def _has(cells: set[str]) -> bool:
    return "姓名" in cells and not cells.isdisjoint(PRIVATE_HEADINGS)


def _bare(cell: str) -> str:
    return re.sub(r"[\s*\"'：:]", "", cell)
