"""Writes the rules' examples of a key that was lost: `python -m tests.certificates.leaking`.

Needed only when what a seal or a pin covers has changed. The lost key is the one that everybody has, the new one too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.certificates.sealing import (
    CASES,
    KEYS,
    LEDGER,
    ROOT,
    STATUS,
    Texts,
    demo_record,
    keys_text,
    ledger_text,
    status_text,
)
from wholeschool.certificates.signing import (
    Signer,
    demo_key,
    public_of,
    signed,
    unsigned_status,
)
from wholeschool.cli.workspace import check_root
from wholeschool.outcomes import seals
from wholeschool.outcomes.pins import revoked_digest
from wholeschool.records.structs import CertificateEntry, KeptLedger, KeyRevocation, SigningKey

CHANGES = ROOT / "tests" / "changes" / "cases"
COMMIT, ANOTHER = "0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef"
SIGNED = "2026-07-05"


class Case(NamedTuple):
    """An example: its folder, its sentence, where something is found (nowhere when accepted), its files."""

    folder: Path
    title: str
    path: str
    line: int
    texts: Texts
    commit: str = ""


def other_key() -> Ed25519PrivateKey:
    """A second key that everybody has."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"wholeschool: another demonstration key").digest())


def other_record() -> SigningKey:
    """It as `keys.yaml` has it."""
    public = public_of(other_key())
    return msgspec.structs.replace(demo_record(), id=seals.key_id(public), public=public)


class Ledger:
    """The base programme's three certificates, the first two signed with the first key."""

    def __init__(self) -> None:
        with TemporaryDirectory() as place:
            copytree(CASES / "_base" / "submissions", Path(place) / "submissions")
            self.programme = check_root(Path(place)).programme
        self.round = next(each for each in self.programme.county_years() if each.ledger)
        assert self.round.ledger is not None
        self.first, self.second = demo_record(), other_record()
        self.published = {each.id: each for each in (self.first, self.second)}
        rows = self.round.ledger.data.certificates
        self.old = signed(rows[:2], Signer(self.first, demo_key()))
        [self.late] = signed(rows[2:], Signer(self.first, demo_key()))
        [self.new] = signed(rows[2:], Signer(self.second, other_key()))

    def status(self, rows: Sequence[CertificateEntry], *, new: bool = True, sequence: int = 1) -> str:
        """A status over rows, by the new key or by the lost one."""
        signer = Signer(self.second, other_key()) if new else Signer(self.first, demo_key())
        # What is listed depends on the keys that are published.
        listed = seals.digest(seals.county_list(rows, self.published))
        said = msgspec.structs.replace(unsigned_status(sequence, SIGNED), key=signer.record.id)
        claims = seals.status_claims(said, "349901", 2026, signer.record.site, listed)
        head = seals.encode(seals.header(signer.record.id)) + "." + seals.encode(claims)
        seal = seals.encode(signer.private.sign(head.encode()))
        return status_text(msgspec.structs.replace(said, seal=seal))

    def keys(self, count: int, **changed: object) -> str:
        """The published keys, the first revoked with so many rows pinned; or said otherwise."""
        pins = (self.pin(count),)
        gone = KeyRevocation(date="2026-08-01", reason="私钥泄露", since="2026-07-06", commit=COMMIT, kept=pins)
        return keys_text(
            msgspec.structs.replace(self.first, revoked=msgspec.structs.replace(gone, **changed)), self.second
        )

    def pin(self, count: int) -> KeptLedger:
        """So many rows of the first key pinned, with nothing revoked."""
        listed = seals.digest(seals.county_list([*self.old, self.late][:count], self.published))
        return KeptLedger(county="349901", year=2026, rows=count, listed=listed, revoked=0, status=revoked_digest(()))


def cases() -> Iterator[Case]:
    """All of them."""
    it = Ledger()
    old, late, new = it.old, [*it.old, it.late], [*it.old, it.new]
    whole = {KEYS: it.keys(2), LEDGER: ledger_text(new), STATUS: it.status(new)}
    pin = it.pin(2)

    def judged(name: str, title: str, texts: Texts, path: str = "", line: int = 0) -> Case:
        return Case(CASES / name, title, path, line, texts)

    yield judged("CERT-REISSUE/accepted-pinned", "泄露以前签的都钉下了，后来的用新的密钥签。", whole)
    texts = {LEDGER: ledger_text(late), STATUS: it.status(late)}
    yield judged("CERT-REISSUE/rejected-later", "最后一张是泄露以后签的，还没有重发。", whole | texts, LEDGER, 4)
    texts = {LEDGER: ledger_text(old), STATUS: it.status(old, new=False)}
    yield judged("CERT-REISSUE/rejected-status", "状态名单还是用作废的密钥签的。", whole | texts, STATUS, 4)
    yield judged("KEY-PINS/accepted-grown", "钉下以后，台账末尾添了一行。", whole)
    texts = {LEDGER: ledger_text(old[:1]), STATUS: it.status(old[:1])}
    yield judged("KEY-PINS/rejected-shorter", "台账比钉下的少了一行。", whole | texts, LEDGER, 1)
    other = msgspec.structs.replace(pin, listed=seals.digest(""))
    texts = {KEYS: it.keys(2, kept=(other,))}
    yield judged("KEY-PINS/rejected-other-rows", "台账的前两行不是钉下的。", whole | texts, LEDGER, 1)
    other = msgspec.structs.replace(pin, revoked=1)
    texts = {KEYS: it.keys(2, kept=(other,))}
    yield judged("KEY-PINS/rejected-nothing-revoked", "那时撤销的一张，现在名单里没有。", whole | texts, STATUS, 2)
    yield judged("KEY-SOUND/accepted-since", "作废时写明从哪天起不可信，钉下了台账。", whole)
    for name, title, changed, line in (
        ("before-start", "从启用以前就不可信。", {"since": "2025-12-31"}, 11),
        ("after-end", "作废以后才不可信。", {"since": "2026-08-02"}, 11),
        ("without-commit", "没有写是哪个提交。", {"commit": None}, 11),
        ("without-day", "钉下了台账，没有写从哪天起不可信。", {"since": None, "commit": None}, 12),
        ("pinned-twice", "一个县的台账钉下了两次。", {"kept": (pin, pin)}, 20),
    ):
        yield judged(f"KEY-SOUND/rejected-{name}", title, whole | {KEYS: it.keys(2, **changed)}, KEYS, line)

    before = {KEYS: keys_text(it.first, it.second), LEDGER: ledger_text(old), STATUS: it.status(old)}

    def changes(name: str, title: str, was: Texts, now: Texts, path: str = "", line: int = 0) -> Case:
        return Case(CHANGES / name, title, path, line, {f"before/{at}": text for at, text in was.items()} | now, COMMIT)

    yield changes("KEY-SINCE/accepted-as-it-was", "钉下的是那天以前主分支上的样子。", before, {KEYS: it.keys(2)})
    forged = {KEYS: it.keys(3), LEDGER: ledger_text(late), STATUS: it.status(late, sequence=2)}
    yield changes("KEY-SINCE/rejected-more", "多钉了一行，那时主分支上没有。", before, forged, KEYS, 13)
    forged = {KEYS: it.keys(2, commit=ANOTHER)}
    yield changes("KEY-SINCE/rejected-another-commit", "写的不是那天以前的最后一个提交。", before, forged, KEYS, 12)
    forged = {KEYS: it.keys(2, kept=())}
    yield changes("KEY-SINCE/rejected-nothing-pinned", "写了日子，一份台账也没有钉下。", before, forged, KEYS, 11)
    was = before | {KEYS: it.keys(2)}
    now = {LEDGER: ledger_text(new), STATUS: it.status(new, sequence=2)}
    yield changes("CERT-KEY/accepted-new-key", "作废以后用新的密钥签。", was, now)
    now = {LEDGER: ledger_text(late), STATUS: it.status(late, sequence=2)}
    yield changes("CERT-KEY/rejected-dated-back", "用作废的密钥签，日期写在泄露以前。", was, now, LEDGER, 4)
    now = {STATUS: it.status(old, new=False, sequence=2)}
    yield changes("CERT-KEY/rejected-status", "用作废的密钥重签状态名单。", was, now, STATUS, 4)
    moved = {KEYS: it.keys(2, since="2026-07-20")}
    yield changes("KEYS-KEPT/rejected-since-moved", "作废以后又改了从哪天起不可信。", was, moved, KEYS, 3)
    gone = {KEYS: it.keys(2, kept=())}
    yield changes("KEYS-KEPT/rejected-pins-removed", "钉下的台账被去掉了。", was, gone, KEYS, 3)


def main() -> None:
    """Write them all."""
    for case in cases():
        code = case.folder.parent.name
        found = f"findings:\n  - code: {code}\n    path: {case.path}\n    line: {case.line}\n" if case.path else ""
        commit = f"commit: '{case.commit}'\n" if case.commit and code == "KEY-SINCE" else ""
        for place, text in (("case.yaml", f"title: {case.title}\n{commit}{found}"), *case.texts.items()):
            (case.folder / place).parent.mkdir(parents=True, exist_ok=True)
            (case.folder / place).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
