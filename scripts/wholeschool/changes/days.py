"""The days of commits: what was there before a day is told by them, so they go forward with the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.rules.registry import Breach, rule

_SLACK = datetime.timedelta(days=1)
"""By how much clocks and zones may differ."""


REBASE = "git rebase --force-rebase origin/main"
"""What makes all one's commits anew, with the day on which it is done."""

_DATED = ("certificates.csv", "revocations.yaml", "keys.yaml", "/teachers.yaml")
"""What counts from the day on which it was on the main line; who was on leave for long before a draw is seen there."""


@rule("GIT-DATE", "paper", clause=OURS)
def commits_bear_the_day_they_were_made(proposal: Proposal) -> Iterator[Breach]:
    """提交的日期不在将来，也不早于主分支上它前面的一个提交，时钟前后差一天的不算；直接推送的不写明天，里面有证书、密钥、名册和抽样公告的，是推送的那一天。

    哪一天主分支上有什么，抽样和作废密钥都要看；日期写错一个，后面的就都看不准。多半是电脑的时钟错了，或者提交以后隔了几天才推送。
    """
    again = "git commit --amend --no-edit --date=now" if len(proposal.steps) == 1 else REBASE
    hint = f"核对电脑的日期，运行 {again}，日期就是今天的了，再推送"
    dated = [each.path for each in proposal.differences if each.path.endswith(_DATED) or "/announcements/" in each.path]
    was = {path: proposal.base_tree.object_name(path) for path in dated if proposal.pushed}
    # What is pushed with the day of tomorrow would keep everybody from announcing a draw today.
    ahead = datetime.timedelta() if proposal.pushed else _SLACK
    for step in proposal.steps if proposal.clock else ():
        at = Location(f"提交 {step.name[:10]}")
        day = datetime.date.fromisoformat(step.day)
        if day > datetime.date.fromisoformat(proposal.clock) + ahead:
            yield at, f"提交的日期是 {step.day}，还没有到（今天是 {proposal.clock}）", hint
        elif step.behind and day < datetime.date.fromisoformat(min(step.behind, proposal.clock)) - _SLACK:
            yield at, f"提交的日期是 {step.day}，它前面的一个提交却是 {step.behind} 的", hint
        elif step.behind and day < datetime.date.fromisoformat(proposal.clock) - _SLACK:
            # With a stolen key, or numbers that are public by now, a day of one's own choice would be worth something.
            tree = proposal.base_tree.at(step.name) if was else None
            if tree and any(tree.object_name(path) != before for path, before in was.items()):
                message = f"提交的日期是 {step.day}，今天（{proposal.clock}）才推送，里面有证书、密钥、名册或者抽样公告"
                yield at, message, f"运行 {REBASE}，日期就是今天的了，再推送"
