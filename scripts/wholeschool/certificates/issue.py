"""New rows for the ledger: what has been earned and not yet issued, appended so that nothing can be half-written."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from wholeschool.certificates.lock import held
from wholeschool.records.structs import CertificateEntry

COLUMNS = tuple(field.encode_name for field in msgspec.structs.fields(CertificateEntry))


def issue(ledger: Path, entries: list[CertificateEntry]) -> None:
    """Append `entries` to the ledger file: written beside it, flushed to disk, then put in its place at once."""
    if not entries:
        return
    before = ledger.read_bytes() if ledger.exists() else (",".join(COLUMNS) + "\n").encode()
    if before and not before.endswith(b"\n"):
        before += b"\n"
    rows = "".join(f"{','.join(_cell(getattr(entry, column)) for column in COLUMNS)}\n" for entry in entries)
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=ledger.parent, prefix=".ledger-", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(before + rows.encode())
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(ledger)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def sole_issuer(root: Path) -> AbstractContextManager[None]:
    """Hold the repository's issuing lock: two runs at once could give one number twice."""
    return held(root / "build" / ".issuing", "另一个发证程序正在运行，等它结束再试")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if any(character in text for character in ',"'):
        return '"' + text.replace('"', '""') + '"'
    return text
