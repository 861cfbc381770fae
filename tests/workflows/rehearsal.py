"""A workflow run here: every `run:` step in a real shell in a real clone, in order, with the forge's files around it.

What a forge provides is stood in for: checkouts are Git clones, artifacts are folders, `gh` is a small program over a
JSON file. Installing packages (`scripts/environment.sh`) gives way to the environment that runs the tests.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.program import COMMAND
from wholeschool.shipped import HOME as REPOSITORY

WORKFLOWS = REPOSITORY / ".github" / "workflows"
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org")


class Ran(NamedTuple):
    """What a job left: whether it passed, all it printed, its summary, its outputs by step, and its artifacts."""

    passed: bool
    log: str
    summary: str
    outputs: dict[str, dict[str, str]]
    artifacts: dict[str, Path]


def git(folder: Path, *arguments: str) -> str:
    """Git's answer."""
    done = subprocess.run(["git", *_IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def repository(folder: Path) -> Path:
    """This repository as a fresh one with a single commit on main; without its tests, which no job reads."""
    kept_apart = (".git", ".venv", "build", "tests")
    ignored = shutil.ignore_patterns(*kept_apart, "__pycache__", ".*_cache", "*.egg-info", "node_modules")
    shutil.copytree(REPOSITORY, folder, ignore=ignored, symlinks=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "base")
    return folder


def load(name: str) -> dict[Any, Any]:
    """A workflow by name. (YAML 1.1 reads the key `on` as true.)"""
    found = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def run_job(
    name: str,
    job: str,
    *,
    origin: Path,
    work: Path,
    context: Mapping[str, Any],
    given: Mapping[str, Path] | None = None,
    bin_folder: Path | None = None,
) -> Ran:
    """One job, all its steps. `given` are artifacts of other runs by name; `bin_folder` goes before the PATH."""
    steps = load(name)["jobs"][job]["steps"]
    work.mkdir(parents=True)
    outside = work.with_name(work.name + "-files")
    outside.mkdir()
    event = outside / "event.json"
    event.write_text(json.dumps(context["github"].get("event", {})), encoding="utf-8")
    known = {**context, "steps": {}}
    outputs: dict[str, dict[str, str]] = {}
    artifacts: dict[str, Path] = {}
    log, passed = "", True
    for index, step in enumerate(steps):
        condition = str(step.get("if", ""))
        if not passed and condition != "always()":
            continue
        if "uses" in step:
            settings = {key: _fill(str(value), known) for key, value in step.get("with", {}).items()}
            ok, said = _use(step["uses"].partition("@")[0], settings, origin, work, artifacts, given or {})
        else:
            output = outside / f"output-{index}"
            output.touch()
            environment = {
                **os.environ,
                **{key: _fill(str(value), known) for key, value in step.get("env", {}).items()},
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(work),
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_STEP_SUMMARY": str(outside / "summary.md"),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_REPOSITORY": "example/programme",
                "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}" if bin_folder else os.environ["PATH"],
            }
            script = _fill(step["run"], known)
            assert script == step["run"], "an expression in a script is an injection: it belongs in env"
            if script == "scripts/environment.sh run":
                assert os.access(work / "scripts" / "environment.sh", os.X_OK)
                _environment(work / ".venv")
                continue
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
                cwd=work,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            ok, said = done.returncode == 0, done.stdout
            if "id" in step:
                rows = (row.partition("=") for row in output.read_text("utf-8").splitlines())
                outputs[step["id"]] = {key: value for key, _, value in rows}
                known["steps"][step["id"]] = {"outputs": outputs[step["id"]]}
        log += said
        passed = passed and (ok or step.get("continue-on-error") is True)
    summary = outside / "summary.md"
    return Ran(passed, log, summary.read_text("utf-8") if summary.exists() else "", outputs, artifacts)


def _environment(place: Path) -> None:
    """What that script leaves behind: the environment of these tests, with the program as they start it."""
    real = Path(sys.executable).parents[1]
    (place / "bin").mkdir(parents=True)
    for each in (*real.iterdir(), *(real / "bin").iterdir()):
        there = place / each.relative_to(real)
        if each.name not in ("bin", "wholeschool"):
            there.symlink_to(each)
    (place / "bin/wholeschool").symlink_to(COMMAND)


def _fill(text: str, context: Mapping[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        found: Any = context
        for key in match.group(1).split("."):
            found = found[key]
        return str(found)

    return _EXPRESSION.sub(value, text)


def _use(
    action: str,
    settings: Mapping[str, str],
    origin: Path,
    work: Path,
    artifacts: dict[str, Path],
    given: Mapping[str, Path],
) -> tuple[bool, str]:
    place = work / settings.get("path", "")
    match action:
        case "actions/checkout":
            assert settings["persist-credentials"] == "False"
            place.mkdir(parents=True, exist_ok=True)
            git(place, "init", "-q")
            git(place, "remote", "add", "origin", origin.as_uri())
            if "sparse-checkout" in settings:
                assert settings["sparse-checkout-cone-mode"] == "False"
                git(place, "sparse-checkout", "set", "--no-cone", settings["sparse-checkout"])
            # A sparse checkout without a filter of its own leaves all contents behind.
            chosen = settings.get("filter") or ("blob:none" if "sparse-checkout" in settings else "")
            narrowed = [f"--filter={chosen}"] if chosen else []
            git(place, "fetch", "-q", *narrowed, "origin", "+refs/*:refs/remotes/origin/*")
            revision = git(place, "rev-parse", settings.get("ref", "refs/remotes/origin/heads/main"))
            git(place, "config", "remote.origin.url", "/credentials-are-gone")  # it cannot be asked again
            try:
                git(place, "checkout", "-q", "--detach", revision)
            except subprocess.CalledProcessError as error:
                return False, error.stderr
        case "actions/upload-artifact":
            if not place.exists():
                return settings["if-no-files-found"] == "ignore", "no files\n"
            artifacts[settings["name"]] = place
        case "actions/upload-pages-artifact":
            assert (place / "index.html").is_file()
            artifacts["github-pages"] = place
        case "actions/download-artifact":
            if settings["name"] not in given:
                return False, "no such artifact\n"
            place.mkdir(parents=True)
            source = given[settings["name"]]
            shutil.copy(source, place / source.name)
        case "actions/deploy-pages":
            return True, "deployed\n"
        case _:
            raise AssertionError(f"nobody stands in for {action}")
    return True, ""
