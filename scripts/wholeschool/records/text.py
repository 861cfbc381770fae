"""Bytes into text that can be trusted to mean what it shows."""

from __future__ import annotations

import re
import unicodedata

from wholeschool.records.refusals import Refused

MAX_BYTES = 2 * 1024 * 1024

# Controls, zero-width and direction marks, private use, and the replacement character.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# What GBK read as UTF-8 looks like (ѧУ), what UTF-8 read as Latin-1 looks like (å¦æ ¡), and the famous leftovers.
_MOJIBAKE = re.compile("[\u0400-\u04ff\ufffd\ue000-\uf8ff]|[\u00c3-\u00ef][\u0080-\u00bf]|锟斤拷|烫烫烫|屯屯屯")


def decode(data: bytes) -> str:
    """Strict UTF-8, a byte-order mark and CRLF accepted; NFC. `Refused` for anything that hides or has been garbled."""
    if len(data) > MAX_BYTES:
        raise Refused(
            "Y-SIZE",
            1,
            1,
            f"文件有 {len(data) / 1024 / 1024:.1f} MB，上限是 2 MB",
            "拆成几个文件，或检查是否贴错了内容",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("Y-ENC", 1, 1, "文件是 UTF-16 编码", "在编辑器里“另存为”，编码选 UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise Refused(
            "Y-ENC", line, column, "文件不是 UTF-8 编码，可能是 GBK", "在编辑器里“另存为”，编码选 UTF-8"
        ) from error
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for pattern, code, message, hint in (
        (_INVISIBLE, "Y-CHAR", "有看不见的字符", "把这一处删掉，照着重新输入"),
        (_MOJIBAKE, "Y-SCRIPT", "疑似编码错误，文字成了乱码", "用原来的编码打开，另存为 UTF-8 后重新提交"),
    ):
        if match := pattern.search(text):
            line, column = place(text, match.start())
            name = f"U+{ord(match.group()[0]):04X}"
            raise Refused(code, line, column, f"{message}（{name}）", hint)
    # Composed forms, so that equal-looking names are equal; never NFKC, which would change rare characters.
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of the character at `index`."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
