"""structs.py is what the schemas make it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from wholeschool.records import structs
from wholeschool.records.schema import schemas
from wholeschool.records.struct_source import struct_source


def test_structs_are_written_from_the_schemas() -> None:
    path = Path(structs.__file__)
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(path), "-"],
        input=struct_source(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert path.read_text("utf-8") == formatted, "schemas have changed: run `make types`"


def test_every_kind_has_a_frozen_struct_with_the_fields_of_its_schema() -> None:
    assert set(structs.ROOTS) == set(schemas())
    for name, struct in structs.ROOTS.items():
        assert struct.__struct_config__.frozen, name
        names = {field.encode_name for field in msgspec.structs.fields(struct)}
        assert names == set(schemas()[name].document["properties"]), name
