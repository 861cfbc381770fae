"""Whether a PDF is a certificate as it was made. It is drawn again, which takes all that draws certificates."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pikepdf

from wholeschool.certificates.typeset import ATTACHMENT, Design, Typesetter
from wholeschool.certificates.verification import UNKNOWN, Verdict, judge
from wholeschool.outcomes import seals
from wholeschool.outcomes.numbers import parse
from wholeschool.programme import Programme
from wholeschool.records.strange_pdf import opened
from wholeschool.records.structs import CertificateEntry

# A PDF of ours is a tenth of this.
_MAX_BYTES = 2_000_000


def judge_pdf(programme: Programme, file: Path, today: str) -> Verdict:
    """A PDF: the signed record in it, and that the file is, byte for byte, what that record gives."""
    found = _read(file)
    if found is None:
        return Verdict(UNKNOWN, f"{file.name} 不是本程序生成的证书，或者已经损坏")
    data, token = found
    verdict = judge(programme, token, today)
    if verdict.state == UNKNOWN:
        return verdict
    if data != _made_again(programme, token):
        reason = (
            "签名是真的，但文件不是原样：改动过，或者是用别的字体、别的版本生成的；以下面的内容为准，与纸面逐项核对"
        )
        return verdict._replace(state=UNKNOWN, reason=reason)
    return verdict


def token_in(file: Path) -> str | None:
    """The signed record in a PDF, whether it is to be believed or not; None where it has none."""
    found = _read(file)
    return found[1] if found else None


def _read(file: Path) -> tuple[bytes, str] | None:
    """The bytes of a PDF and the signed record in it; None where that cannot be had."""
    try:
        data = file.read_bytes() if file.stat().st_size <= _MAX_BYTES else b""
        with opened(data) as pdf:
            return data, bytes(pdf.attachments[ATTACHMENT].get_file().read_bytes()).decode("ascii")
    except (OSError, pikepdf.PdfError, KeyError, ValueError, AttributeError, TypeError):
        return None


def _made_again(programme: Programme, token: str) -> bytes:
    found, key = seals.opened(token, programme.keys)
    said = {name: found[short] for name, short in seals.CLAIMS.items() if short in found}
    seal = token.rpartition(".")[2]
    row = {"teacher": "", "school_code": "", "key": key.id, "seal": seal} | said
    entry = msgspec.convert(row, CertificateEntry)
    design = Design.of(programme, bool(key.demo), parse(entry.number).year)
    return Typesetter([entry], design).pdf([entry])
