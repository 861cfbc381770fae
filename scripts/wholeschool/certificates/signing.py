"""Private keys: where they may lie, and what is signed with them.

A private key comes from a file that only its owner can read, outside the repository, or from an environment variable.
The demonstration key is no secret: anybody can make it from a sentence in this file, and so nothing that it signs is
worth more than a 样张.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from joserfc import jws
from joserfc.jwk import OKPKey

from wholeschool.errors import UsageError
from wholeschool.files import read_secret, write_secret
from wholeschool.outcomes import seals
from wholeschool.outcomes.numbers import COUNTED, SERIALS, awaits_serial, parse
from wholeschool.programme import Programme, Unit
from wholeschool.records.structs import CertificateEntry, Revocations, SigningKey

VARIABLE = "WHOLESCHOOL_SIGNING_KEY"
_DEMO = "wholeschool: a demonstration key for specimens; anybody may sign with it"
_UNSEALED = "A" * 86


class Signer(NamedTuple):
    """A private key with the record of its public half."""

    record: SigningKey
    private: Ed25519PrivateKey


def demo_key() -> Ed25519PrivateKey:
    """The key that everybody has."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(_DEMO.encode()).digest())


def public_of(private: Ed25519PrivateKey) -> str:
    """The public half as records write it."""
    return seals.encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def new_key() -> Ed25519PrivateKey:
    """Make a key pair, which is kept nowhere yet."""
    private = Ed25519PrivateKey.generate()
    while seals.key_id(public_of(private)).startswith("-"):  # it would be taken for an option on the command line
        private = Ed25519PrivateKey.generate()
    return private


def keep_key(private: Ed25519PrivateKey, file: Path, root: Path) -> None:
    """Keep the private half in `file`, which must not exist, readable by its owner alone.

    Raises `UsageError` for a place inside the repository at `root`.
    """
    write_secret(file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), root)


def private_key(file: Path | None, root: Path, environment: Mapping[str, str] = os.environ) -> Ed25519PrivateKey | None:
    """The private key of `file`, or of the environment variable; None when neither is there.

    Raises `UsageError` for a file that others can read, that lies in the repository, or that holds something else.
    """
    if file is None:
        text = environment.get(VARIABLE, "").encode()
        return _loaded(text, f"环境变量 {VARIABLE}") if text.strip() else None
    return _loaded(read_secret(file, root), str(file))


def _loaded(text: bytes, source: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{source} 里不是 wholeschool keys 生成的私钥（Ed25519，PEM）")
    return key


def signer_for(programme: Programme, county: Unit, date: str, private: Ed25519PrivateKey | None) -> Signer:
    """Who signs for the county on that day: the given key, or for a demonstration county the key that everybody has.

    Raises `UsageError` when the key is not published, not in force, or not for this county.
    """
    if private is None:
        if not county.data.demo:
            raise UsageError(
                f"没有签发私钥：用 --key 写文件，或者放进环境变量 {VARIABLE}；还没有的，先运行 wholeschool keys new"
            )
        private = demo_key()
    public = public_of(private)
    record = programme.keys.get(seals.key_id(public))
    if record is None or record.public != public:
        raise UsageError("这把私钥的公钥不在 submissions/keys.yaml 里；先运行 wholeschool keys new，合并之后再签发")
    if problem := seals.against(record, date, county.path, demo=county.data.demo):
        raise UsageError(f"不能用这把私钥：{problem}")
    return Signer(record, private)


def numbered(entries: Iterable[CertificateEntry], signer: Signer, taken: Iterable[str] = ()) -> list[CertificateEntry]:
    """The rows, those without a number with one that nobody else has, whatever has become of the ledger meanwhile.

    It is drawn by a signature over all that the row says. So nobody can tell from it whose it is; and a ledger that was
    lost and is issued again, or came back from yesterday's backup and went on from there, gives the very same
    certificates where they say the same, and other numbers where they do not: of 2**50, so that two of a county are one
    by chance in no lifetime. `taken` are those of the ledger.
    """
    rows = list(entries)
    known = {*taken, *(entry.number for entry in rows)}
    found = []
    for entry in rows:
        if awaits_serial(entry.number):
            number = parse(entry.number)
            said = msgspec.json.encode(msgspec.structs.replace(entry, key=None, seal=None))
            drawn = (msgspec.structs.replace(number, serial=each) for each in _serials(signer, said))
            entry = msgspec.structs.replace(entry, number=next(each for each in map(str, drawn) if each not in known))
            known.add(entry.number)
        found.append(entry)
    return found


def _serials(signer: Signer, said: bytes) -> Iterator[int]:
    """Serials in an order that only who has the key can foretell, and always the same for the same row."""
    for attempt in count():
        # Nothing that is signed elsewhere begins like this: a token has no blanks.
        seal = signer.private.sign(b"certificate number %d\n%b" % (attempt, said))
        serial = int.from_bytes(hashlib.sha256(seal).digest()) % SERIALS
        if serial >= COUNTED:
            yield serial


def signed(entries: Iterable[CertificateEntry], signer: Signer, taken: Iterable[str] = ()) -> list[CertificateEntry]:
    """The rows with number, key and seal; see `numbered`."""
    named = (msgspec.structs.replace(entry, key=signer.record.id) for entry in numbered(entries, signer, taken))
    site = signer.record.site
    return [msgspec.structs.replace(entry, seal=_seal(signer, seals.claims(entry, site))) for entry in named]


def signed_status(
    programme: Programme,
    county: Unit,
    year: int,
    entries: Iterable[CertificateEntry],
    status: Revocations,
    signer: Signer,
) -> Revocations:
    """The status with key and seal, over all of the ledger's rows."""
    listed = seals.digest(seals.county_list(entries, programme.keys))
    status = msgspec.structs.replace(status, key=signer.record.id)
    said = seals.status_claims(status, county.code_of(year), year, signer.record.site, listed)
    return msgspec.structs.replace(status, seal=_seal(signer, said))


def unsigned_status(sequence: int, date: str) -> Revocations:
    """A status yet to be signed, in which nothing is revoked."""
    return Revocations(sequence=sequence, date=date, key="", seal=_UNSEALED)


def _seal(signer: Signer, said: bytes) -> str:
    head = {"alg": seals.ALGORITHM, "kid": signer.record.id}
    key = OKPKey.import_key(signer.private)
    text = jws.serialize_compact(head, said, key, algorithms=[seals.ALGORITHM])
    body, _, seal = text.rpartition(".")
    assert text == seals.joined(signer.record.id, said, seal), body
    return seal
