"""Errors that end a command (exit status 2); what is wrong with a *record* is a `Finding`, never an exception."""

import zipfile
import zlib

# By NotImplementedError zipfile means a way of compressing that it does not know, by RuntimeError a password.
DAMAGED_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What reading somebody's zip file raises: none of it is our mistake, all of it means that the file is no good."""


class WholeschoolError(Exception):
    """Base of everything raised on purpose; its text is one Chinese sentence for the person at the terminal."""


class UsageError(WholeschoolError):
    """The command was asked for something that cannot be done as asked: an unknown path, unit or kind."""


class RepositoryError(WholeschoolError):
    """The folder or revision cannot be read as a programme: no `submissions/`, not a Git repository, no such commit."""


class BuildError(WholeschoolError):
    """A product (site, certificates) could not be made; what was there before is untouched."""
