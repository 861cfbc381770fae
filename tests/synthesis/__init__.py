"""A seeded generator of whole programmes of any size: fictional units, fictional people, valid records."""

from tests.synthesis.writing import write

__all__ = ["write"]
