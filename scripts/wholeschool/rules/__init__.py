"""The rules of the guidance: one module per theme, one generator per rule."""

from wholeschool.rules.registry import Rule, all_rules, check

__all__ = ["Rule", "all_rules", "check"]
