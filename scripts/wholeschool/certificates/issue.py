"""What a county signs: new rows for its ledger and the status that goes with them, put down so that nothing is half.

The ledger is written first, then the status. Between the two a killed run leaves a status that does not cover the
ledger, which validation names and the next run puts right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from wholeschool.certificates.signing import Signer, signed, signed_status, unsigned_status
from wholeschool.files import write_together
from wholeschool.lock import held
from wholeschool.outcomes.seals import latest_day
from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records.block_yaml import to_yaml
from wholeschool.records.csv_text import appended
from wholeschool.records.kinds import ROOT
from wholeschool.records.scaffold import with_schema_line
from wholeschool.records.structs import CertificateEntry, Revocation

LEDGER, STATUS = "certificates.csv", "revocations.yaml"

# What is being written lies here, not among the submissions: a leaving there would be a wrong file to everybody.
_PREFIX = ".ledger-"
STATUS_COMMENT = "证书状态名单：由 wholeschool certificates 签，不要手工修改。"


def signed_files(
    programme: Programme,
    round_: YearOfCounty,
    root: Path,
    signer: Signer,
    *,
    entries: Sequence[CertificateEntry] = (),
    found: Sequence[CertificateEntry] = (),
    revoked: Sequence[Revocation] = (),
    date: str,
) -> dict[str, bytes]:
    """The county's ledger with `entries` appended and its status with `revoked`, signed; by path, not yet written.

    `found` are rows that were signed before and got lost; they are put back as they were.

    Empty when nothing is new and the status is as it should be. The status bears `date`, or the day of the one before
    or of anything in it where that is later: nobody relies on a list that is older than what it covers.
    """
    had = round_.ledger.data.certificates if round_.ledger else ()
    rows = [*found, *signed(entries, signer, (each.number for each in (*had, *found)))]
    before = round_.status.data if round_.status else None
    now = unsigned_status(before.sequence + 1, max(before.date, date)) if before else unsigned_status(1, date)
    now = msgspec.structs.replace(now, revoked=(*(before.revoked if before else ()), *revoked))
    now = msgspec.structs.replace(now, date=max(now.date, latest_day((*had, *rows), now)))
    files: dict[str, bytes] = {}
    folder = f"{ROOT}{round_.county.path}/{round_.year}"
    if rows:
        ledger = root / folder / LEDGER
        files[f"{folder}/{LEDGER}"] = appended(ledger.read_bytes() if ledger.exists() else None, rows)
    elif not revoked and before is not None:
        same = signed_status(programme, round_.county, round_.year, had, before, signer)
        if same == before and before.date >= latest_day(had, before):
            return {}
    status = signed_status(programme, round_.county, round_.year, (*had, *rows), now, signer)
    path = f"{folder}/{STATUS}"
    files[path] = with_schema_line(path, to_yaml(status, comment=STATUS_COMMENT)).encode()
    return files


def put_down(root: Path, files: Mapping[str, bytes], workplace: Path) -> None:
    """Write what was signed, in its order: all of it, or none where that cannot be written.

    Each is written in `workplace`, a folder outside the submissions, flushed to disk, then put in its place at once.
    """
    write_together({root / path: data for path, data in files.items()}, workplace=workplace, prefix=_PREFIX)


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
