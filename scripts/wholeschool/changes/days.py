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

_DATED = (
    *("certificates.csv", "revocations.yaml", "keys.yaml"),
    # Who is in a draw's population, and who is off the roster just for it, is read from these as of days before.
    *("/teachers.yaml", "/unit.yaml", "/programme.yaml"),
)
"""What counts from the day on which it was on the main line."""


@rule("GIT-DATE", "paper", authority=OURS)
def commits_bear_the_day_they_were_made(proposal: Proposal) -> Iterator[Breach]:
    """提交的日期不在将来，也不早于主分支上它前面的一个提交，时钟前后差一天的不算；直接推送的不写明天，里面有证书、密钥、抽样公告、名册、单位信息和工程总配置的，是推送的那一天。

    哪一天主分支上有什么，抽样和作废密钥都要看；日期写错一个，后面的就都看不准：名册的日期写早一个月，公告那几天才去掉的人，就像早就不在。
    多半是电脑的时钟错了，或者提交以后隔了几天才推送。记录里的事是哪天的，照实写，不受提交的日期影响。
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
                what = "证书、密钥、抽样公告或者名册、单位信息、总配置"
                message = f"提交的日期是 {step.day}，今天（{proposal.clock}）才推送，里面有{what}"
                yield at, message, f"运行 {REBASE}，日期就是今天的了，再推送"
