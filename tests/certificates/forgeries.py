"""A genuine certificate, and everything that somebody might make of it; for the command and for the page alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wholeschool.certificates.signing import Signer, demo_key, signed
from wholeschool.outcomes import seals
from wholeschool.outcomes.numbers import Number, parse
from wholeschool.programme import Programme
from wholeschool.records.structs import CertificateEntry, SigningKey

VECTORS = Path(__file__).parents[1] / "vectors" / "wycheproof-ed25519.json"


class Vector(NamedTuple):
    """One of Wycheproof's: does the signature hold?"""

    key: str
    message: str
    signature: str
    holds: bool


def vectors() -> list[Vector]:
    """All of them, in hexadecimal."""
    groups = json.loads(VECTORS.read_text("utf-8"))["testGroups"]
    return [
        Vector(group["publicKey"]["pk"], test["msg"], test["sig"], test["result"] == "valid")
        for group in groups
        for test in group["tests"]
    ]


def genuine(programme: Programme) -> tuple[CertificateEntry, str]:
    """The first row of the first ledger, and its token."""
    ledger = next(each.ledger for each in programme.county_years() if each.ledger)
    entry = ledger.data.certificates[0]
    return entry, seals.token(entry, programme.keys[entry.key or ""].site)


def flips(token: str) -> Iterator[str]:
    """Every token that differs in one bit."""
    for place, character in enumerate(token):
        for bit in range(7):
            yield token[:place] + chr(ord(character) ^ 1 << bit) + token[place + 1 :]


def truncations(token: str) -> Iterator[str]:
    """Every beginning and every end of it."""
    for place in range(1, len(token)):
        yield token[:place]
        yield token[place:]


def forged(programme: Programme) -> dict[str, str]:
    """Tokens that somebody might make who does not have the key, or has it for something else."""
    entry, token = genuine(programme)
    key = programme.keys[entry.key or ""]
    head, body, seal = token.split(".")
    said: dict[str, Any] = json.loads(seals.decode(body))
    thief = Ed25519PrivateKey.generate()
    change = msgspec.structs.replace
    other = change(entry, name="王大锤")

    def made(record: SigningKey, private: Ed25519PrivateKey, row: CertificateEntry = entry) -> str:
        done = signed([row], Signer(record, private))[0]
        return seals.token(done, record.site)

    def number(**changed: Any) -> Number:
        return change(parse(entry.number), **changed)

    def with_head(text: str) -> str:
        return f"{seals.encode(text.encode())}.{body}.{seal}"

    return {
        "signed by another key": made(key, thief),
        "a key nobody knows": made(change(key, id="AAAAAAAAAAA"), thief),
        "signed for another site": made(change(key, site="https://other.example/"), demo_key()),
        "another name under the same seal": f"{head}.{seals.encode(seals.claims(other, key.site))}.{seal}",
        "the same claims, written otherwise": f"{head}.{seals.encode(json.dumps(said).encode())}.{seal}",
        "no algorithm": with_head(f'{{"alg":"none","kid":"{key.id}"}}'),
        "no signature": f"{head}.{body}.",
        "a signature of zeros": f"{head}.{body}.{'A' * 86}",
        "another algorithm": with_head(f'{{"alg":"HS256","kid":"{key.id}"}}'),
        "a header with more in it": with_head(f'{{"alg":"EdDSA","kid":"{key.id}","b64":false}}'),
        "a header with its own key": with_head(f'{{"alg":"EdDSA","jwk":{{"kty":"OKP"}},"kid":"{key.id}"}}'),
        "a number that does not check": made(key, demo_key(), change(entry, number="2026349901A05000001X")),
        "a county that is not here": made(key, demo_key(), change(entry, number="2026349999A050000011")),
        "a date before the key": made(key, demo_key(), change(entry, issued="2019-01-01")),
        "a date to come": made(key, demo_key(), change(entry, issued="2099-01-01")),
        "a date after the list": made(key, demo_key(), change(entry, issued="2026-11-23")),
        # Signed with the real key, of which the ledger knows nothing: by a branch that was thrown away, or a thief.
        "a stranger under the number": made(key, demo_key(), other),
        "a level that was not reached": made(
            key, demo_key(), change(entry, level="优秀" if entry.level != "优秀" else "合格")
        ),
        "a number that no row has": made(key, demo_key(), change(entry, number=str(number(serial=999_999)))),
        "a year that has no ledger": made(key, demo_key(), change(entry, number=str(number(year=2025)))),
        "the number of another microability": made(
            key, demo_key(), change(entry, number=str(number(microability="C7")))
        ),
        "markup": "<script>alert(1)</script>",
        "nothing": "",
        "three dots": "...",
        "very long": "A" * 200_000,
    }
