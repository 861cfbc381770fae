"""What a formula of a template shows: worked out here, and by LibreOffice where there is one."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

OFFICE = shutil.which("soffice")


class Value:
    """One value or a column of them, with the operators of a spreadsheet."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def _with(self, other: Any, combine: Callable[[Any, Any], Any]) -> Value:
        one, two = self.content, other.content if isinstance(other, Value) else other
        if isinstance(one, list) or isinstance(two, list):
            length = len(one if isinstance(one, list) else two)
            pairs = zip(
                one if isinstance(one, list) else [one] * length,
                two if isinstance(two, list) else [two] * length,
                strict=True,
            )
            return Value([combine(a, b) for a, b in pairs])
        return Value(combine(one, two))

    def __and__(self, other: Any) -> Value:
        return self._with(other, lambda a, b: f"{_text(a)}{_text(b)}")

    def __rand__(self, other: Any) -> Value:
        return Value(other) & self

    def __add__(self, other: Any) -> Value:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Value:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Value:
        return Value(other) - self

    def __mul__(self, other: Any) -> Value:
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Value:
        return self._with(other, lambda a, b: a / b)

    def __gt__(self, other: Any) -> Value:
        return self._with(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Value:
        return self._with(other, lambda a, b: a >= b)

    def __eq__(self, other: object) -> Any:
        return self._with(other, lambda a, b: a == b)

    __hash__ = None  # type: ignore[assignment]


def _text(content: Any) -> str:
    return f"{content:g}" if isinstance(content, float) else str(content)


def _each(work: Callable[..., Any]) -> Callable[..., Value]:
    def function(first: Any, *others: Any) -> Value:
        others = tuple(other if isinstance(other, Value) else Value(other) for other in others)
        made = first if isinstance(first, Value) else Value(first)
        if not others:
            content = made.content
            return Value([work(each) for each in content] if isinstance(content, list) else work(content))
        *fixed, last = others
        where = fixed[0] if fixed else last
        if isinstance(where.content, list):
            return Value([work(made.content, each, last.content) for each in where.content])
        return Value(work(made.content, *(other.content for other in others)))

    return function


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "UPPER": _each(lambda text: str(text).upper()),
    "LEN": _each(lambda text: len(str(text))),
    "SUBSTITUTE": _each(lambda text, old, new: str(text).replace(old, new)),
    "CHAR": lambda number: Value(chr(number)),
    "ISNUMBER": _each(lambda content: isinstance(content, (int, float)) and not isinstance(content, bool)),
    "SUMPRODUCT": lambda values: Value(sum(values.content)),
    "IF": lambda test, then, other: then if test.content else other,
}


def worked_out(formula: str, cells: Mapping[str, Any], columns: Mapping[str, Sequence[Any]]) -> Any:
    """The value of a formula, given the cells and the absolute columns that it names."""
    pieces = []
    for piece in re.findall(
        r'"[^"]*"|_lists!\$[A-Z]\$[0-9]+:\$[A-Z]\$[0-9]+|[A-Z]{1,2}[0-9]+|[^"A-Z_]+|.', formula[1:]
    ):
        if piece.startswith('"'):
            pieces.append(f"Value({piece[1:-1]!r})")
        elif piece in columns:
            pieces.append(f"columns[{piece!r}]")
        elif re.fullmatch("[A-Z]{1,2}[0-9]+", piece):
            pieces.append(f"cells[{piece!r}]")
        else:
            pieces.append(re.sub("(?<![<>=])=", "==", piece))
    known = {"Value": Value, "cells": {k: Value(v) for k, v in cells.items()}}
    known["columns"] = {name: Value(list(each)) for name, each in columns.items()}
    found = eval("".join(pieces), {"__builtins__": {}}, {**known, **_FUNCTIONS})
    return found.content if isinstance(found, Value) else found


def recalculated(book: Workbook, folder: Path) -> Workbook:
    """The workbook as LibreOffice calculates it."""
    assert OFFICE
    source, out = folder / "asked.xlsx", folder / "out"
    book.save(source)
    command = [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(source)], check=True, capture_output=True, timeout=300)
    return load_workbook(io.BytesIO((out / "asked.xlsx").read_bytes()), data_only=True)
