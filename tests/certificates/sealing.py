"""Signs the example programme and the rules' examples again: `python -m tests.certificates.sealing`.

Needed only when what a seal covers has changed. All of them are signed with the key that everybody has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import msgspec

from wholeschool.certificates.issue import STATUS_COMMENT, signed_files
from wholeschool.certificates.signing import demo_key, public_of, signed, signed_status, signer_for, unsigned_status
from wholeschool.cli.verb_keys import KEYS_COMMENT
from wholeschool.cli.workspace import check_root
from wholeschool.outcomes import seals
from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records.block_yaml import to_yaml
from wholeschool.records.csv_text import appended, columns_of
from wholeschool.records.structs import CertificateEntry, Keys, Revocation, Revocations, SigningKey

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
LEDGER = "submissions/anhui/shili/mingyuan/2026/certificates.csv"
STATUS = "submissions/anhui/shili/mingyuan/2026/revocations.yaml"
KEYS = "submissions/keys.yaml"
Texts = dict[str, str]


def demo_record() -> SigningKey:
    """The demonstration key as `keys.yaml` has it."""
    public = public_of(demo_key())
    name, site = seals.key_id(public), "https://zhengxiao.example/"
    return SigningKey(id=name, public=public, site=site, starts="2026-01-01", demo=True)


def keys_text(*keys: SigningKey) -> str:
    """A `keys.yaml`."""
    return to_yaml(Keys(keys=keys), comment=KEYS_COMMENT)


def ledger_text(rows: Sequence[CertificateEntry]) -> str:
    """A ledger file."""
    return appended(None, rows).decode() if rows else ",".join(columns_of(CertificateEntry)) + "\n"


def sealed(
    programme: Programme, round_: YearOfCounty, rows: Sequence[CertificateEntry], status: Revocations
) -> tuple[list[CertificateEntry], Revocations]:
    """The rows and the status of a demonstration county, signed."""
    signer = signer_for(programme, round_.county, status.date, None)
    done = signed(rows, signer)
    return done, signed_status(programme, round_.county, round_.year, done, status, signer)


def status_text(status: Revocations) -> str:
    """A status file."""
    return to_yaml(status, comment=STATUS_COMMENT)


def _example() -> None:
    programme = check_root(ROOT).programme
    for round_ in programme.county_years():
        if round_.ledger:
            before = round_.status.data if round_.status else unsigned_status(1, "2026-11-18")
            rows, status = sealed(programme, round_, round_.ledger.data.certificates, before)
            folder = ROOT / "submissions" / round_.county.path / str(round_.year)
            (folder / "certificates.csv").write_text(ledger_text(rows), "utf-8")
            (folder / "revocations.yaml").write_text(status_text(status), "utf-8")


def _cases() -> Mapping[str, tuple[str, str, str | None, int, Texts]]:
    """Folder: title, code found, where, on which line, and the files."""
    with TemporaryDirectory() as place:
        root = Path(place)
        copytree(CASES / "_base" / "submissions", root / "submissions")
        (root / KEYS).write_text(keys_text(demo_record()), "utf-8")
        programme = check_root(root).programme
    round_ = next(each for each in programme.county_years() if each.ledger)
    assert round_.ledger is not None
    rows, status = sealed(programme, round_, round_.ledger.data.certificates, unsigned_status(1, "2026-07-05"))
    key = demo_record()
    good = {KEYS: keys_text(key), LEDGER: ledger_text(rows), STATUS: status_text(status)}
    first = rows[0]
    change = msgspec.structs.replace
    gone = Revocation(number=first.number, date="2026-09-01", reason="姓名有误")
    _, revoked = sealed(programme, round_, rows, change(status, sequence=2, date="2026-09-01", revoked=(gone,)))
    unsigned = [change(first, key=None, seal=None), *rows[1:]]
    other_basis = [change(first, basis="明教〔2026〕99号"), *rows[1:]]
    stranger = change(gone, number="2026349901A01000009V")
    _, strange = sealed(programme, round_, rows, change(status, revoked=(stranger,)))
    return {
        "CERT-SIGNED/accepted-signed": ("每一行都有签名，状态名单也签过。", "", None, 0, good),
        "CERT-SIGNED/rejected-added-by-hand": (
            "登记了公钥，台账里却有一行没有签名。",
            "CERT-SIGNED",
            LEDGER,
            2,
            good | {LEDGER: ledger_text(unsigned), STATUS: status_text(sealed_status(programme, round_, unsigned))},
        ),
        "CERT-SIGNED/rejected-changed": (
            "签名以后改了认定依据。",
            "CERT-SIGNED",
            LEDGER,
            2,
            good | {LEDGER: ledger_text(other_basis)},
        ),
        "CERT-STATUS/accepted-revoked": (
            "撤销了一张，名单重签为第 2 期。",
            "",
            None,
            0,
            good | {STATUS: status_text(revoked)},
        ),
        "CERT-STATUS/rejected-stranger": (
            "撤销的编号台账里没有。",
            "CERT-STATUS",
            STATUS,
            7,
            good | {STATUS: status_text(strange)},
        ),
        "CERT-STATUS/rejected-edited": (
            "手工把期号改大了，签名对不上。",
            "CERT-STATUS",
            STATUS,
            5,
            good | {STATUS: status_text(change(status, sequence=9))},
        ),
        "KEY-SOUND/accepted-two": (
            "两把公钥，旧的已经停用。",
            "",
            None,
            0,
            good | {KEYS: keys_text(change(_other(), ends="2026-06-30"), key)},
        ),
        "KEY-SOUND/rejected-twice": ("同一把公钥写了两次。", "KEY-SOUND", KEYS, 9, good | {KEYS: keys_text(key, key)}),
        "KEY-SOUND/rejected-other-id": (
            "编号不是这把公钥的。",
            "KEY-SOUND",
            KEYS,
            9,
            good | {KEYS: keys_text(key, change(_other(), id="A" * 11))},
        ),
        "KEY-SOUND/rejected-ends-first": (
            "停用在启用之前。",
            "KEY-SOUND",
            KEYS,
            13,
            good | {KEYS: keys_text(key, change(_other(), ends="2025-01-01"))},
        ),
    }


def sealed_status(programme: Programme, round_: YearOfCounty, rows: Sequence[CertificateEntry]) -> Revocations:
    """A status over rows as they are, signed or not."""
    signer = signer_for(programme, round_.county, "2026-07-05", None)
    return signed_status(programme, round_.county, round_.year, rows, unsigned_status(1, "2026-07-05"), signer)


def _other() -> SigningKey:
    """A public key whose private half nobody has kept."""
    public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # RFC 8037, A.1
    return SigningKey(id=seals.key_id(public), public=public, site="https://zhengxiao.example/", starts="2025-09-01")


def cut(root: Path, county: str, lines: int) -> None:
    """Leave so many lines of a county's ledger of 2026, with a status signed over them; the rest is to be issued."""
    folder = root / "submissions" / county / "2026"
    ledger, status = folder / "certificates.csv", folder / "revocations.yaml"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:lines]))
    status.unlink()
    programme = check_root(root).programme
    round_ = programme.county_year(programme.units[county], 2026)
    signer = signer_for(programme, round_.county, "2026-11-20", None)
    files = signed_files(programme, round_, root, signer, date="2026-11-20")
    status.write_bytes(files[status.relative_to(root).as_posix()])


def main() -> None:
    """Everything signed that lies in the repository."""
    _example()
    for name, (title, code, path, line, texts) in _cases().items():
        folder = CASES / name
        found = f"findings:\n  - code: {code}\n    path: {path}\n    line: {line}\n" if code else ""
        for place, text in (("case.yaml", f"title: {title}\n{found}"), *texts.items()):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
