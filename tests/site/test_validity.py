"""Every page is valid HTML, by html-validate's rules for conformance."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.site import node

# What Material itself writes on every page, by rule and element; nothing else is let pass.
THEME = {
    "valid-autocomplete": re.compile(r"#__(drawer|search)"),  # a checkbox with autocomplete
    "attribute-allowed-values": re.compile(r"#__nav_\d+_label"),  # tabindex=""
}


def test_every_page_is_valid(site: Path, tmp_path: Path) -> None:
    rules, found = tmp_path / "rules.json", tmp_path / "found.json"
    rules.write_text('{"root": true, "extends": ["html-validate:standard"]}', encoding="utf-8")
    node.run(
        "html-validate/bin/html-validate.mjs", f"--config={rules}", f"--formatter=json={found}", site / "**/*.html"
    )
    answers = json.loads(found.read_text("utf-8"))
    judged = {Path(page["filePath"]).relative_to(site).as_posix(): page["messages"] for page in answers}
    assert judged.keys() == {page.relative_to(site).as_posix() for page in site.rglob("*.html")}
    faults = [
        (path, fault["line"], fault["ruleId"], fault["message"])
        for path, messages in judged.items()
        for fault in messages
        if not (fault["ruleId"] in THEME and THEME[fault["ruleId"]].fullmatch(fault["selector"] or ""))
    ]
    assert not faults
