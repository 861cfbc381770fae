"""Where a unit's pages are, and the ways and links to them."""

from __future__ import annotations

from wholeschool.outcomes.published import PublicYear, change_of
from wholeschool.programme import Programme, Unit
from wholeschool.site.markup import chinese_date, text, trail


def address(unit: Unit) -> str:
    """The pass-rate page of a unit."""
    return f"rates/{unit.path}.md" if unit.level == "校" else f"rates/{unit.path}/index.md"


def folder_of(unit: Unit) -> str:
    """The folder that the unit's pass-rate page lies in."""
    return address(unit).rpartition("/")[0]


def relative(here: str, target: str) -> str:
    """`target` as seen from a page in the folder `here`."""
    ours, theirs = here.split("/"), target.split("/")
    while ours and theirs and ours[0] == theirs[0]:
        ours.pop(0)
        theirs.pop(0)
    return "../" * len(ours) + "/".join(theirs)


def trail_to(unit: Unit, below: str = "") -> str:
    """The way to a unit's page, or to a page of that name beside it."""
    way = [*reversed(list(unit.ancestors)), *([unit] if below else [])]
    steps = [
        (each.name, relative(folder_of(unit), "rates/index.md" if each.level == "省" else address(each)))
        for each in way
    ]
    return trail(steps, below or unit.name)


def short(unit: Unit) -> str:
    """A unit's name on the page of the one above, whose own name before every one would leave no room for the rest."""
    return (unit.name.removeprefix(unit.parent.name) if unit.parent else "") or unit.name


def link_to(unit: Unit, year: PublicYear, page: str, name: str = "") -> str:
    """A unit's name (or a shorter one), linked to its `page`, or to where it is on the site of its own county."""
    where = (year.elsewhere or {}).get(unit.path, page)
    return f"[{text(name or unit.name)}]({where})" if where else text(name or unit.name)


def changes_of(programme: Programme, unit: Unit) -> str:
    """What a page says of the unit's history, as a paragraph; empty where nothing has changed."""
    said, here = change_of(programme, unit), folder_of(unit)
    parts = [f"曾用名：{text(name)}（到{chinese_date(until)}）" for name, until in said.former]
    parts += [f"{chinese_date(said.opened)}设立"] if said.opened else []
    if said.closed:
        into = [
            f"[{text(name)}]({relative(here, address(programme.units[path]))})"
            for path, name in zip(unit.data.closed.into if unit.data.closed else (), said.into, strict=False)
            if path in programme.units
        ]
        words = f"{'分成' if said.kind == '拆分' else '并入'}{'、'.join(into)}"
        parts.append(f"{chinese_date(said.closed)}已撤销{f'（{words}）' if into else ''}")
    return f"{'；'.join(parts)}。\n\n" if parts else ""


def demo(unit: Unit) -> str:
    """What a page of a fictional unit says first, or of a real one with nothing but fictional ones below."""
    leaves = [each for each in unit.below if not each.children] or [unit]
    fictional = unit.data.demo or all(each.data.demo for each in leaves)
    return "样张：虚构的示例单位，人物和数字都不是真的。\n{ .ws-kicker }\n\n" if fictional else ""
