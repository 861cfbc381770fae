"""A seeded generator of whole programmes of any size: fictional units, fictional people, valid records."""
