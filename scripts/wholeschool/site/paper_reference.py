"""上交材料: every paper that records become, whose it is, in which forms, and the command that makes it."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.papers.outgoing.paper import papers
from wholeschool.programme import Programme
from wholeschool.site.markup import front_matter, table, text

_LEVELS = (("校", "学校"), ("县", "县区工程办"), ("市", "市工程办"), ("省", "省工程办"))


def pages(programme: Programme) -> Iterator[tuple[str, str]]:
    """`reference/papers.md`."""
    parts = [
        front_matter("上交材料", "记录自动生成的各种表和文书，谁用、什么格式、怎样生成"),
        "# 上交材料\n\n记录合并以后，要上交和存档的材料由命令生成，不再另外填表。"
        "一个单位的全部材料：`wholeschool export --all 单位`，写到 `build/papers/`。"
        "单独一份用下面各自的命令。没有记录的材料不会生成空表，命令会说明缺哪种记录。\n",
    ]
    seen: set[str] = set()
    for level, title in _LEVELS:
        rows = []
        for one in papers().values():
            if level in one.levels:
                anchor = "" if one.name in seen else f' id="{one.name}"'
                seen.add(one.name)
                clause = programme.rulebook().clause("papers", one.name)
                clause = f"<cite>{text(clause)}</cite><br>" if clause else ""
                key = " --identity 密钥 --out 文件" if one.sealed else ""
                made = f"<code>wholeschool export {one.name} 单位{key}</code>"
                rows.append(
                    [
                        f"<span{anchor}>{text(one.title)}</span><br><small>{made}</small>",
                        clause + f"<small>{'、'.join(one.forms)}</small>",
                    ]
                )
        parts.append(f"\n## {title}\n\n{table(['材料和命令', '为的是哪一条、格式'], rows)}")
    parts.append(
        "\n人员信息表、推荐表有电话、出生年月等，只能用密钥从加密的联系表生成，写在仓库外面，"
        "见[联系表怎样保管](../guides/contacts.md)。名称带“提纲”的是起草参考，文字由本项目拟写。"
        "整本[工作手册](../handbook/index.md)的 PDF 用 <code>wholeschool export handbook</code> 生成。\n"
    )
    yield "reference/papers.md", "".join(parts)
