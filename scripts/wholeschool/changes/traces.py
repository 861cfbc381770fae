"""Traces: what a change wrote and took back stays in the history that merging brings along."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wholeschool import personal_data
from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.errors import RepositoryError
from wholeschool.findings import Location
from wholeschool.records.contact_sheets import is_plain_sheet
from wholeschool.records.hygiene import blemish
from wholeschool.records.readable import Closed, readable
from wholeschool.rules.registry import Breach, rule
from wholeschool.sources import Entry, Tree
from wholeschool.sources.tree import REGULAR

# What a file may be refused for in a tree that does not go away with the file.
_OTHER = {"ATT-LOCATION": "照片里的拍摄地点", "CONTACT-PLAIN": "没有加密的联系表", "CLOSED": "打不开、查不了的内容"}
_NAMES = personal_data.NAMES | _OTHER
_PICTURES = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_ANEW = "从主分支新建一个分支，把最后的样子作为一次提交重新交；原来的分支删掉"
# Who else wrote or read a commit is named there by name and address, as Git and the forges do it.
_TRAILER = re.compile(
    r"^(?:Signed-off|Co-authored|Reviewed|Acked|Tested|Reported|Suggested)-by: ([^<>\n]*)<[^<>\n]*>$",
    re.MULTILINE | re.IGNORECASE,
)


@rule("PII-HISTORY", "paper", clause=OURS)
def nothing_personal_stays_in_the_history(proposal: Proposal) -> Iterator[Breach]:
    """中间的提交里也没有手机号、身份证号、邮箱之类的个人信息，文件里、文件名里、提交说明里都没有。

    后来删掉了也没有用：合并以后，历史里的每一个版本谁都能翻出来。工作簿、压缩包、照片里的也算；打不开的同样不收。
    """
    for path, data in proposal.taken_back:
        in_name = {datum.code for datum in personal_data.scan(path)}
        for code in sorted(in_name):
            yield Location(path), f"前面的提交里，文件名里有过疑似{_NAMES[code]}（内容已隐去），历史里还在", _ANEW
        if not in_name and blemish(Entry(path, REGULAR, 0)):
            yield Location(path), "前面的提交里有过这样的文件名，别人的电脑上会打不开，历史里还在", _ANEW
        for code in sorted(_secrets(proposal, path, data)):
            yield Location(path), f"前面的提交里写过疑似{_NAMES[code]}（内容已隐去），后来删掉了，历史里还在", _ANEW
    for commit, people, message in proposal.said:
        at = Location(f"提交 {commit[:10]}")
        for code in sorted({datum.code for datum in personal_data.scan(_TRAILER.sub(r"\1", message))}):
            yield at, f"提交说明里疑似有{_NAMES[code]}（内容已隐去）", _ANEW
        for code in sorted({datum.code for datum in personal_data.scan(people)} - {"PII-EMAIL"}):
            hint = f"运行 git config user.name 和 git config user.email 改成别的，{_ANEW}"
            yield at, f"提交者的名字或邮箱里疑似有{_NAMES[code]}（内容已隐去）", hint


def _still_there(proposal: Proposal, path: str) -> set[str]:
    """The numbers that the same file has before or after, such as samples in a test: they are not taken back."""
    found: set[str] = set()
    for tree in (proposal.base_tree, proposal.head_tree):
        for text in _texts(tree, path):
            found |= _values(text).keys()
    return found


def _texts(tree: Tree, path: str) -> Iterator[str]:
    try:
        yield from readable(tree.read(path))
    except (RepositoryError, Closed):
        return


def _values(text: str) -> dict[str, str]:
    """Personal numbers and addresses as they are written, without gaps, with their codes."""
    return {re.sub(r"\W", "", text[start:end]): code for code, start, end in personal_data.scan(text)}


def _secrets(proposal: Proposal, path: str, data: bytes | None) -> set[str]:
    if data is None:
        return {"CLOSED"}
    found = {"CONTACT-PLAIN"} if is_plain_sheet(data) else set()
    if data.startswith(_PICTURES):
        from wholeschool.records import attachments  # hardly ever needed, and what it is made of takes time to load

        ending = {b"%PDF-": "pdf", _PICTURES[1]: "jpg"}.get(data[: 5 if data.startswith(b"%") else 3], "png")
        return {refused.code for refused in attachments.inspect(f"x.{ending}", data)} & _NAMES.keys()
    try:
        values = {value: code for text in readable(data) for value, code in _values(text).items()}
    except Closed:
        return found | {"CLOSED"}
    known = _still_there(proposal, path) if values else set()
    return found | {code for value, code in values.items() if value not in known}
