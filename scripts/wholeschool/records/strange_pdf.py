"""A PDF from somebody else, opened so that a small file cannot fill the memory."""

from __future__ import annotations

import io
import re

import pikepdf

MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes of a stream."""

# Names may be written with escapes, and comments stand wherever white space does (ISO 32000-1, 7.2.3 and 7.3.5).
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_LZW = re.compile(rb"/LZW(?:Decode)?(?![A-Za-z0-9])")
_FILTER = re.compile(rb"/Filter(?![A-Za-z0-9])")
_COMMENT = re.compile(rb"%[^\r\n]*")
# More than any list of filters is long.
_FILTERS = 300


def opened(data: bytes) -> pikepdf.Pdf:
    """The document. Raises pikepdf's errors: here, or where a stream of it that is too long is unpacked."""
    # qpdf unpacks by itself what it needs to find its way; its own limits, which are the process's, hold for that.
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MOST_UNPACKED, run_length_max_memory=MOST_UNPACKED, png_max_memory=MOST_UNPACKED
    )
    if _may_unpack_without_limit(data):
        raise pikepdf.PdfError("limit exceeded: LZWDecode")
    return pikepdf.open(io.BytesIO(data), suppress_warnings=True, attempt_recovery=False)


def _may_unpack_without_limit(data: bytes) -> bool:
    """Whether a stream may be packed by LZW, which no program has written for twenty years and qpdf does not limit.

    The dictionary of a stream stands in the open. A filter that is named somewhere else may be anything.
    """
    text = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)
    return bool(_LZW.search(text)) or any(
        _is_elsewhere(text[found.end() : found.end() + _FILTERS]) for found in _FILTER.finditer(text)
    )


def _is_elsewhere(behind: bytes) -> bool:
    """Whether what stands behind `/Filter` is no name and no list of names, or not to be seen within reach."""
    said = _COMMENT.sub(b" ", behind).lstrip(b"\0\t\n\f\r ")
    if not said.startswith(b"["):
        return not said.startswith(b"/")
    names, ended, _ = said[1:].partition(b"]")
    listed = names.replace(b"\0", b" ").replace(b"/", b" /").split()
    return not ended or any(not each.startswith(b"/") for each in listed)
