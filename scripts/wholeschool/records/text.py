"""Bytes into text that can be trusted to mean what it shows."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter

from wholeschool.records.refusals import Refused
from wholeschool.unseen import UNSEEN

MAX_BYTES = 2 * 1024 * 1024
MAX_TABLE_BYTES = 16 * 1024 * 1024

# Controls, the ends of lines that are none in YAML, and what shows nothing.
_INVISIBLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff{UNSEEN}]")
# What GBK read as UTF-8 looks like (ѧУ), what UTF-8 read as Latin-1 looks like (å¦æ ¡), and the famous leftovers.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_MOJIBAKE = re.compile("[\u0400-\u04ff\ufffd\ue000-\uf8ff]|[\u00c3-\u00ef][\u0080-\u00bf]|锟斤拷|烫烫烫|屯屯屯")


def decode(data: bytes) -> str:
    """Strict UTF-8, a byte-order mark and CRLF accepted; NFC. `Refused` for anything that hides or has been garbled."""
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
    if match := _INVISIBLE.search(text):
        raise invisible(match.group(), *place(text, match.start()))
    if match := _MOJIBAKE.search(text):
        message = f"疑似编码错误，文字成了乱码（U+{ord(match.group()[0]):04X}）"
        hint = "用原来的编码打开，另存为 UTF-8 后重新提交"
        raise Refused("Y-SCRIPT", *place(text, match.start()), message, hint)
    # Composed forms, so that equal-looking names are equal; never NFKC, which would change rare characters.
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def like(text: str, raw: str) -> str:
    """`text` with the byte-order mark and the line ends of `raw`, the text as it lay in a file.

    A line that is in both stays as it was, a new one ends as most do.
    """
    if "\r" not in raw and not raw.startswith("\ufeff") and unicodedata.is_normalized("NFC", raw):
        return text
    mark = "\ufeff" if raw.startswith("\ufeff") else ""
    lines = _LINE.findall(raw.removeprefix("\ufeff"))
    old = [unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", line)) for line in lines]
    new = re.findall(r"[^\n]*\n|[^\n]+", text)
    ends = Counter(line[len(line.rstrip("\r\n")) :] for line in lines)
    usual = ends.most_common(1)[0][0] or "\n" if ends else "\n"
    found = [line[:-1] + usual if line.endswith("\n") else line for line in new]
    # Most of a file is the same: only what lies between its first and last change has to be compared.
    ahead = next((n for n, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), min(len(old), len(new)))
    both = min(len(old), len(new)) - ahead
    behind = next((n for n in range(both) if old[-1 - n] != new[-1 - n]), both)
    found[:ahead] = lines[:ahead]
    found[len(new) - behind :] = lines[len(lines) - behind :]
    middle = slice(ahead, len(old) - behind), slice(ahead, len(new) - behind)
    matcher = difflib.SequenceMatcher(None, old[middle[0]], new[middle[1]], autojunk=False)
    for one, two, size in matcher.get_matching_blocks():
        found[ahead + two : ahead + two + size] = lines[ahead + one : ahead + one + size]
    return mark + "".join(found)


def hidden_in(value: str) -> str | None:
    """The first character of `value` that is not seen, of those an escape in a quoted text can still bring in."""
    match = _INVISIBLE.search(value)
    return match.group() if match else "\r" if "\r" in value else None


def invisible(character: str, line: int, column: int) -> Refused:
    """The refusal of a character that is not seen."""
    return Refused("Y-CHAR", line, column, f"有看不见的字符（U+{ord(character):04X}）", "把这一处删掉，照着重新输入")


def size_limit(path: str) -> int:
    """How many bytes a file may have. Tables may be larger: a ledger has a line for every certificate of a county."""
    return MAX_TABLE_BYTES if path.endswith(".csv") else MAX_BYTES


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of the character at `index`."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
