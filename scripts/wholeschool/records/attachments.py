"""Attachments: the pictures and documents that prove a record. PDF, JPEG and PNG, read to the end before they are kept.

They lie at `<unit>/<year>/attachments/<name>.<ending>`. Nothing in them runs, nothing hides behind their end, and a
picture does not say where it was taken. Every limit holds before anything is unpacked.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pikepdf
from PIL import Image

from wholeschool import personal_data
from wholeschool.records.codings import as_texts, legible
from wholeschool.records.pdf_words import VALUE, PdfWords, TooMuchDrawn
from wholeschool.records.pictures import MOST_SCANS, TooMuch, described, is_located, jpeg, png
from wholeschool.records.refusals import Refused
from wholeschool.records.strange_pdf import MOST_UNPACKED, opened

ENDINGS = {"pdf": "PDF", "jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
MOST_PIXELS = 60_000_000
"""A telephone's picture has 12 to 50 million; unpacked by whoever looks at it, this many take 180 MB."""
MOST_WORDS = 4 * 1024 * 1024
"""Characters; looking through them takes a few seconds."""
DEEPEST = 64
_APART = "\n\n\n\n"
"""So far from each other that no number reaches from one into the next."""

# Actions that run, send or open something else; what only turns to a page of the same document is none of them.
_ACTIVE_ACTIONS = frozenset(
    [
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
        "/GoTo3DView",
        "/Thread",
        "/GoToDp",
    ]
)
_ACTIVE_KEYS = {
    "/JS": "脚本",
    "/JavaScript": "脚本",
    "/AA": "自动执行的动作",
    "/EmbeddedFiles": "嵌入的文件",
    "/EmbeddedFile": "嵌入的文件",
    "/EF": "嵌入的文件",
    "/AF": "嵌入的文件",
    "/XFA": "动态表单",
    "/RichMediaContent": "多媒体",
    "/RichMediaSettings": "多媒体",
    "/3DD": "三维模型",
}
_ACTIVE_SUBTYPES = frozenset(["/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"])
_WEB = ("https://", "http://", "mailto:")

# Beginnings of other kinds of file, as they would stand behind or inside a picture.
_FOREIGN = (b"%PDF-", b"PK\x03\x04", b"<script", b"<html", b"<?php", b"MZ\x90", b"Rar!", b"7z\xbc\xaf")
_END_OF_PDF = re.compile(rb"%%EOF")
MOST_REVISIONS = 8
"""Earlier states of a PDF that are read, the last ones."""
_OBJECT_MARK = re.compile(rb"\b(obj|endobj)\b")
_BINARY_MARK = re.compile(rb"%[\x80-\xff]{4,16}[\r\n]")
_ZIP_END = b"PK\x05\x06"
# The end of an archive lies no further from the end of the file; elsewhere these bytes are chance.
_ZIP_REACH = 65_557


def inspect(path: str, data: bytes) -> Iterator[Refused]:
    """Everything wrong with an attachment; the first matter that makes the rest meaningless ends it."""
    ending = path.rpartition(".")[2]
    claimed, real = ENDINGS.get(ending), _kind(data)
    if claimed is None or real is None:
        what = f"不收 .{ending} 的文件" if claimed is None else f"内容不是 {claimed}，也不是别的收的类型"
        yield _refused("ATT-TYPE", what, "存成 PDF、JPEG 或 PNG 再提交")
    elif claimed != real:
        yield _refused("ATT-TYPE", f"名字是 .{ending}，内容却是 {real}", "改成与内容相符的名字")
    elif real == "PDF":
        yield from _pdf(data)
    else:
        yield from _picture(real, data)


def _kind(data: bytes) -> str | None:
    beginnings = {b"%PDF-": "PDF", b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
    return next((kind for beginning, kind in beginnings.items() if data.startswith(beginning)), None)


def _refused(code: str, message: str, hint: str) -> Refused:
    return Refused(code, 1, 1, message, hint)


def _damaged(kind: str) -> Refused:
    hint = "重新导出一份；有密码的先去掉密码"
    return _refused("ATT-DAMAGED", f"这个 {kind} 打不开，可能损坏、不完整或有密码", hint)


def _hidden() -> Refused:
    return _refused("ATT-POLYGLOT", "文件里还藏着别的内容，或结尾之后还有内容", "用原来的软件打开，另存或重新导出一份")


def _unbounded() -> Refused:
    limits = f"{MOST_PIXELS // 10_000} 万像素、分 {MOST_SCANS} 遍画完，文档 {MOST_UNPACKED // 1024 // 1024} MB"
    message = f"展开以后太大（上限 {limits}）"
    return _refused("ATT-PIXELS", message, "缩小图片，或重新导出一份")


def _endless() -> Refused:
    hint = "分成几个文件，或用“打印”另存成 PDF，再提交一次"
    return _refused("ATT-PIXELS", "PDF 里的内容、图形或字体表多得查不完", hint)


def _personal(text: str) -> Iterator[Refused]:
    for code in sorted({datum.code for datum in personal_data.scan(text)}):
        yield _refused(code, f"附件里疑似有{personal_data.NAMES[code]}（内容已隐去）", "遮住或删掉它，重新导出一份")


# --- pictures ---------------------------------------------------------------------------------------------------------


def _picture(kind: str, data: bytes) -> Iterator[Refused]:
    """What is wrong with a picture. No pixel is unpacked: a few KB could keep many computers busy."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size that Pillow would warn of is judged here
            with Image.open(io.BytesIO(data), formats=[kind]) as image:
                if image.width * image.height > MOST_PIXELS:
                    yield _unbounded()
                    return
                image.verify()
                read = png(data) if kind == "PNG" else jpeg(data)
                words = [*described(image.info.values(), read.parts), *legible(data)]
    except (Image.DecompressionBombError, TooMuch):
        yield _unbounded()
        return
    except Exception:  # Pillow raises a dozen kinds for a damaged picture
        yield _damaged(kind)
        return
    if sum(map(len, words)) > MOST_WORDS:
        yield _unbounded()
        return
    if (
        read.private
        or data[read.end :].strip(b"\0\r\n ")
        or any(mark in data[:1024].lower() for mark in _lower(_FOREIGN))
        or _ZIP_END in data[-_ZIP_REACH:]
    ):
        yield _hidden()
    if is_located(data) or is_located(b"".join(read.parts)):
        yield _tells_the_place("照片里")
    yield from _personal(_APART.join(words))


def _tells_the_place(where: str) -> Refused:
    hint = "在手机或电脑上删除照片的位置信息（照片的“属性”或“详情”里），再提交一次"
    return _refused("ATT-LOCATION", f"{where}记着拍摄地点（内容已隐去）", hint)


def _lower(marks: tuple[bytes, ...]) -> Iterator[bytes]:
    return (mark.lower() for mark in marks)


# --- documents --------------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> Iterator[Refused]:
    try:
        with opened(data) as document:
            if not len(document.pages):
                yield _damaged("PDF")
                return
            active, too_much = "", False
            reading = PdfWords()
            words = [*_between_objects(data), *legible(data), *_said_before(data, reading)]
            unpacked, located = 0, False
            for each in document.objects:
                words += _strings(each, DEEPEST, reading)
                active = active or _active(each, DEEPEST)
                if isinstance(each, pikepdf.Stream):
                    content = _unpacked(each)
                    unpacked += len(content)
                    located = located or (content.startswith(b"\xff\xd8\xff") and is_located(content))
                    words += as_texts(content) if each.get("/Type") == "/Metadata" else legible(content)
                too_much = unpacked > MOST_UNPACKED
                if too_much:
                    break
            else:
                words += reading.of(document)
    except TooMuchDrawn:
        yield _endless()
        return
    except Exception as error:  # qpdf's own errors, and those of every filter it calls
        yield _unbounded() if "limit exceeded" in str(error) else _damaged("PDF")
        return
    if too_much or sum(map(len, words)) > MOST_WORDS:
        yield _unbounded()
        return
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\0\r\n \t") or _ZIP_END in data[-_ZIP_REACH:]:
        yield _hidden()
    if active:
        message = f"PDF 里有{active}，打开时会自己运行或带出别的文件"
        yield _refused("ATT-ACTIVE", message, "用“打印”另存成 PDF，再提交一次")
    if located:
        yield _tells_the_place("PDF 里的照片")
    yield from _personal(_APART.join(words))


def _said_before(data: bytes, reading: PdfWords) -> list[str]:
    """What the PDF said before it was changed: programs put what is new behind the old, which stays in the file."""
    words: list[str] = []
    for end in [each.end() for each in _END_OF_PDF.finditer(data)][:-1][-MOST_REVISIONS:]:
        try:
            with opened(data[:end]) as before:
                words += reading.of(before)
                for each in before.objects:
                    words += _strings(each, DEEPEST, reading)
        except TooMuchDrawn:
            raise
        except Exception:  # no state of its own, such as the first part of a PDF that is made for the web
            continue
    return words


def _unpacked(stream: pikepdf.Stream) -> bytes:
    """A stream unpacked; pictures keep their own coding, which only a viewer undoes."""
    try:
        return stream.read_bytes()
    except pikepdf.PdfError as error:
        if "unfilterable" in str(error) or "unsupported" in str(error):
            return stream.read_raw_bytes()
        raise


def _between_objects(data: bytes) -> Iterator[str]:
    """What stands between the objects of a PDF, where comments do (ISO 32000-1, 7.2.4)."""
    behind = 0
    inside = False
    for mark in _OBJECT_MARK.finditer(data):
        if not inside and mark[1] == b"obj":
            yield from as_texts(_bare(data[behind : mark.start()]))
        inside, behind = mark[1] == b"obj", mark.end()
    yield from as_texts(_bare(data[behind:]))


def _bare(part: bytes) -> bytes:
    """Without the marks by which programs see that a PDF is no text: four or more bytes beyond ASCII, as a comment."""
    return _BINARY_MARK.sub(b"\n", part)


def _active(node: Any, depth: int) -> str:
    """What in an object would run or bring along other files, in words; empty where there is nothing."""
    if depth == 0:
        return "层次太深的内容"
    if isinstance(node, pikepdf.Array):
        return next((found for each in node if (found := _active_direct(each, depth))), "")
    if not isinstance(node, (pikepdf.Dictionary, pikepdf.Stream)):
        return ""
    return _active_in(dict(node.items()), depth)


def _active_direct(each: Any, depth: int) -> str:
    """An indirect object has its own turn."""
    return "" if getattr(each, "is_indirect", False) else _active(each, depth - 1)


def _active_in(fields: dict[str, Any], depth: int) -> str:
    for key, what in _ACTIVE_KEYS.items():
        if key in fields:
            return what
    if str(fields.get("/S", "")) in _ACTIVE_ACTIONS:
        return "会运行的动作"
    if str(fields.get("/Subtype", "")) in _ACTIVE_SUBTYPES:
        return "附件或多媒体"
    opening = fields.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S", "")) not in ("/GoTo", ""):
        return "打开时执行的动作"
    if "/URI" in fields and isinstance(fields["/URI"], pikepdf.String):
        address = str(fields["/URI"]).strip().lower()
        if ":" in address and not address.startswith(_WEB):
            return "不是网页的链接"
    return next((found for each in fields.values() if (found := _active_direct(each, depth))), "")


def _strings(node: Any, depth: int, reading: PdfWords) -> Iterator[str]:
    """Texts of an object and of what is written in it: titles, authors, notes, names, form fields and their choices."""
    reading.spend(VALUE)
    if isinstance(node, pikepdf.String):
        yield str(node)
    elif isinstance(node, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)) and depth:
        inside = node if isinstance(node, pikepdf.Array) else dict(node.items()).values()
        for each in inside:
            if not getattr(each, "is_indirect", False):  # an indirect object has its own turn
                yield from _strings(each, depth - 1, reading)
