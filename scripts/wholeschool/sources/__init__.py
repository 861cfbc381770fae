"""Where the bytes come from: a working tree or a Git commit, behind one interface. Nothing is ever checked out."""

from wholeschool.sources.tree import CommitTree, Entry, MemoryTree, OverlaidTree, Tree, WorkingTree, open_tree

__all__ = ["CommitTree", "Entry", "MemoryTree", "OverlaidTree", "Tree", "WorkingTree", "open_tree"]
