"""What can already be judged of a record whose workbook has errors in single cells.

The cells with errors are filled in twice, each time with something else that would do; what a rule finds wrong both
times, in the same words, is wrong whatever the cells should have said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from wholeschool.records.positions import Mark
from wholeschool.records.schema import Schema, copied
from wholeschool.records.yaml_writing import new_text

Pointer = tuple[str | int, ...]

_DATES = ("2001-01-01", "2099-12-31")
_WORDS = ("待改甲", "待改乙")
_FIGURES = re.compile(r"[0-9]{1,4}\Z")


def provisional_texts(
    schema: Schema, value: Mapping[str, Any], marks: Mark, cells: Collection[tuple[int, int]] = ()
) -> tuple[str, ...]:
    """Two texts of a record that differ in nothing but what stands in for faulty fields; none where that is too much.

    Faulty is what `schema` dislikes, and what came from one of `cells` (places as they stand in `marks`).
    """
    faulty = {pointer for pointer, place in _places(marks, ()) if place in cells and pointer}
    faulty |= set(_disliked(schema, value))
    texts = []
    for turn in (0, 1):
        filled = copied(value)
        for number, pointer in enumerate(sorted(faulty, key=repr)):
            _fill(schema, filled, pointer, number, turn)
        if not schema.accepts(schema.typed(filled)):
            return ()
        texts.append(new_text(schema, filled))
    return tuple(texts)


def _disliked(schema: Schema, value: Mapping[str, Any]) -> Iterator[Pointer]:
    for error in schema.errors(schema.typed(value)):
        for cause in [error, *(error.context or ())]:
            pointer = tuple(cause.absolute_path)
            if cause.validator == "required":
                for name in cause.validator_value:
                    if isinstance(cause.instance, dict) and name not in cause.instance:
                        yield (*pointer, name)
            elif pointer:
                # Of a list of words the whole is one cell.
                yield pointer[:-1] if isinstance(pointer[-1], int) and isinstance(cause.instance, str) else pointer


def _fill(schema: Schema, value: dict[str, Any], pointer: Pointer, number: int, turn: int) -> None:
    """Put the `turn`-th stand-in at `pointer`; the first time a field that may be missing is just left out."""
    *way, name = pointer
    holder: Any = value
    for place, step in enumerate(way):
        if isinstance(holder, dict):
            holder = holder.setdefault(step, [] if isinstance(pointer[place + 1], int) else {})
        elif isinstance(holder, list) and isinstance(step, int) and step < len(holder):
            holder = holder[step]
        else:
            return
    if not isinstance(holder, dict):
        return
    needed = name in schema.field(tuple(way)).get("required", ())
    holder.pop(name, None)
    stand_in = _stand_in(schema, schema.field(pointer), number, turn)
    if stand_in is not None and (needed or turn):
        holder[name] = stand_in


def _stand_in(schema: Schema, field: Mapping[str, Any], number: int, turn: int) -> Any:
    """A value that a field takes; None where it takes nothing simple."""
    if choices := field.get("enum"):
        return str(choices[-turn])
    match field.get("type"):
        case "boolean":
            return ("true", "false")[turn]
        case "integer" | "number":
            least = field.get("minimum", 0)
            return str(field.get("maximum", least + 1) if turn else least)
        case "array":
            item = _stand_in(schema, schema.resolve(field.get("items")), number, turn)
            return item if item is None else [item]
        case "string" | None if field.get("format") == "date":
            return _DATES[turn]
        case "string" if "pattern" not in field:
            return _WORDS[turn]
        case "string":
            example = str(next(iter(field.get("examples", ())), _WORDS[turn]))
            # No two numbers of people are the same, not even of those that are made up.
            varied = _FIGURES.sub(lambda found: f"{9999 - 2 * number - turn}"[-len(found.group()) :], example)
            if varied == example and turn and re.search(str(field["pattern"]), example + example[-1]):
                varied = example + example[-1]
            return varied
    return None


def _places(mark: Mark, pointer: Pointer) -> Iterator[tuple[Pointer, tuple[int, int]]]:
    if not mark.keys and mark.items is None:
        yield pointer, (mark.line, mark.column)
    for name, (_, _, child) in (mark.keys or {}).items():
        yield from _places(child, (*pointer, name))
    for place, item in enumerate(mark.items or ()):
        yield from _places(item, (*pointer, place))
