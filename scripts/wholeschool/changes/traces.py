"""Traces: what a change wrote and took back stays in the history that merging brings along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from wholeschool import personal_data
from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.errors import RepositoryError
from wholeschool.findings import Finding, Location, finding
from wholeschool.records.codings import as_texts
from wholeschool.records.contact_sheets import is_plain_sheet
from wholeschool.records.hygiene import blemish
from wholeschool.records.readable import Closed, Reading, readable
from wholeschool.rules.registry import Breach, rule
from wholeschool.sources import Entry
from wholeschool.sources.sayings import Said
from wholeschool.sources.tree import REGULAR

# What a file may be refused for in a tree that does not go away with the file.
_OTHER = {"ATT-LOCATION": "照片里的拍摄地点", "CONTACT-PLAIN": "没有加密的联系表", "CLOSED": "打不开、查不了的内容"}
_NAMES = personal_data.NAMES | _OTHER
_SOMEBODYS = ("ATT-LOCATION", "CONTACT-PLAIN")
_ANEW = "从主分支新建一个分支，把最后的样子作为一次提交重新交；原来的分支删掉"
# Who else wrote or read a commit is named there by name and address, as Git and the forges do it.
_TRAILER = re.compile(
    r"^(?:Signed-off|Co-authored|Reviewed|Acked|Tested|Reported|Suggested)-by: ([^<>\n]*)<[^<>\n]*>\r?$",
    re.MULTILINE | re.IGNORECASE,
)


@rule("PII-HISTORY", "paper", authority=OURS)
def nothing_personal_stays_in_the_history(proposal: Proposal) -> Iterator[Breach]:
    """中间的提交里也没有手机号、身份证号、邮箱之类的个人信息，文件里、文件名里、提交说明里都没有。

    后来删掉了也没有用：合并以后，历史里的每一个版本谁都能翻出来。工作簿、压缩包、照片里的也算；打不开的同样不收。
    """
    # Of a change one measure for all files together; the first push brings as much as there is.
    whole = Reading() if proposal.base_tree is not proposal.head_tree else None
    stays = _Stays(proposal)
    for path, data in proposal.taken_back:
        in_name = {datum.code for datum in personal_data.scan(path)}
        for code in sorted(in_name):
            yield Location(path), f"前面的提交里，文件名里有过疑似{_NAMES[code]}（内容已隐去），历史里还在", _ANEW
        if not in_name and blemish(Entry(path, REGULAR, 0)):
            yield Location(path), "前面的提交里有过这样的文件名，别人的电脑上会打不开，历史里还在", _ANEW
        for code in sorted(_secrets(whole or Reading(), stays, path, data)):
            yield Location(path), f"前面的提交里写过疑似{_NAMES[code]}（内容已隐去），后来删掉了，历史里还在", _ANEW
    for said in proposal.said:
        at = Location(f"提交 {said.name[:10]}")
        for code in sorted(secrets_of_words(said, whole)):
            yield at, f"提交说明里疑似有{_NAMES[code]}（内容已隐去）", _ANEW
        for code in sorted(secrets_of_people(said)):
            hint = f"运行 git config user.name 和 git config user.email 改成别的，{_ANEW}"
            yield at, f"提交者的名字或邮箱里疑似有{_NAMES[code]}（内容已隐去）", hint


def tells_of_somebody(found: Finding) -> bool:
    """Whether a finding is of what nobody may read who clones: numbers, addresses, open lists of people, places."""
    return found.code.startswith("PII-") or found.code in _SOMEBODYS


def told_in_files(files: Iterable[tuple[str, bytes]]) -> list[Finding]:
    """What is personal in files that are no records, each as (path, bytes), as findings."""
    found, reading = [], Reading()
    for path, data in files:
        values: set[str] = set()
        try:
            for text in reading.texts(data):
                values |= {datum.code for datum in personal_data.scan(text)}
        except Closed as closed:
            values |= closed.codes & _NAMES.keys()  # of a program's own files many are closed
        if is_plain_sheet(data):
            values.add("CONTACT-PLAIN")
        for code in sorted(values):
            message = f"文件里疑似有{_NAMES[code]}（内容已隐去）"
            found.append(finding("PII-HISTORY", Location(path), message, hint="从文件里去掉，重新提交"))
    return found


def told_by_tag(said: Said) -> list[str]:
    """What is personal in a tag's message and in its maker's name, in words."""
    return [_NAMES[code] for code in sorted(secrets_of_words(said) | secrets_of_people(said))]


def secrets_of_words(said: Said, reading: Reading | None = None) -> set[str]:
    """The codes of what must not stand in what a commit or tag says."""
    found: set[str] = set()
    if said.words is None:
        return {"CLOSED"}
    try:
        for text in (reading or Reading()).texts(said.words):
            found |= {datum.code for datum in personal_data.scan(_TRAILER.sub(r"\1", text))}
    except Closed as closed:
        found |= closed.codes & _NAMES.keys() or {"CLOSED"}
    return found


def secrets_of_people(said: Said) -> set[str]:
    """The same of the names and addresses of who made it; that there are addresses is Git's own way."""
    return {datum.code for text in as_texts(said.people) for datum in personal_data.scan(text)} - {"PII-EMAIL"}


class _Stays:
    """The numbers that a file has before or after, such as samples in a test: they are not taken back."""

    def __init__(self, proposal: Proposal) -> None:
        self._trees = (proposal.base_tree, proposal.head_tree)
        self._known: dict[str, set[str]] = {}

    def at(self, path: str) -> set[str]:
        if path not in self._known:
            found: set[str] = set()
            for tree in self._trees:
                with suppress(RepositoryError, Closed):
                    for text in readable(tree.read(path)):
                        found |= _values(text).keys()
            self._known[path] = found
        return self._known[path]


def _values(text: str) -> dict[str, str]:
    """Personal numbers and addresses as they are written, without gaps, with their codes."""
    return {re.sub(r"\W", "", text[start:end]): code for code, start, end in personal_data.scan(text)}


def _secrets(reading: Reading, stays: _Stays, path: str, data: bytes | None) -> set[str]:
    if data is None:
        return {"CLOSED"}
    found = {"CONTACT-PLAIN"} if is_plain_sheet(data) else set()
    values: dict[str, str] = {}
    try:
        for text in reading.texts(data):
            values |= _values(text)
    except Closed as closed:
        found |= closed.codes & _NAMES.keys() or {"CLOSED"}
    known = stays.at(path) if values else set()
    return found | {code for value, code in values.items() if value not in known}
