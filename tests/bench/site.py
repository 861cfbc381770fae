"""The site of a synthetic county, beside a bare `mkdocs build` of the very same pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.row import Row
from tests.synthesis import write
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.cache import VARIABLE
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.build import write_tree
from wholeschool.sources import open_tree

SCHOOLS, TEACHERS = 350, 10_000
# Of so many turns the best of each counts: what else the machine does would otherwise decide.
ROUNDS = 3


def measure() -> list[Row]:
    """Seconds for the Markdown, for all of `wholeschool site`, for MkDocs alone, and after one record changed."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        write(tree, counties=1, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        markdown = _markdown(tree)
        rounds = [_round(tree) for _ in range(ROUNDS)]
        cold, whole, bare = (min(seconds) for seconds in zip(*rounds, strict=True))
        largest = max(page.stat().st_size for page in (tree / "build" / "site").rglob("*.html")) / 1e3
        unit = min(tree.glob("submissions/*/*/*/*/unit.yaml"))
        unit.write_text(re.sub(r"^(name: .+)$", r"\g<1>分校", unit.read_text("utf-8"), flags=re.M), encoding="utf-8")
        again, made = _site(tree)
    return [
        Row(f"Markdown of {SCHOOLS} schools", markdown, None, "s", "< 5 s"),
        Row("their site, all pages, nothing read before (peer: MkDocs alone)", cold, bare, "s", "< 1.3 times: ≥ 0.77"),
        Row("the same where the records were checked before", whole, bare, "s", ""),
        Row("their largest page", largest, None, "kB", "< 100 kB"),
        Row(f"again after one record changed ({made} pages)", again, whole, "s", "only what depends on it"),
    ]


def _markdown(tree: Path) -> float:
    programme = assemble(load(open_tree(tree)))
    start = time.perf_counter()
    write_tree(programme, tree / "markdown")
    return time.perf_counter() - start


def _round(tree: Path) -> tuple[float, float, float]:
    """Seconds for a site from nothing, for one whose records were checked before, and for MkDocs alone."""
    for kept in ("build", "kept", "peer"):
        shutil.rmtree(tree / kept, ignore_errors=True)
    cold, _ = _site(tree)
    shutil.rmtree(tree / "build")
    whole, _ = _site(tree)
    return cold, whole, _mkdocs(tree)


def _site(tree: Path) -> tuple[float, int]:
    """Seconds, and how many pages were made."""
    command = [str(Path(sys.executable).with_name("wholeschool")), "site"]
    kept = os.environ | {VARIABLE: str(tree / "kept")}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True, env=kept)
    found = re.search(r"重做了 (\d+) 页", done.stdout)
    assert found is not None, done.stdout
    return time.perf_counter() - start, int(found.group(1))


def _mkdocs(tree: Path) -> float:
    settings = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    for own in ("docs/overrides", "scripts/wholeschool/site/search_terms.txt"):
        settings = settings.replace(own, str(REPOSITORY / own))
    config = tree / "mkdocs.yml"
    config.write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(config), "-d", str(tree / "peer")]
    start = time.perf_counter()
    subprocess.run(command, cwd=tree, check=True)
    return time.perf_counter() - start
