"""Certificates: issued into the ledger, and from it to PDF, one for each row and one print file for each school.

What draws them (`batch`, `pdf_verification`) takes seconds to load; who only issues
or looks one up does not wait for it.
"""

from wholeschool.certificates.issue import put_down, signed_files, sole_issuer

__all__ = ["put_down", "signed_files", "sole_issuer"]
