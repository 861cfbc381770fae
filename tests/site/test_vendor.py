"""The scripts from elsewhere are what the manifest says, and nothing else lies in their folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_is_in_the_manifest_with_version_licence_and_checksum() -> None:
    files = json.loads((ROOT / "scripts" / "vendor.json").read_text("utf-8"))["files"]
    folder = ROOT / "docs" / "assets" / "vendor"
    there = {file.relative_to(ROOT).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert there <= {each["file"] for each in files}
    for each in files:
        assert each["licence"] in {"MIT", "ISC", "Apache-2.0", "BSD-3-Clause"}
        assert each["version"][0].isdigit()
        assert hashlib.sha256((ROOT / each["file"]).read_bytes()).hexdigest() == each["sha256"], each["file"]
