"""Certificates: from the ledger to PDF, one for each row and one print file for each school."""

from wholeschool.certificates.batch import Rendered, render_all
from wholeschool.certificates.issue import put_down, signed_files, sole_issuer
from wholeschool.certificates.typeset import Typesetter

__all__ = ["Rendered", "Typesetter", "put_down", "render_all", "signed_files", "sole_issuer"]
