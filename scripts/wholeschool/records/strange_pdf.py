"""A PDF from somebody else, opened so that a small file cannot fill the memory."""

from __future__ import annotations

import io

import pikepdf

MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes of a stream."""


def opened(data: bytes) -> pikepdf.Pdf:
    """The document. Raises pikepdf's errors: here, or where a stream of it that is too long is unpacked."""
    # qpdf unpacks by itself what it needs to find its way; its own limits, which are the process's, hold for that.
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MOST_UNPACKED, run_length_max_memory=MOST_UNPACKED, png_max_memory=MOST_UNPACKED
    )
    return pikepdf.open(io.BytesIO(data), suppress_warnings=True, attempt_recovery=False)
