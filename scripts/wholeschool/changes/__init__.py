"""What a change brings: its own findings, the rules that only a change can break, and what merging it does."""

from wholeschool.changes.proposal import Author, Proposal, change_rules, check_change, new_to

__all__ = ["Author", "Proposal", "change_rules", "check_change", "new_to"]
