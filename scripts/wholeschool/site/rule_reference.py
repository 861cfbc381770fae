"""The rule reference: a page for each rule and refusal, from the rule itself and its folder of examples."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from wholeschool.authority import Voice
from wholeschool.programme.rulebook import Rulebook
from wholeschool.rules.examples import Example, Line, examples
from wholeschool.rules.reference import FORM, THEMES, Entry, entries, exported, unused
from wholeschool.site.markup import facts, front_matter, table, text, trail

# The themes of rules that compare, and their page: with the others it would be longer than a page may be.
_CHANGE, _CHANGES = "更改：", "changes"


def pages(book: Rulebook) -> Iterator[tuple[str, str]]:
    """`rules/index.md` with the rules of records, `changes.md` with those of changes, `writing.md` with the refusals,
    `voices.md` with who said what, and the page of each code."""
    known = entries(book)
    parts = [front_matter("规则参考", "每条规则的意思、依据和处理办法"), "# 规则参考\n\n"]
    parts.append(
        "检查记录时报出的每个代码，在这里都有说明：规则是什么，为什么有这条，是谁说的，错了怎样改。"
        "是指导意见说的，是各地配置的，还是本项目定的，逐条见[谁说的](voices.md)。"
        f"写着“提醒”的不拦人，其余的是错误，改好才能合并。拿改了以后和改以前比的规则另在[一页]({_CHANGES}.md)，"
        f"{FORM}的代码（S-、Y-、XLSX- 等）也另在[一页](writing.md)。\n"
    )
    parts += _tables(known, [theme for theme in THEMES.values() if not theme.startswith(_CHANGE)])
    parts.append("\n给别的程序读的，是同样内容的 [JSON](rulebook.json)。\n")
    yield "rules/index.md", "".join(parts)
    yield "rules/rulebook.json", json.dumps(exported(book), ensure_ascii=False, indent=1) + "\n"
    yield (
        f"rules/{_CHANGES}.md",
        front_matter("更改", "提交的更改要守的规则：拿改了以后和改以前比")
        + trail([("规则参考", "index.md")], "更改")
        + "# 更改\n\n这些规则看的不是一份记录对不对，是从改以前到改以后可不可以：谁改的，改了什么，什么时候改的。\n"
        + "".join(_tables(known, [theme for theme in THEMES.values() if theme.startswith(_CHANGE)])),
    )
    yield (
        "rules/writing.md",
        front_matter(FORM, "文件怎样写才读得了，每个代码的意思")
        + trail([("规则参考", "index.md")], FORM)
        + f"# {FORM}\n\n文件、表格、附件怎样写才读得了：写法不对的读不出内容，规则也就无从查起，所以先说这些。\n\n"
        + table(
            ["代码", "怎样写", "谁说了什么"],
            [
                [f"[{each.code}]({each.code}.md)", text(each.sentence), "<br>".join(map(_spoken, each.voices))]
                for each in known.values()
                if each.theme == FORM
            ],
        ),
    )
    yield "rules/voices.md", _audit(known)
    for each in known.values():
        yield f"rules/{each.code}.md", _page(each)
    for code, sentence in unused(book).items():
        yield f"rules/{code}.md", _unused(code, sentence)


def _tables(known: Mapping[str, Entry], themes: list[str]) -> Iterator[str]:
    """The rules of some themes, each under its heading."""
    for theme in themes:
        rows = [
            [f"[{each.code}]({each.code}.md)", text(each.sentence), "提醒" if each.warning else "", _who(each)]
            for each in known.values()
            if each.theme == theme
        ]
        if rows:
            # Each rule's own page is found by its words.
            yield f"\n## {theme} {{ data-search-exclude }}\n\n"
            yield table(["代码", "规则", "轻重", "谁说的"], rows)


def _unused(code: str, sentence: str) -> str:
    """The page of a rule that the guidance does not use: the handbook and other pages may name it."""
    return (
        front_matter(f"{code} 规则", "这里依据的指导意见不用这条规则", search={"exclude": True})
        + trail([("规则参考", "index.md")], code)
        + f"# `{code}`\n\n{text(sentence)}\n\n这里依据的指导意见不用这条规则，检查时不查。\n"
    )


def _page(each: Entry) -> str:
    rows = [("轻重", each.weight), ("主题", text(each.theme)), ("何时判", each.occasion), ("何时起", each.beginning)]
    rows += [("不用它", "指导意见可以写明不用")] if each.optional else []
    rows.insert(0, ("依据", "<br>".join(_spoken(voice) for voice in each.voices)))
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
        parts += ["\n## 看着像、其实对的 { #accepted data-search-exclude }\n\n", *map(_example, accepted)]
    if shown:
        parts.append("例子里的人物和单位都是虚构的。\n{ .ws-kicker }\n")
    return "".join(parts)


def _who(each: Entry) -> str:
    return "、".join(each.speakers)


def _spoken(voice: Voice) -> str:
    """A voice as a page shows it: a clause with its words, a field that leads to its description, a reason of ours."""
    if voice.speaker == "指导意见":
        return f"<cite>{text(voice.source)}</cite>“{text(voice.words)}”"
    if voice.speaker == "配置":
        field = f"[`{voice.words}`](../reference/records/{voice.source.removesuffix('.yaml')}.md#{voice.words})"
        return f"本工程的配置：{voice.source} 的 {field}"
    return f"本项目的约定：{text(voice.words)}"


def _audit(known: Mapping[str, Entry]) -> str:
    """Every code with what each of the three says of it."""
    counts = Counter("指导意见" in each.speakers for each in known.values())
    parts = [
        front_matter("谁说的", "每条规则哪一部分是指导意见说的，哪一部分由各地配置，哪一部分是本项目定的"),
        trail([("规则参考", "index.md")], "谁说的"),
        "# 谁说的\n\n一条规则的依据有三种：**指导意见**说的，引出处和原话；指导意见留给各地、由**配置**定的，"
        "写明是 `programme.yaml` 的哪一栏；其余是**本项目**定的，写明为什么。一条规则可以几样都有，各说各的。"
        "引的话都在指导意见的那一处找得到，由测试核对。\n\n"
        f"{len(known)} 条里，{counts[True]} 条有指导意见的话，{counts[False]} 条没有，只是配置或本项目的约定。"
        "本项目定的，各地可以另有规定；不合用的，请告诉我们。"
        f"{FORM}的代码都在[另一页](writing.md)。\n",
    ]
    for theme in THEMES.values():
        rows = [
            [f"[{each.code}]({each.code}.md)", "<br>".join(_spoken(voice) for voice in each.voices)]
            for each in known.values()
            if each.theme == theme
        ]
        if rows:
            # What is said here is found on the rules' own pages.
            parts += [f"\n## {theme} {{ data-search-exclude }}\n\n", table(["代码", "谁说了什么"], rows)]
    return "".join(parts)


def _example(example: Example) -> str:
    parts = [f"**{text(example.title)}**\n\n"]
    if example.path:
        parts.append(f"<small data-search-exclude><code>{text(example.path)}</code></small>\n\n")
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
    # A search leads to the rule by its sentence and its message; the lines of its examples would lead astray.
    return "<pre data-search-exclude><code>" + "\n".join(rows) + "</code></pre>\n\n"
