"""Fetches the scripts that come from elsewhere, for pages and for their pictures, as `scripts/vendor.json` names them.

`make vendor` fetches the named versions and refuses anything whose checksum differs. After a version was changed in the
manifest by hand, `make vendor TRUST=1` writes the new checksums. Packages come by `npm pack` from whichever registry
the machine is set up for; no address is kept.

A package that is written for newer browsers than ours (tests/node/floor.cjs), or of which a page needs a small part, is
bundled by esbuild into one plain script of the syntax of ES2020: `bundle` names our script that says what is taken of
it, `global` what the page calls it, `with` what else that needs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

REPOSITORY = Path(__file__).parents[1]
MANIFEST = Path(__file__).with_name("vendor.json")


def main() -> None:
    """Write every file of the manifest, or none."""
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    trust = bool(os.environ.get("TRUST"))
    found: dict[str, bytes] = {}
    for each in manifest["files"]:
        data = _bundle(each) if "bundle" in each else _package(each["package"], each["version"])[each["entry"]]
        checksum = hashlib.sha256(data).hexdigest()
        if checksum != each["sha256"] and not trust:
            sys.exit(f"{each['file']}: {each['package']} {each['version']} has changed, or the manifest is wrong")
        each["sha256"] = checksum
        found[each["file"]] = data
    for name, data in found.items():
        (REPOSITORY / name).parent.mkdir(parents=True, exist_ok=True)
        (REPOSITORY / name).write_bytes(data)
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _bundle(each: dict[str, Any]) -> bytes:
    """One script with the packages' licence in front."""
    packages = {each["package"]: each["version"]} | each["with"]
    named = ", ".join(f"{name} {version}" for name, version in packages.items() if name != "esbuild")
    with TemporaryDirectory() as place:
        wanted = [f"{name}@{version}" for name, version in packages.items()]
        command = ["npm", "install", "--silent", "--ignore-scripts", "--no-save", "--prefix", place, *wanted]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        script = shutil.copy(REPOSITORY / each["bundle"], place)
        # esbuild changes syntax only; this is all that the packages call which is younger.
        own = Path(place, "own.js")
        own.write_text("export const hasOwn = (of, key) => Object.prototype.hasOwnProperty.call(of, key);", "utf-8")
        command = [f"{place}/node_modules/.bin/esbuild", script, "--bundle", "--minify", "--format=iife"]
        command += ["--platform=browser", "--target=es2020", "--charset=utf8", f"--global-name={each['global']}"]
        command += ["--define:Object.hasOwn=hasOwn", f"--inject:{own}"]
        command += [f"--banner:js=/*! {named}, {each['licence']} License */"]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


@cache
def _package(name: str, version: str) -> dict[str, bytes]:
    """The files of a package by their paths in it."""
    with TemporaryDirectory() as place:
        command = ["npm", "pack", "--silent", "--pack-destination", place, f"{name}@{version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
            members = [(each, archive.extractfile(each)) for each in archive.getmembers() if each.isfile()]
            return {each.name.removeprefix("package/"): file.read() for each, file in members if file}


if __name__ == "__main__":
    main()
