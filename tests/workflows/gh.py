#!/usr/bin/env python3
"""Stands in for `gh api`: pull requests, files and comments of one repository, in the JSON file $GH_STATE."""

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> None:
    state_file = Path(os.environ["GH_STATE"])
    state = json.loads(state_file.read_text("utf-8"))
    assert arguments.pop(0) == "api"
    method, path = "GET", ""
    fields: dict[str, str] = {}
    answer: Any
    while arguments:
        word = arguments.pop(0)
        if word == "--method":
            method = arguments.pop(0)
        elif word in ("-f", "-F"):
            key, _, value = arguments.pop(0).partition("=")
            fields[key] = Path(value[1:]).read_text("utf-8") if word == "-F" and value.startswith("@") else value
        elif word != "--paginate":
            path = word
    assert path.startswith("repos/example/programme/"), path
    asked = path.removeprefix("repos/example/programme/").split("/")
    match method, asked:
        case "GET", ["pulls"]:
            answer = [pull for pull in state["pulls"] if pull["head"]["label"] == fields["head"]]
            answer = answer if state.get("unfiltered") is None else state["pulls"]
        case "GET", ["pulls", _, "files"]:
            answer = state["files"]
        case "GET", ["issues", _, "comments"]:
            answer = state["comments"]
        case "POST", ["issues", _, "comments"]:
            identifier = len(state["comments"]) + 1
            comment = {
                "under": asked[1],
                "id": identifier,
                "user": {"login": "github-actions[bot]"},
                "body": fields["body"],
            }
            answer = comment
            state["comments"].append(comment)
        case "PATCH", ["issues", "comments", identifier]:
            answer = next(comment for comment in state["comments"] if comment["id"] == int(identifier))
            answer["body"] = fields["body"]
        case _:
            raise AssertionError((method, path))
    state_file.write_text(json.dumps(state), encoding="utf-8")
    print(json.dumps(answer))


main(sys.argv[1:])
