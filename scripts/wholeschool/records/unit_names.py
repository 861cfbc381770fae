"""Units by their Chinese names: what people write wherever a folder name is wanted."""

from __future__ import annotations

import re
from functools import cached_property

from wholeschool.errors import RepositoryError
from wholeschool.records.kinds import ROOT
from wholeschool.records.mending import half_width
from wholeschool.records.refusals import Refused
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import Tree

_FILE = "/unit.yaml"
_NAME = re.compile(r"^name:[ \t]*([^\s\"'#|>&*!%@`{\[](?:[^\n#\"']*[^\s#\"'])?)[ \t]*$", re.MULTILINE)


class UnitNames:
    """The units of a tree by name. They are read only once somebody writes a name.

    `beside` is the path of the record that names a unit: a school's folder name means a school of that record's county.
    """

    def __init__(self, tree: Tree, beside: str = "") -> None:
        self._tree = tree
        folders = beside.removeprefix(ROOT).split("/")
        self._county = "/".join(folders[:3]) if len(folders) > 3 else ""

    def paths(self, name: str, kind: str = "unit") -> list[str]:
        """What a name may mean: paths below submissions/ ("unit"), or names of folders in the record's county
        ("school"). Exactly that name where there is one; else the units whose names end so.
        """
        word = _plain(name)
        found: list[tuple[str, str]] = [pair for pair in self._units if word]
        if kind == "school":
            found = [(path, called) for path, called in found if path.startswith(f"{self._county}/")]
        exact = [path for path, called in found if called == word]
        meant = exact or [path for path, called in found if len(word) > 1 and called.endswith(word)]
        return [path.rpartition("/")[2] for path in meant] if kind == "school" else meant

    @cached_property
    def _units(self) -> list[tuple[str, str]]:
        """Path and plain name of every unit, in the order of their paths."""
        try:
            entries = self._tree.entries(ROOT)
        except RepositoryError:
            return []
        return [
            (entry.path[len(ROOT) : -len(_FILE)], _plain(name))
            for entry in entries
            if entry.path.endswith(_FILE) and (name := self._name(entry.path))
        ]

    def _name(self, path: str) -> str:
        try:
            text = decode(self._tree.read(path))
            if plain := _NAME.search(text):
                return plain[1]
            value = read_yaml(text)[0]
        except (RepositoryError, Refused):
            return ""
        return str(value.get("name", "")) if isinstance(value, dict) else ""


def _plain(name: str) -> str:
    """A name without blanks and without what stands in brackets behind it."""
    return re.sub(r"\s|\([^()]*\)$", "", half_width(name))
