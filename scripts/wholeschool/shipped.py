"""Where what the program reads besides its own modules lies: schemas, handbook, examples of rules and records.

In a checkout these are the folders at its top, which people edit. A wheel takes them along, in a folder of the package
(`scripts/shipping.py` puts them there), so that an installed program needs no checkout.
"""

from __future__ import annotations

from pathlib import Path

_INSIDE = Path(__file__).with_name("shipped")
HOME = _INSIDE if _INSIDE.is_dir() else Path(__file__).parents[2]
"""The folder that holds `schemas/`, `docs/`, `mkdocs.yml`, `tests/cases/` and `submissions/`."""
