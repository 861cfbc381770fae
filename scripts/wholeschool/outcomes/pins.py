"""What a leaked key had signed before it leaked: pinned in `keys.yaml` when the key is revoked, and good by that.

Whoever has a key can write any day into what he signs, so no day in a certificate tells whether it was there before the
leak. The history of the main line does: `keys revoke --since DAY` looks up what the counties' ledgers held there before
that day. Ledgers grow at the end alone and statuses go on, so of each the length and a digest over that beginning is
enough, and everybody can compare it with the records as they are now, without the history. Every verifier takes a
certificate by a revoked key for good only where it is in such a beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

import msgspec

from wholeschool.outcomes import seals
from wholeschool.programme import Programme, Unit, YearOfCounty, assemble
from wholeschool.records import load
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import CertificateEntry, KeptLedger, Revocation, SigningKey
from wholeschool.sources import Tree

_FILES = ("/unit.yaml", "/certificates.csv", "/revocations.yaml")


def ledgers_of(tree: Tree) -> Programme:
    """The units, ledgers and statuses of a tree, and nothing else of it."""
    return assemble(load(tree, [entry for entry in tree.entries(ROOT) if entry.path.endswith(_FILES)]))


def pins(then: Programme, key: SigningKey, keys: Mapping[str, SigningKey]) -> tuple[KeptLedger, ...]:
    """The ledger and the status, as they were then, of every county and year for which the key may sign."""
    found = [
        KeptLedger(
            county=round_.county.code_of(round_.year),
            year=round_.year,
            rows=len(rows := _rows(round_)),
            listed=seals.digest(seals.county_list(rows, keys)),
            revoked=len(gone := _gone(round_)),
            status=revoked_digest(gone),
        )
        for round_ in then.county_years()
        if round_.ledger and may_sign_for(key, round_.county)
    ]
    return tuple(sorted(found, key=lambda each: (each.county, each.year)))


def may_sign_for(key: SigningKey, county: Unit) -> bool:
    """Whether a key can have signed for a county at all."""
    return bool(key.demo) == county.data.demo and (not key.counties or county.path in key.counties)


def _rows(round_: YearOfCounty) -> Sequence[CertificateEntry]:
    return round_.ledger.data.certificates if round_.ledger else ()


def _gone(round_: YearOfCounty) -> Sequence[Revocation]:
    return round_.status.data.revoked if round_.status else ()


def revoked_digest(revoked: Iterable[Revocation]) -> str:
    """The digest of revocations in their order: what a signed status says of them in the open."""
    said = [[each.number, [each.date, each.replaced_by]] for each in revoked]
    return seals.digest(msgspec.json.encode(said).decode())


def pin_of(key: SigningKey, round_: YearOfCounty) -> KeptLedger | None:
    """What was pinned of a county's round when the key was revoked."""
    place = round_.county.code_of(round_.year), round_.year
    return next((each for each in key.revoked.kept if (each.county, each.year) == place), None) if key.revoked else None


def broken(pin: KeptLedger, round_: YearOfCounty, keys: Mapping[str, SigningKey]) -> tuple[str, str] | None:
    """The file of the round that does not begin as it was pinned, by its kind, and what is the matter with it."""
    rows, gone = _rows(round_), _gone(round_)
    if len(rows) < pin.rows:
        return "certificates", f"台账少了：那时有 {pin.rows} 行，现在只有 {len(rows)} 行"
    if seals.digest(seals.county_list(rows[: pin.rows], keys)) != pin.listed:
        return "certificates", f"台账前 {pin.rows} 行与那时的不同"
    if len(gone) < pin.revoked or revoked_digest(gone[: pin.revoked]) != pin.status:
        return "revocations", f"状态名单里那时撤销的 {pin.revoked} 张被改动或删掉了"
    return None


# A ledger may have tens of thousands of rows, and each of them is asked about.
_kept: WeakKeyDictionary[YearOfCounty, dict[str, frozenset[str]]] = WeakKeyDictionary()


def kept(programme: Programme, round_: YearOfCounty, key: SigningKey) -> frozenset[str]:
    """The numbers of the round's certificates that hold although the key is revoked: of the beginning that was pinned.

    None where nothing was pinned, or where the ledger or the status does not begin like that any more.
    """
    known = _kept.setdefault(round_, {})
    if key.id not in known:
        pin = pin_of(key, round_)
        sound = pin is not None and broken(pin, round_, programme.keys) is None
        known[key.id] = frozenset(each.number for each in _rows(round_)[: pin.rows]) if pin and sound else frozenset()
    return known[key.id]


def vouches(
    programme: Programme,
    round_: YearOfCounty,
    key: SigningKey,
    number: str,
    ledger: Sequence[CertificateEntry],
) -> bool:
    """Whether a certificate of such a ledger would hold: its key is not revoked, or it is in what was pinned."""
    if key.revoked is None:
        return True
    pin = pin_of(key, round_)
    begins = ledger[: pin.rows] if pin else ()
    listed = pin is not None and seals.digest(seals.county_list(begins, programme.keys)) == pin.listed
    return listed and number in {each.number for each in begins}


def doubt(programme: Programme, round_: YearOfCounty, key: SigningKey, number: str) -> str | None:
    """Why a certificate is not to be believed for its key's being revoked; None where it is not, or it was pinned."""
    if key.revoked is None or number in kept(programme, round_, key):
        return None
    if key.revoked.since is None:
        return seals.gone(key)
    return (
        f"签发密钥 {key.id} 已于 {key.revoked.date} 作废，只有 {key.revoked.since} 以前登记的证书还算数，"
        "这张不在其中；请签发机关用新的密钥重发"
    )


def status_doubt(programme: Programme, round_: YearOfCounty, number: str) -> str | None:
    """The same of the key that the round's status is signed with, which must be known."""
    assert round_.status is not None
    key = programme.keys[round_.status.data.key]
    if key.revoked is None or number in kept(programme, round_, key):
        return None
    if key.revoked.since is None:
        return f"状态名单：{seals.gone(key)}"
    return (
        f"状态名单还是用作废的密钥 {key.id} 签的，只有 {key.revoked.since} 以前登记的证书还算数，"
        "这张不在其中；请签发机关用新的密钥重签"
    )


def still(*keys: SigningKey) -> str:
    """What is said of a certificate that holds although these keys, where they are, are revoked; empty if none is."""
    revoked = {key.id: key.revoked for key in keys if key.revoked}
    return "".join(
        f"；密钥 {name} 已于 {each.date} 作废，这张在 {each.since} 以前就已登记，仍然有效"
        for name, each in revoked.items()
    )


def waiting(programme: Programme, round_: YearOfCounty) -> list[tuple[CertificateEntry, SigningKey]]:
    """The certificates in force, each with its key, that nobody can confirm before they are issued again."""
    found = []
    for entry in round_.in_force:
        key = programme.keys.get(entry.key or "")
        if key and key.revoked and entry.number not in kept(programme, round_, key):
            found.append((entry, key))
    return found
