"""Where an earlier version of the schemas had things, and how they come to where they are now (`wholeschool migrate`).

What belonged to the whole programme is no longer read at its former place. Decisions of a county are still read there
(`formerly` in their schemas), so that closed rounds stay byte for byte what they were.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from wholeschool.errors import UsageError
from wholeschool.records.kinds import ROOT, Kind, kinds, placed
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.refusals import Refused
from wholeschool.records.scaffold import schema_line
from wholeschool.records.text import decode

VERSION = 2
"""The version of the schemas; it grows when a record moves or changes its shape. programme.yaml names its own."""
SETTINGS = f"{ROOT}programme.yaml"

_TABLES = tuple(f"{ROOT}{name}" for name in ("microabilities.csv", "rubrics.yaml"))
_OF_POLICY = ("policy", "standard")
_EDITOR_LINE = re.compile(rb"\A# yaml-language-server: \$schema=\S+\n")


def former_tables(paths: Collection[str]) -> list[str]:
    """Those of the paths at which version 1 had what is in the folder of a guidance now."""
    return [path for path in _TABLES if path in paths]


def brought_up(files: Mapping[str, bytes], guidance: str) -> dict[str, bytes | None]:
    """What changes so that a repository follows these schemas: contents by path, None for a file that goes away.

    `files` are those below submissions/ by their path, `guidance` is the folder of the one guidance of version 1.
    Nothing where there is nothing to do, so that doing it twice does no more. A file that moves keeps every byte but
    the line by which an editor finds its schema. Raises `UsageError` or `CannotEdit` where the settings are unusable.
    """
    changed: dict[str, bytes | None] = {}
    folder = f"{ROOT}guidance/{guidance}/"
    for path in former_tables(files):
        changed |= _moved(files, path, folder + path.removeprefix(ROOT))
    value = _values(files, SETTINGS) if SETTINGS in files else {}
    if any(name in value for name in _OF_POLICY):
        before = decode(files[SETTINGS])
        from wholeschool.records.yaml_new import new_text  # what writes takes a while to load
        from wholeschool.records.yaml_writing import edited

        policy = {**value.get("policy", {}), "standard": value.get("standard", {})}
        value = {name: each for name, each in value.items() if name not in _OF_POLICY}
        value |= {"version": str(VERSION), "guidance": guidance}
        after = edited(kinds()["programme"].schema, before, value)
        path = f"{folder}policy.yaml"
        head = schema_line(path, "policy") + "".join(f"{line}\n" for line in _comments(before, after))
        changed |= {path: new_text(kinds()["policy"].schema, policy, head=head).encode(), SETTINGS: after.encode()}
    closed = {str(each.get("year")) for each in value.get("rounds", ()) if each.get("closed")}
    for path, kind, year in _decisions(files):
        if year not in closed:
            changed |= _moved(files, path, _free(kind, path, year, files))
    return changed


def _values(files: Mapping[str, bytes], path: str) -> dict[str, Any]:
    """What a record says, as it is written. Raises `UsageError` where that cannot be known."""
    try:
        value = values_of(decode(files[path]))
    except Refused as refused:
        raise UsageError(f"{path} 第 {refused.line} 行读不出来：{refused.message}；先把它改好") from None
    shaped = isinstance(value, dict) and all(isinstance(value.get(name, {}), dict) for name in _OF_POLICY)
    if not shaped or not all(isinstance(each, dict) for each in value.get("rounds") or ()):
        raise UsageError(f"{path} 不是一份完整的记录，没有改；照仓库里原来的一份恢复")
    found: dict[str, Any] = value
    return found | {"rounds": found["rounds"] or []} if "rounds" in found else found


def _comments(before: str, after: str) -> Iterator[str]:
    """What people have written beside the lines that go."""
    left = after.splitlines()
    for line in before.splitlines():
        if line not in left and (found := re.search(r"(?:^|\s)(#.*)", line)):
            yield found[1]


def _decisions(files: Mapping[str, bytes]) -> Iterator[tuple[str, Kind, str]]:
    """Lists of decisions of a whole round: their path, kind and year."""
    for path in sorted(files):
        where = placed(path)
        if where and where.year and not where.name and "formerly" in where.kind.schema.placement:
            yield path, where.kind, str(where.year)


def _free(kind: Kind, path: str, year: str, files: Mapping[str, bytes]) -> str:
    """Where a list of decisions goes: called by the day of the last of them, as those to come are by theirs."""
    entries = [each for each in _values(files, path).values() if isinstance(each, list)]
    days = [str(each["date"]) for found in entries for each in found if isinstance(each, dict) and "date" in each]
    unit = path.removesuffix(str(kind.schema.placement["formerly"]).replace("{year}", year))
    name, number = max(days, default=year), 1
    while (target := unit + kind.place.replace("{year}", year).replace("{name}", name)) in files:
        number += 1
        name = f"{max(days, default=year)}-{number}"
    return target


def _moved(files: Mapping[str, bytes], path: str, target: str) -> dict[str, bytes | None]:
    where = placed(target)
    line = schema_line(target, where.kind.name).encode() if where else b""
    return {path: None, target: _EDITOR_LINE.sub(line, files[path], count=1)}
