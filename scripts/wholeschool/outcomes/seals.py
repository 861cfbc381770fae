"""What a certificate's signature covers, how it is written, and what it takes to believe it. No private key is here.

A certificate's *token* is a compact JWS (RFC 7515) signed with Ed25519 (RFC 8037): header, claims, seal. The ledger
keeps the seal, and the claims follow from the row, so the token can be written again at any time without the private
key. From the token follow the *check code* that is printed for people without a camera, and the *entry* under which the
certificate stands in the county's published list: a digest over number, code and name, from which none of the three can
be had. The county's *status* is signed likewise: which certificates are revoked, and a digest over the whole list.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec

from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records.cache import open_cache
from wholeschool.records.structs import CertificateEntry, Revocations, SigningKey

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

# RFC 9864 asks for the narrower name Ed25519, which few libraries know yet; here the key says which curve is meant.
warnings.filterwarnings("ignore", message="EdDSA is deprecated")

ALGORITHM = "EdDSA"
# What each claim is called; all that a certificate's page says of it, in the order of the page.
CLAIMS: Mapping[str, str] = {
    "number": "n",
    "name": "h",
    "school": "s",
    "level": "l",
    "microability": "m",
    "title": "t",
    "dimension": "d",
    "environment": "e",
    "credits": "c",
    "issuer": "i",
    "issued": "a",
    "basis": "b",
    "replaces": "r",
}
SITE = "u"
# Crockford's alphabet: no letter that is read as a figure.
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_CODE_BYTES = 10  # 80 bits, sixteen figures
_ENTRY_BYTES = 12
_MISREAD = str.maketrans("OIL", "011")
_DOTS = str.maketrans("•・‧∙⋅", "·····")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}\Z")


class SealError(ValueError):
    """A token that nobody should believe; the text says why, in Chinese."""


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of `encode`; `SealError` for anything that `encode` would not have written."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        data = b""
    # The last character has bits to spare: without this, two texts would be one signature.
    if encode(data) != text:
        raise SealError("签名的写法不对")
    return data


def key_id(public: str) -> str:
    """What a public key is called: the beginning of its thumbprint (RFC 7638)."""
    return public_key(public).thumbprint()[:11]


def names(key: SigningKey) -> bool:
    """Whether a key's id is what its public key is called; not so either where that is no key at all."""

    def look() -> None:
        if key_id(key.public) != key.id:
            raise SealError("编号不是这把公钥的编号")

    return _is_good(f"{key.id} {key.public}", look)


def _is_good(what: str, look: Callable[[], object]) -> bool:
    """Whether `look` finds nothing to raise `ValueError` at. `what` is all that it depends on.

    What was found good is not looked at again with every change: the libraries alone take a while to load.
    """
    cache, name = open_cache(), f"seal/{digest(what)}"
    if name in cache.get([name]):
        return True
    try:
        look()
    except ValueError:
        return False
    cache.put({name: b"good"})
    return True


def public_key(public: str) -> OKPKey:
    """The key of a record, for joserfc.

    That is imported when it is needed: most commands look at no seal, and it takes time to load.
    """
    from joserfc.jwk import OKPKey

    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public})


def header(key: str) -> bytes:
    """The one header that a token of this key can have."""
    return b'{"alg":"%b","kid":"%b"}' % (ALGORITHM.encode(), key.encode())


def claims(entry: CertificateEntry, site: str) -> bytes:
    """What a certificate's seal covers: everything that is printed, and the site that vouches for it."""
    said = {short: value for name, short in CLAIMS.items() if (value := getattr(entry, name)) is not None}
    return msgspec.json.encode(said | {SITE: site})


def status_claims(status: Revocations, county: str, year: int, site: str, listed: str) -> bytes:
    """What a status list's seal covers; `county` is the code, `listed` the digest of the county's list.

    Reasons are not in it: they are nobody's business but the county's.
    """
    revoked = {each.number: [each.date, each.replaced_by] for each in status.revoked}
    said = {"v": county, "y": year, "q": status.sequence, "a": status.date, "k": listed, "x": revoked, SITE: site}
    return msgspec.json.encode(said)


def latest_day(entries: Iterable[CertificateEntry], status: Revocations) -> str:
    """The last day on which anything was issued or revoked (YYYY-MM-DD, or empty): a status is no older than that."""
    return max((*(each.issued for each in entries), *(each.date for each in status.revoked)), default="")


def joined(key: str, said: bytes, seal: str) -> str:
    """A token from its parts."""
    return f"{encode(header(key))}.{encode(said)}.{seal}"


def token(entry: CertificateEntry, site: str) -> str:
    """The token of a signed ledger row."""
    assert entry.key is not None
    assert entry.seal is not None
    return joined(entry.key, claims(entry, site), entry.seal)


def link(text: str, site: str) -> str:
    """The address that a certificate's code opens. What follows # never leaves the browser."""
    return f"{site}verify/#{text}"


def check_code(text: str) -> str:
    """The code that is printed for those without a camera; it depends on every character of the token."""
    figures = _figures(text)
    return "-".join(figures[start : start + 4] for start in range(0, len(figures), 4))


def _figures(text: str) -> str:
    """The check code without what separates."""
    return base64.b32encode(hashlib.sha256(text.encode()).digest()[:_CODE_BYTES]).decode().translate(_CROCKFORD)


def plain_code(typed: str) -> str:
    """A code as somebody typed it: capitals, without what separates, misread letters as the figures they are."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper()).translate(_MISREAD)


def plain_name(typed: str) -> str:
    """A name without what people write differently: spaces, and the dot in the middle."""
    return "".join(unicodedata.normalize("NFC", typed).translate(_DOTS).split())


def listed_as(number: str, code: str, name: str) -> str:
    """How a certificate stands in its county's list: 16 characters that give nothing away."""
    return _listed(number, plain_code(code), name)


def _listed(number: str, figures: str, name: str) -> str:
    text = f"{number}\n{figures}\n{plain_name(name)}"
    return encode(hashlib.sha256(text.encode()).digest()[:_ENTRY_BYTES])


def county_list(entries: Iterable[CertificateEntry], keys: Mapping[str, SigningKey]) -> str:
    """The county's list: every signed certificate of its ledger, sorted, one after the other.

    A number that has several rows, or that is not one of the row's microability, names no certificate and is left out.
    """
    rows = list(entries)
    times = Counter(each.number for each in rows)
    signed = (
        each
        for each in rows
        if each.seal and each.key in keys and times[each.number] == 1 and names_its_microability(each)
    )
    return "".join(
        sorted(_listed(each.number, _figures(token(each, keys[each.key or ""].site)), each.name) for each in signed)
    )


def names_its_microability(entry: CertificateEntry) -> bool:
    """Whether the number of a certificate is one of its microability."""
    return entry.number[10:13] == f"{entry.microability[:1]}{entry.microability[1:]:0>2}"


def digest(listed: str) -> str:
    """The digest of a county's list, which its status signs."""
    return encode(hashlib.sha256(listed.encode()).digest())


def opened(text: str, keys: Mapping[str, SigningKey]) -> tuple[dict[str, object], SigningKey]:
    """The claims of a token and the key that vouches for them; `SealError` when they are not to be believed.

    Whether the certificate is still in force, and whether the key was, is another question: see `unfit` and `pins`.
    """
    from joserfc import jws
    from joserfc.errors import JoseError

    if not _TOKEN.match(text):
        raise SealError("这不是完整的签名，可能少了一截或者抄错了")
    head, body, seal = text.split(".")
    try:
        named = msgspec.json.decode(decode(head), type=dict[str, str]).get("kid", "")
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SealError("签名的写法不对") from None
    key = keys.get(named)
    if key is None:
        raise SealError(f"不认识密钥 {named[:20]}：不是本站签发的，或者本站的公钥还没有更新")
    if decode(head) != header(key.id):
        raise SealError("签名的写法不对")
    said = decode(body)
    decode(seal)
    try:
        jws.deserialize_compact(text, public_key(key.public), algorithms=[ALGORITHM])
        found = msgspec.json.decode(said, type=dict[str, object])
    except (JoseError, ValueError):
        raise SealError("签名不对：内容被改过，或者不是本站签发的") from None
    if found.get(SITE) != key.site:
        raise SealError("这份签名是给别的网站的")
    return found, key


def against(key: SigningKey, signed: str, county: str | None = None, *, demo: bool | None = None) -> str | None:
    """What speaks against signing with a key on that day (for that county's path); None when nothing does."""
    if key.revoked:
        still = f"；{key.revoked.since} 以前登记的证书仍然有效" if key.revoked.since else ""
        return f"签发密钥 {key.id} 已于 {key.revoked.date} 作废，不能再用它签，换新的一把（--key）{still}"
    return unfit(key, signed, county, demo=demo)


def gone(key: SigningKey) -> str:
    """That a key is revoked, which it must be."""
    assert key.revoked is not None
    return f"签发密钥 {key.id} 已于 {key.revoked.date} 作废，它签过的都不再可信"


def unfit(key: SigningKey, signed: str, county: str | None = None, *, demo: bool | None = None) -> str | None:
    """What speaks against a key having signed on that day, but for its having been revoked since; see `pins`."""
    if signed < key.starts or (key.ends and signed > key.ends):
        return f"签发日期 {signed} 不在密钥 {key.id} 的有效期内"
    if county is not None and key.counties and county not in key.counties:
        return f"密钥 {key.id} 不能为这个县签发"
    if demo is not None and bool(key.demo) != demo:
        return "示范密钥只能签样张" if key.demo else "样张要用示范密钥签"
    return None


# A round is judged by several rules, and a ledger may have tens of thousands of rows.
_judged: WeakKeyDictionary[YearOfCounty, str | None] = WeakKeyDictionary()
_lists: WeakKeyDictionary[YearOfCounty, str] = WeakKeyDictionary()


def list_of(programme: Programme, round_: YearOfCounty) -> str:
    """The list of a county's round, made once: its status is judged, published, and covers it."""
    if round_ not in _lists:
        _lists[round_] = county_list(round_.ledger.data.certificates if round_.ledger else (), programme.keys)
    return _lists[round_]


def status_problem(programme: Programme, round_: YearOfCounty) -> str | None:
    """Why the county's status is not to be believed; None when it is signed and covers the ledger as it is.

    That its key was revoked since is another question: see `pins`.
    """
    if round_ not in _judged:
        _judged[round_] = _status_problem(programme, round_)
    return _judged[round_]


def _status_problem(programme: Programme, round_: YearOfCounty) -> str | None:
    if round_.status is None:
        return "县里还没有签署状态名单"
    status = round_.status.data
    key = programme.keys.get(status.key)
    if key is None:
        return f"状态名单用的密钥 {status.key} 不在公钥里"
    if problem := unfit(key, status.date, round_.county.path, demo=round_.county.data.demo):
        return f"状态名单：{problem}"
    token = status_token(programme, round_)
    if _is_good(f"{token} {key.id} {key.public} {key.site}", lambda: opened(token, programme.keys)):
        return None
    return "状态名单的签名不对：被改过，或者台账变了以后没有重签"


def lags(programme: Programme, round_: YearOfCounty) -> bool:
    """Whether the county's status covers the ledger less what was written last: then it only waits to be signed again.

    That is what a killed run leaves, whose rows all bear one day. A status that covers no such beginning of the ledger
    was changed, or rows of the ledger were lost or changed.
    """
    if round_.status is None or round_.ledger is None:
        return round_.status is None
    rows = round_.ledger.data.certificates
    listed = [county_list([row], programme.keys) for row in rows]
    left = sorted(listed)
    for row, entry in zip(reversed(rows), reversed(listed), strict=True):
        if row.issued != rows[-1].issued:
            break
        left.remove(entry)
        try:
            opened(status_token(programme, round_, "".join(left)), programme.keys)
        except SealError:
            continue
        return True
    return False


def status_token(programme: Programme, round_: YearOfCounty, listed: str | None = None) -> str:
    """The token of a county's status, which must be there: over its ledger, or over what is listed."""
    assert round_.status is not None
    status = round_.status.data
    listed = digest(list_of(programme, round_) if listed is None else listed)
    key = programme.keys.get(status.key)
    said = status_claims(status, round_.county.code_of(round_.year), round_.year, key.site if key else "", listed)
    return joined(status.key, said, status.seal)
