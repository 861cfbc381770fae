"""New rows for the ledger: what has been earned and not yet issued, appended so that nothing can be half-written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from wholeschool.certificates.lock import held
from wholeschool.files import write_whole
from wholeschool.records.structs import CertificateEntry

COLUMNS = tuple(field.encode_name for field in msgspec.structs.fields(CertificateEntry))


# What is being written lies here, not among the submissions: a leaving there would be a wrong file to everybody.
_PREFIX = ".ledger-"


def issue(ledger: Path, entries: list[CertificateEntry], workplace: Path) -> None:
    """Append `entries` to the ledger file: written in `workplace`, flushed to disk, then put in its place at once.

    `workplace` is a folder outside the submissions. Only where that is on another disk, from which nothing can be put
    in place at once, the new ledger is written beside the old one.
    """
    if not entries:
        return
    before = ledger.read_bytes() if ledger.exists() else (",".join(COLUMNS) + "\n").encode()
    if before and not before.endswith(b"\n"):
        before += b"\n"
    rows = "".join(f"{','.join(_cell(getattr(entry, column)) for column in COLUMNS)}\n" for entry in entries)
    write_whole(ledger, before + rows.encode(), workplace=workplace, prefix=_PREFIX)


@contextmanager
def sole_issuer(root: Path) -> Iterator[Path]:
    """Hold the repository's issuing lock: two runs at once could give one number twice. Gives the workplace.

    What a killed run left is cleared away first, so that it never stands in the way of the next.
    """
    workplace = root / "build"
    with held(workplace / ".issuing", "另一个发证程序正在运行，等它结束再试"):
        for leaving in (*workplace.glob(f"{_PREFIX}*"), *(root / "submissions").rglob(f"{_PREFIX}*")):
            leaving.unlink()
        yield workplace


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if any(character in text for character in ',"'):
        return '"' + text.replace('"', '""') + '"'
    return text
