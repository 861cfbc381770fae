"""A county whose certificates are older and younger: one is issued again in place of another, and the site is made."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.certificates.forgeries import genuine
from tests.shared import begun
from tests.site.test_verify import wholeschool
from tests.synthesis import write
from wholeschool.cli.workspace import check_root

_COMMANDS = ("init -q -b main", "add -A", "-c user.name=t -c user.email=t@example.org commit -qm x")


def _nothing() -> None:
    pass


def reissued(
    root: Path, like: Path, day: str, *, before: Callable[[], object] = _nothing, after: Callable[[], object] = _nothing
) -> None:
    """Records of two counties in a repository; `like` is their site, with which the one made of these begins.

    `before` changes them before they are committed, `after` between that and `day`, on which one is issued again.
    """
    write(root, counties=2, schools=3, teachers=24, seed=3)
    before()
    (root / ".gitignore").write_text("build/\nout/\n", "utf-8")
    for command in _COMMANDS:
        subprocess.run(["git", *command.split()], cwd=root, check=True, capture_output=True)
    number = genuine(check_root(root).programme)[0].number
    after()
    wholeschool(root, "certificates", "revoke", number, "--replace", "--reason", "姓名有误", "--date", day)
    begun(root / "out/site", like)
    wholeschool(root, "site", "--out", "out/site")
