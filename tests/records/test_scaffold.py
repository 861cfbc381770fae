"""Templates of new records: valid as soon as the blanks are filled, and explained for editors and people."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from wholeschool.papers.origin import Origin
from wholeschool.records.kinds import Kind, kinds, placed
from wholeschool.records.record import read
from wholeschool.records.scaffold import scaffold
from wholeschool.records.schema import FOLDER

UNITS = {"工程": "", "省": "anhui", "市": "anhui/shili", "县": "anhui/shili/mingyuan", "校": "anhui/shili/mingyuan/xin"}
PLACES = [
    (kind, level) for kind in kinds().values() if kind.format != "csv" and not kind.is_imported for level in kind.levels
]
_BLANK = re.compile(r"( *(?:- )?)([a-z_]+):$")


def _example(kind: Kind, name: str) -> str:
    """Something that every field of this name takes."""
    nodes = [
        node
        for node in (kind.schema.document, *kind.schema.document["$defs"].values())
        if name in node.get("properties", {})
    ]
    needed = [node for node in nodes if name in node.get("required", ())]  # only those are blanks
    fields = [kind.schema.resolve(node["properties"][name]) for node in needed or nodes]
    texts = [
        "2026-03-01",
        "样张文字",
        "明教〔2026〕18号",
        "34990100010001",
        "3499010001",
        "349901",
        "true",
        "5",
        "A5",
        "wenhua-xiaoxue",
    ]
    lists = ["age1ajqg2qht47gdfnce295zmfh3a54wls59dzn0445cs2ed8p7huyyql4lsfj", *texts]
    for field in fields:
        texts += map(str, [*field.get("examples", ()), *field.get("enum", ())])
        lists += map(str, kind.schema.resolve(field.get("items")).get("enum", ()))
    texts += ["https://example.edu.cn/a", "f" * 40, "f" * 64, *(f"[{text}]" for text in [*lists, *texts])]
    for text in texts:
        if all(_takes(kind, field, text) for field in fields if field.get("type") != "object"):
            return text
    raise AssertionError(f"{kind.name}.{name}")


def _takes(kind: Kind, field: dict[str, Any], text: str) -> bool:
    from jsonschema import Draft202012Validator, FormatChecker

    value: Any = text
    if text.startswith("["):
        value = [text[1:-1]]
    items = kind.schema.resolve(field.get("items"))
    wanted = field.get("type")
    if wanted in ("integer", "number", "boolean") and isinstance(value, str):
        value = json.loads(text) if re.fullmatch("true|[0-9]+", text) else text
    if wanted == "number" and value is True:
        return False
    bare = {**field, "items": items} if items else field
    return Draft202012Validator(bare, format_checker=FormatChecker(["date"])).is_valid(value)


def _opens(blank: re.Match[str], following: str) -> bool:
    """Whether a list of objects begins below the field."""
    return following.lstrip().startswith("- ") and following.index("-") > len(blank[1].replace("- ", "")) - 1


@pytest.mark.parametrize(("kind", "level"), PLACES, ids=lambda each: getattr(each, "name", each))
def test_a_template_is_valid_as_soon_as_its_blanks_are_filled(kind: Kind, level: str) -> None:
    name = kind.schema.placement.get("names", ["2026-05-01"])[0] if "{" in kind.place.replace("{year}", "") else ""
    path = Origin(kind.name, UNITS[level], 2026, name).path()
    where = placed(path)
    assert where is not None
    lines = scaffold(path, where).split("\n")
    for place, line in enumerate(lines):
        following = next((later for later in lines[place + 1 :] if later and not later.lstrip().startswith("#")), "")
        blank = _BLANK.fullmatch(line)
        if blank and len(following) - len(following.lstrip(" ")) <= len(blank[1]) and not _opens(blank, following):
            lines[place] = f"{line} {_example(kind, blank[2])}"
    text = "\n".join(lines) + ("课上先说一件真事，再问一个真问题。" * 40 if kind.format == "md" else "")
    value, _ = read(kind, text)
    value = kind.schema.type_scalars(value)
    assert kind.schema.accepts(value), (list(kind.schema.errors(value)), text)


@pytest.mark.parametrize(("kind", "level"), PLACES, ids=lambda each: getattr(each, "name", each))
def test_the_first_line_leads_editors_to_the_schema(kind: Kind, level: str) -> None:
    if kind.format != "yaml":
        return
    name = kind.schema.placement.get("names", ["2026-05-01"])[0] if "{" in kind.place.replace("{year}", "") else ""
    path = Origin(kind.name, UNITS[level], 2026, name).path()
    where = placed(path)
    assert where is not None
    line = scaffold(path, where).split("\n")[0]
    address = line.removeprefix("# yaml-language-server: $schema=")
    assert (FOLDER.parent / path).parent.joinpath(address).resolve() == FOLDER / f"{kind.name}.schema.json"


def test_every_field_is_explained() -> None:
    where = placed("submissions/anhui/shili/mingyuan/xin/2026/teachers.yaml")
    assert where is not None
    lines = scaffold("submissions/anhui/shili/mingyuan/xin/2026/teachers.yaml", where).split("\n")
    fields = [place for place, line in enumerate(lines) if re.fullmatch(r" *(?:# *)*(?:- )?[a-z_]+:", line)]
    assert len(fields) > 20
    for place in fields:
        assert "#" in lines[place - 1], lines[place]
        assert re.search("[一-鿿]", lines[place - 1])
    assert Path(FOLDER / "teachers.schema.json").exists()
