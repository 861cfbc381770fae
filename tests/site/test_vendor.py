"""The browser files from elsewhere are what the manifest says, and nothing else lies beside them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "assets" / "vendor"


def test_every_file_is_in_the_manifest_with_version_licence_and_checksum() -> None:
    files = json.loads((FOLDER / "manifest.json").read_text("utf-8"))["files"]
    there = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file()}
    assert {each["file"] for each in files} == there - {"manifest.json"}
    for each in files:
        assert each["licence"] in {"MIT", "ISC", "Apache-2.0", "BSD-3-Clause"}
        assert each["version"][0].isdigit()
        assert hashlib.sha256((FOLDER / each["file"]).read_bytes()).hexdigest() == each["sha256"], each["file"]
