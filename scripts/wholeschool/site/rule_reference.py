"""The rule reference: a page for each rule and refusal, from the rule itself and its folder of examples."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.rules.examples import Example, Line, examples
from wholeschool.rules.reference import FORM, THEMES, Entry, entries
from wholeschool.site.markup import facts, front_matter, table, text, trail


def pages() -> Iterator[tuple[str, str]]:
    """`rules/index.md` and `rules/<CODE>.md`."""
    known = entries()
    parts = [front_matter("规则参考", "每条规则的意思、条款和处理办法"), "# 规则参考\n\n"]
    parts.append("检查记录时报出的每个代码，在这里都有说明：规则是什么，为什么有这条，依据哪一条款，错了怎样改。\n")
    for theme in (*THEMES.values(), FORM):
        rows = [
            [f"[`{each.code}`]({each.code}.md)", text(each.sentence), "提醒" if each.warning else "错误"]
            for each in known.values()
            if each.theme == theme
        ]
        if rows:
            parts += [f"\n## {theme}\n\n", table(["代码", "规则", "轻重"], rows)]
    yield "rules/index.md", "".join(parts)
    for each in known.values():
        yield f"rules/{each.code}.md", _page(each)


def _page(each: Entry) -> str:
    rows = [("轻重", each.weight), ("主题", text(each.theme)), ("何时起", each.beginning)]
    if each.clause:
        rows.insert(0, ("依据", f"<cite>{text(each.clause)}</cite>"))
    shown = examples(each.code)
    refused = [example for example in shown if not example.accepted]
    accepted = [example for example in shown if example.accepted]
    parts = [
        front_matter(f"{each.code} 规则", each.sentence),
        trail([("规则参考", "index.md")], each.theme),
        f"# `{each.code}`\n\n**{text(each.sentence)}**\n\n",
        f"{text(each.why)}\n\n" if each.why else "",
        facts(rows),
    ]
    if hints := list(dict.fromkeys(example.hint for example in refused if example.hint)):
        parts += ["\n## 怎样改 { #fix }\n\n", *(f"- {text(hint)}\n" for hint in hints)]
    if refused:
        parts += ["\n## 会被指出的 { #rejected }\n\n", *map(_example, refused)]
    if accepted:
        parts += ["\n## 看着像、其实对的 { #accepted }\n\n", *map(_example, accepted)]
    if shown:
        parts.append("例子里的人物和单位都是虚构的。\n{ .ws-kicker }\n")
    return "".join(parts)


def _example(example: Example) -> str:
    parts = [f"**{text(example.title)}**\n\n"]
    if example.path:
        parts.append(f"<small><code>{text(example.path)}</code></small>\n\n")
    if example.lines:
        parts.append(_listing(example.lines))
    if example.message:
        marked = next((line.number for line in example.lines if line.marked), 0)
        where = f"第 {marked} 行：" if marked else ""
        parts.append(f"> {where}{text(example.message)}\n\n")
    return "".join(parts)


def _listing(lines: tuple[Line, ...]) -> str:
    """The lines as a block of text with their numbers, the marked one standing out without needing colour."""
    width = len(str(lines[-1].number))
    rows = []
    for line in lines:
        row = text(f"{'▸' if line.marked else ' '} {line.number:>{width}}  {line.text}")
        rows.append(f"<mark>{row}</mark>" if line.marked else row)
    return "<pre><code>" + "\n".join(rows) + "</code></pre>\n\n"
