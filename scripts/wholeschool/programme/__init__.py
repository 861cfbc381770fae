"""The whole tree as one typed, indexed object; everything to the right of it asks only this."""

from wholeschool.programme.earlier import Earlier
from wholeschool.programme.programme import Programme, assemble
from wholeschool.programme.unit import Unit
from wholeschool.programme.years import YearOfCounty, YearOfSchool

__all__ = ["Earlier", "Programme", "Unit", "YearOfCounty", "YearOfSchool", "assemble"]
