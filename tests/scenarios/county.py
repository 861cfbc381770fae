"""A county with a server of its own: two counties' records, one with certificates, pushed by whoever is named."""

from __future__ import annotations

import atexit
import copy
import csv
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

import msgspec

from tests.program import COMMAND

PROVINCE, CITY = "submissions/anhui", "submissions/anhui/shili"


def certified(records: Path) -> tuple[str, str]:
    """The folder names of the county that has certified, and of a school of it that is accepted."""
    ledger = next((records / "submissions").rglob("certificates.csv"))
    folder = ledger.parents[1]
    with ledger.open(encoding="utf-8") as file:
        code = next(csv.DictReader(file))["school_code"]
    units = (path for path in folder.glob("*/unit.yaml") if code in path.read_text("utf-8"))
    return folder.name, next(units).parent.name


class Pushed:
    """What the server answered."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.accepted, self.said = done.returncode == 0, done.stderr

    def __repr__(self) -> str:
        return f"accepted={self.accepted}\n{self.said}"


class Repository:
    """A working copy, its server, and who may do what: `office` the county, `school` its school, `keeper` the rest."""

    def __init__(self, folder: Path, records: Path, county: str, school: str) -> None:
        self.county, self.school = f"{CITY}/{county}", f"{CITY}/{county}/{school}"
        # Every story begins with the same push: it is made once.
        shutil.copytree(
            _begun(records, self.county, self.school, os.environ.get("GIT_COMMITTER_DATE")),
            folder,
            symlinks=True,
            dirs_exist_ok=True,
        )
        self.work = folder / "work"
        self._git(self.work, "remote", "set-url", "origin", str(folder / "server.git"))

    def begin(self, folder: Path) -> None:
        """An empty server with the check installed, and a working copy of it."""
        self.work, server = folder / "work", folder / "server.git"
        self._git(folder, "init", "-q", "--bare", "-b", "main", str(server))
        subprocess.run([COMMAND, "hook", "install", str(server)], capture_output=True, check=True)
        self._git(folder, "clone", "-q", str(server), str(self.work))
        self._git(self.work, "checkout", "-q", "-b", "main")

    def _git(self, folder: Path, *arguments: str, account: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "WHOLESCHOOL_ACCOUNT": account}
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    def colleague(self) -> Self:
        """Another officer with a working copy of their own on the same server."""
        other = copy.copy(self)
        other.work = self.work.with_name("colleague")
        self._git(self.work.parent, "clone", "-q", str(self.work.with_name("server.git")), str(other.work))
        return other

    def pull(self) -> bool:
        """Take in what others have pushed, one's own on top; whether that went without a conflict."""
        return self._git(self.work, "pull", "-q", "--rebase", "origin", "main").returncode == 0

    def give_up(self) -> None:
        """Leave a pull that met a conflict, and one's own commits: the working copy is as the server's main."""
        self._git(self.work, "rebase", "--abort")
        self._git(self.work, "reset", "-q", "--hard", "origin/main")

    def commit(self) -> None:
        """Commit all there is."""
        self._git(self.work, "add", "-A")
        self._git(self.work, "commit", "-qm", "x")

    def edit(self, path: str, old: str, new: str) -> None:
        """Somebody puts other words into a file."""
        text = (self.work / path).read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        (self.work / path).write_text(text.replace(old, new, 1), "utf-8")

    def value(self, path: str) -> Any:
        """What a record in YAML says."""
        return msgspec.yaml.decode((self.work / path).read_bytes())

    def write(self, path: str, value: Any) -> None:
        """Somebody writes a record."""
        (self.work / path).parent.mkdir(parents=True, exist_ok=True)
        (self.work / path).write_bytes(msgspec.yaml.encode(value))

    def told(self, *options: str) -> str:
        """What `wholeschool validate` says of the working copy."""
        return self.run("validate", *options).stdout

    def merged(self) -> None:
        """What is committed is on the server's main, as if merged long ago or by other rules."""
        self._git(self.work.with_name("server.git"), "fetch", "-q", str(self.work), "HEAD:main")
        self._git(self.work, "fetch", "-q")

    def push(self, account: str) -> Pushed:
        """Commit all there is and push it to main; what is refused is taken back."""
        self.commit()
        done = Pushed(self._git(self.work, "push", "origin", "HEAD:main", account=account))
        if not done.accepted:
            self._git(self.work, "reset", "-q", "--hard", "origin/main")
        return done

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`wholeschool` in the working copy."""
        return subprocess.run([COMMAND, *arguments], cwd=self.work, capture_output=True, text=True, check=False)

    def is_sound(self) -> bool:
        """Whether what the server accepted passes the check of main."""
        return self.run("validate").returncode == 0


@cache
def _begun(records: Path, county: str, school: str, day: str | None) -> Path:
    """The folder of a repository in which the keeper has pushed the records, with accounts for county and school.

    `day` is the one that Git takes for the present (None: it is the present one).
    """
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Repository.__new__(Repository)
    made.begin(folder)
    shutil.copytree(records / "submissions", made.work / "submissions")
    accounts = [("office", county), ("school", school)]
    lines = [f"  - account: {name}\n    unit: {unit.removeprefix('submissions/')}\n" for name, unit in accounts]
    (made.work / county / "accounts.yaml").write_text("accounts:\n" + "".join(lines), "utf-8")
    with (made.work / "submissions" / "programme.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nmaintainers: [keeper]\n")
    assert made.push("keeper").accepted
    return folder
