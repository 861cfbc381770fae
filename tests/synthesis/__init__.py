"""A seeded generator of whole programmes of any size: fictional units, fictional people, valid records."""

from tests.synthesis.build import build, write_tree
from tests.synthesis.writing import write

__all__ = ["build", "write", "write_tree"]
