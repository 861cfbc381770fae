"""wholeschool (整校推进): a province's teacher-ICT programme, run out of a Git repository."""

__version__ = "0.1.0"
