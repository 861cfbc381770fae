"""The whole tree as one typed, indexed object; everything to the right of it asks only this."""

from wholeschool.programme.programme import Programme, Unit, YearOfCounty, YearOfSchool, assemble

__all__ = ["Programme", "Unit", "YearOfCounty", "YearOfSchool", "assemble"]
