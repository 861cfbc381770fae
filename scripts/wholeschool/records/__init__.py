"""Files into records: strict reading with places, JSON Schema with Chinese explanations, typed frozen structs."""

from wholeschool.records.kinds import Kind, Placed, kinds, placed
from wholeschool.records.load import Loaded, load
from wholeschool.records.record import Place, Record

__all__ = ["Kind", "Loaded", "Place", "Placed", "Record", "kinds", "load", "placed"]
