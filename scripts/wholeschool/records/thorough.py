"""The validator that says all that is wrong with a value; the quick one only says whether anything is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry

_FORMATS = FormatChecker(formats=["date"])


def validator(document: Mapping[str, Any]) -> Any:
    """The validator of a schema that has everything it refers to inside it."""
    return _Thorough(document, format_checker=_FORMATS, registry=Registry())


def _properties(validator: Any, properties: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`properties`, where a field whose schema is `false` is named in the error's path (jsonschema leaves it out)."""
    for key, child in properties.items() if isinstance(instance, dict) else ():
        if key not in instance:
            continue
        if child is False:
            yield ValidationError(f"{key!r} does not belong here", validator="forbidden", path=(key,), instance=key)
        else:
            yield from validator.descend(instance[key], child, path=key, schema_path=key)


def _in_short_lists(keyword: str) -> Any:
    """`items` or `uniqueItems`, not asked of a list that is too long anyway: a pasted file is one mistake."""
    check = Draft202012Validator.VALIDATORS[keyword]

    def checked(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, list) and len(instance) <= schema.get("maxItems", len(instance)):
            yield from check(validator, wanted, instance, schema) or ()

    return checked


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`pattern` as ECMA means it: Python's `$` would accept a trailing line break."""
    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


_extend: Any = jsonschema.validators.extend
_Thorough: Any = _extend(
    Draft202012Validator,
    {
        "pattern": _pattern,
        "properties": _properties,
        "items": _in_short_lists("items"),
        "uniqueItems": _in_short_lists("uniqueItems"),
    },
)
