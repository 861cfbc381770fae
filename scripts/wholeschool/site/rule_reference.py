"""The rule reference: a page for each rule and refusal, from the rule itself."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.records.refusals import REFUSALS
from wholeschool.rules import all_rules
from wholeschool.site.markup import front_matter, table, text

THEMES = {
    "units": "单位",
    "teams": "团队",
    "documents": "文件",
    "pilots": "试点",
    "plans": "规划",
    "roster": "名册",
    "study": "研修、协商与申报",
    "choices": "选学",
    "activities": "活动",
    "training": "学时",
    "evidence": "成果",
    "reviews": "评审",
    "supervision": "抽查与检查",
    "acceptance": "验收与认定",
    "certificates": "证书",
    "cases": "案例",
    "management": "培训、考评、项目与报送",
}


def pages() -> Iterator[tuple[str, str]]:
    """`rules/index.md` and `rules/<CODE>.md`."""
    rules = all_rules()
    parts = [front_matter("规则参考", "每条规则的意思、条款和处理办法"), "# 规则参考\n\n"]
    parts.append("检查记录时报出的每个代码，在这里都有说明：规则是什么，为什么有这条，依据哪一条款。\n")
    for theme, title in THEMES.items():
        rows = [
            [f"[`{each.code}`]({each.code}.md)", text(each.sentence), "提醒" if each.severity == "warning" else "错误"]
            for each in rules.values()
            if each.theme == theme
        ]
        parts += [f"\n## {title}\n\n", table(["代码", "规则", "轻重"], rows)]
    rows = [[f"[`{each.code}`]({each.code}.md)", text(each.sentence)] for each in REFUSALS.values()]
    parts += ["\n## 写法与编码\n\n", table(["代码", "规则"], rows)]
    yield "rules/index.md", "".join(parts)
    for rule in rules.values():
        yield f"rules/{rule.code}.md", _page(rule.code, rule.sentence, rule.why, rule.clause, rule.severity)
    for refusal in REFUSALS.values():
        yield f"rules/{refusal.code}.md", _page(refusal.code, refusal.sentence, refusal.why, refusal.clause, "error")


def _page(code: str, sentence: str, why: str, clause: str, severity: str) -> str:
    weight = "提醒：可以不改，但请看一眼" if severity == "warning" else "错误：改好才能合并"
    return "".join(
        [
            front_matter(f"{code} 规则", sentence),
            f"# `{code}`\n\n**{text(sentence)}**\n\n",
            f"{text(why)}\n\n" if why else "",
            f"依据：<cite>{text(clause)}</cite>\n\n" if clause else "",
            f"{weight}。\n",
        ]
    )
