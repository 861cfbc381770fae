"""One file: the record in it, or the reasons why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from itertools import takewhile
from typing import Any, NamedTuple

import msgspec

from wholeschool import personal_data
from wholeschool.errors import RepositoryError, WholeschoolError
from wholeschool.findings import About, Finding, Location, finding
from wholeschool.records.contact_sheets import LARGEST_SHEET, is_plain_sheet, why_not_sealed
from wholeschool.records.explain import explain, nearest
from wholeschool.records.hygiene import blemish, oversize, twin
from wholeschool.records.kinds import (
    LEVELS,
    PAGES,
    ROOT,
    Placed,
    is_attachment,
    is_contacts,
    kinds,
    placed,
    record_folders,
)
from wholeschool.records.plain_yaml import read_plain
from wholeschool.records.positions import Mark, locate
from wholeschool.records.readable import Closed, readable
from wholeschool.records.record import read
from wholeschool.records.refusals import REFUSALS, Refused
from wholeschool.records.terms import Vocabulary
from wholeschool.records.text import MAX_BYTES, decode, size_limit
from wholeschool.sources import Entry, Tree
from wholeschool.sources.tree import SUBMODULE, SYMLINK

# What stands within a line of the page, and any element.
_INLINE = re.compile(r"</?(?:a|em|strong|del|code|s|b|i|sub|sup|span|img)(?: [^>]*)?>")
_ELEMENT = re.compile(r"<[^>]*>")
# A pasted list of telephone numbers is told once for each line, and no more often than this.
MOST_PERSONAL = 20
_YEAR = re.compile("20[0-9]{2}")


class Outcome(NamedTuple):
    """What a file gave: its struct in MessagePack when it is valid, and findings. Crosses processes, and is kept."""

    value: bytes | None
    findings: list[Finding]


def read_file(tree: Tree, entry: Entry, vocabulary: Vocabulary) -> Outcome:
    """The record at `entry`, or the reasons why not. Personal data is a finding that hides no other."""
    try:
        return _read_file(tree, entry, vocabulary)
    except WholeschoolError:  # the tree cannot be read: that is not this file's fault
        raise
    except Exception as error:  # a mistake of ours must not keep the other files from being read
        message = f"读这个文件时程序自己出了错（{type(error).__name__}），里面的内容没有检查"
        crash = finding("RULE-CRASH", Location(entry.path), message, hint="请把这条信息告诉维护人员")
        return Outcome(None, [crash])


def _read_file(tree: Tree, entry: Entry, vocabulary: Vocabulary) -> Outcome:
    if unplaced := refused_by_place(entry):
        return Outcome(None, _open_contacts(tree, entry) or [*unplaced, *_personal_in(tree, entry)])
    if is_attachment(entry.path):
        return Outcome(None, _wrong_with_attachment(tree, entry))
    if is_contacts(entry.path):
        refused = why_not_sealed(tree.read(entry.path))
        return Outcome(None, [_refused(entry.path, refused)] if refused else [])
    where = vocabulary.placed(entry.path)
    assert where is not None
    data = tree.read(entry.path)
    problems: list[Finding] = []
    try:
        text = decode(data)
        problems += _personal(entry.path, text)
        if where.kind.format == "yaml" and (plain := read_plain(text)) and (valid := _valid(where, plain)):
            return Outcome(valid, problems)
        value, mark = read(where.kind, text)
        if where.kind.format == "md" and not problems:
            problems += _personal_as_shown(entry.path, str(value["body"]), mark)
    except Refused as refused:
        return Outcome(None, [*problems, _refused(entry.path, refused)])
    if valid := _valid(where, value):
        return Outcome(valid, problems)
    schema = where.kind.schema
    reasons = list(explain(schema, _by_place(where, schema.type_scalars(value)), mark, entry.path))
    if not reasons:  # the two validators disagree: a mistake of ours, but a record must never vanish silently
        message = "这份记录没有通过检查，但说不出原因"
        reasons = [_refusal("S-TYPE", Location(entry.path), message, "请把这个文件告诉维护人员")]
    personal = {problem.line for problem in problems}  # a telephone number in a name field is one mistake
    return Outcome(None, problems + [reason for reason in reasons if reason.line not in personal])


@lru_cache(1 << 14)  # the two sides of a change hold nearly the same files
def refused_by_place(entry: Entry) -> tuple[Finding, ...]:
    """Why the file is not even opened as a record: its name, its mode, its place or its size; empty when it is."""
    if named := tuple(_personal_name(entry.path)):
        return named
    if refused := blemish(entry) or (oversize(entry) if is_attachment(entry.path) else None):
        return (_refused(entry.path, refused),)
    if is_attachment(entry.path) or is_contacts(entry.path):
        return ()
    where = placed(entry.path)
    if where is None:
        return (_misplaced(entry.path),)
    if where.level not in where.kind.levels:
        return (_wrong_level(entry.path, where),)
    if entry.size > (limit := size_limit(entry.path)):
        message = f"文件有 {entry.size / 1024 / 1024:.1f} MB，上限是 {limit // 1024 // 1024} MB"
        return (_refusal("Y-SIZE", Location(entry.path), message, "拆成几个文件，或检查是否贴错了内容"),)
    return ()


def _valid(where: Placed, value: Any) -> bytes | None:
    """The struct in MessagePack, when the schema accepts the value."""
    schema = where.kind.schema
    typed = schema.type_scalars(value)
    if not schema.accepts(_by_place(where, typed)):
        return None
    return msgspec.msgpack.encode(msgspec.convert(typed, where.kind.struct))


def _by_place(where: Placed, value: Any) -> Any:
    """A unit is judged as what its folder makes it; that it calls itself something else is UNIT-LEVEL's to say."""
    misnamed = where.kind.name == "unit" and isinstance(value, dict) and value.get("level") in LEVELS
    return {**value, "level": where.level} if misnamed else value


def _wrong_with_attachment(tree: Tree, entry: Entry) -> list[Finding]:
    from wholeschool.records.attachments import inspect  # pikepdf and Pillow take longer to import than most checks

    return [_refused(entry.path, refused) for refused in inspect(entry.path, tree.read(entry.path))]


def refused_as_twin(path: str, other: str) -> Finding:
    """The finding of a file that other computers would take for `other`."""
    return _refused(path, twin(other))


def _refused(path: str, refused: Refused) -> Finding:
    return _refusal(refused.code, Location(path, refused.line, refused.column), refused.message, refused.hint)


def _open_contacts(tree: Tree, entry: Entry) -> list[Finding]:
    """The refusal of a contact sheet that lies open; that it lies in the wrong place, too, does not matter then."""
    if entry.mode in (SYMLINK, SUBMODULE) or entry.size > LARGEST_SHEET or is_attachment(entry.path):
        return []
    try:
        if not is_plain_sheet(tree.read(entry.path)):
            return []
    except RepositoryError:
        return []
    message = "这是没有加密的联系表：里面有电话、邮箱、出生年月之类的列"
    hint = "从提交里删掉它；在自己的电脑上运行 wholeschool import 文件名.xlsx，它会直接加密成 contacts.age"
    return [_refusal("CONTACT-PLAIN", Location(entry.path), message, hint)]


def _personal_in(tree: Tree, entry: Entry) -> list[Finding]:
    """Personal data in a file that is no record: wherever it lies, it must not stay in the repository."""
    if entry.mode in (SYMLINK, SUBMODULE) or entry.size > MAX_BYTES:
        return []
    try:
        data = tree.read(entry.path)
    except RepositoryError:
        return []
    try:
        return list(_personal(entry.path, decode(data)))
    except Refused:
        return list(_personal_inside(entry.path, data))


def _personal_inside(path: str, data: bytes) -> Iterator[Finding]:
    """Personal data in what is no text: workbooks, archives, texts in another coding."""
    found: set[str] = set()
    try:
        for text in readable(data):
            found |= {datum.code for datum in personal_data.scan(text)}
    except Closed as closed:  # that it lies in the wrong place is refused anyway
        found |= closed.codes & personal_data.NAMES.keys()
    for code in sorted(found):
        message = f"文件里面疑似有{personal_data.NAMES[code]}（内容已隐去）"
        yield _refusal(code, Location(path), message, "从提交里删掉它；联系方式只放在加密的联系表里")


def _personal_name(path: str) -> Iterator[Finding]:
    for code, _, _ in personal_data.scan(path):
        message = f"文件名里疑似有{personal_data.NAMES[code]}（内容已隐去）"
        yield _refusal(code, Location(path), message, "给文件改名")
        return


def _personal_as_shown(path: str, body: str, mark: Mark) -> Iterator[Finding]:
    """Personal data that only the page of a case shows whole: a link or a picture stands between its figures."""
    from wholeschool.records.case_html import TooMuch, to_html  # what only cases need takes a while to load

    try:
        shown = unescape(_INLINE.sub("", to_html(body)))
    except TooMuch:  # that is the case's finding
        return
    for code in sorted({datum.code for datum in personal_data.scan(_ELEMENT.sub("\n", shown))}):
        line, column = locate(mark, ("body",))
        message = f"正文发表出来的样子里疑似有{personal_data.NAMES[code]}（内容已隐去）"
        yield _refusal(code, Location(path, line, column), message, "删掉；链接、图片和着重号也不能把号码隔开写")


def _personal(path: str, text: str) -> Iterator[Finding]:
    hints = {
        "PII-IDCARD": "删掉它；教师用教师编号表示",
        "KEY-PRIVATE": "删掉它；推送过的当作已经泄露，请维护人员作废这把密钥（wholeschool keys revoke）",
    }
    line, counted = 1, 0
    told: set[tuple[str, int]] = set()
    for code, start, _ in sorted(personal_data.scan(text), key=lambda datum: datum.start):
        line, counted = line + text.count("\n", counted, start), start
        if (code, line) in told or len(told) == MOST_PERSONAL:
            continue
        told.add((code, line))
        column = start - text.rfind("\n", 0, start)
        hint = hints.get(code, "删掉它；联系方式只放在加密的联系表里")
        yield _refusal(
            code, Location(path, line, column), f"第{line}行疑似{personal_data.NAMES[code]}（内容已隐去）", hint
        )


def _misplaced(path: str) -> Finding:
    # By the name without its ending, or by what the record is called in Chinese.
    name = path.rpartition("/")[2].rpartition(".")[0]
    places = {kind.place.rpartition("/")[2].rpartition(".")[0]: kind for kind in kinds().values()}
    places |= {kind.title: kind for kind in kinds().values()}
    places |= {each: kind for kind in kinds().values() for each in kind.schema.placement.get("names", ())}
    meant = nearest(name, [place for place in places if "{" not in place])
    finding = _refusal("PATH-KIND", Location(path), "这个位置没有这样的记录", "")
    if taken := next((each for each in path.split("/")[1:-1] if each in PAGES), None):
        hint = f"文件夹换一个名字：网站上叫 {taken} 的是上级单位的一页"
    elif meant:
        kind = places[meant]
        finding = msgspec.structs.replace(finding, about=_around(path), unread=kind.name)
        folder = "submissions/" if kind.levels == ("工程",) else f"{'、'.join(kind.levels)}级单位的文件夹"
        hint = f"{kind.title}放在{folder}下的 {kind.place.replace('{year}', '2026')}"
    else:
        hint = "对照“记录参考”里的位置和文件名；文件夹和文件名只用小写字母、数字和连字符"
    return msgspec.structs.replace(finding, hint=hint)


def refused_as_former(path: str) -> Finding:
    """Of a file where an earlier version of the schemas had it, with all that follows from it."""
    found = _refusal(
        "PATH-FORMER",
        Location(path),
        "这是旧版格式的位置",
        "请维护人员运行 wholeschool migrate（加 --dry-run 先看会改什么），一次移到现在的位置",
    )
    return msgspec.structs.replace(found, unread="programme")


def _around(path: str) -> About:
    """The unit and the round in whose folders a file lies, whatever its own name."""
    folders = path.removeprefix(ROOT).split("/")[:-1]
    unit = takewhile(lambda name: not _YEAR.fullmatch(name) and name not in record_folders(), folders)
    return About("/".join(unit), next((int(name) for name in folders if _YEAR.fullmatch(name)), 0))


def _wrong_level(path: str, where: Placed) -> Finding:
    levels = "、".join(where.kind.levels)
    message = f"{where.kind.title}是{levels}级的记录，这里是{where.level}级单位"
    return _refusal("PATH-LEVEL", Location(path), message, f"由{levels}级单位写在自己的文件夹里")


def _refusal(code: str, at: Location, message: str, hint: str) -> Finding:
    return finding(code, at, message, hint=hint, clause=REFUSALS[code].clause)
