"""Traces: what a change wrote and took back stays in the history that merging brings along."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool import personal_data
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.records.kinds import ROOT, is_attachment
from wholeschool.rules.registry import Breach, rule

_NAMES = {"PII-MOBILE": "手机号", "PII-IDCARD": "身份证号", "PII-EMAIL": "电子邮箱"}


@rule("PII-HISTORY", clause="附件3")
def nothing_personal_stays_in_the_history(proposal: Proposal) -> Iterator[Breach]:
    """中间的提交里也没有手机号、身份证号和邮箱。

    后来删掉了也没有用：合并以后，历史里的每一个版本谁都能翻出来。
    """
    for path, data in proposal.taken_back:
        if path.startswith(ROOT):
            for code in sorted(_personal(path, data)):
                yield (
                    Location(path),
                    f"前面的提交里写过疑似{_NAMES[code]}（内容已隐去），后来删掉了，历史里还在",
                    "从主分支新建一个分支，把最后的样子作为一次提交重新交；原来的分支删掉",
                )


def _personal(path: str, data: bytes) -> set[str]:
    if is_attachment(path):
        from wholeschool.records import attachments  # hardly ever needed, and what it is made of takes time to load

        return {refused.code for refused in attachments.inspect(path, data)} & _NAMES.keys()
    return {datum.code for datum in personal_data.scan(data.decode("utf-8", "replace"))}
