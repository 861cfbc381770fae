"""What a change brings: its own findings, the rules that only a change can break, and what merging it does."""

from wholeschool.changes.proposal import Proposal, change_rules, check_change

__all__ = ["Proposal", "change_rules", "check_change"]
