"""What can go wrong with a collection on disk; each error names the thing, the place and the next step.

ArchiveError
 +-- CollectionError       the folder is not usable as a collection
 |    +-- CollectionBusyError   another run holds it
 |    +-- OldCatalogueError     its catalogue must be brought up to date by somebody who may write
 +-- WriteError            bytes could not be made durable; the run must stop
 +-- DamageError           bytes on disk are not what was promised
 +-- NotAWarcError         a file that was handed in is no WARC file
 +-- SidecarError          a sidecar does not fit its schema or its place
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Base of all errors of this package."""


class CollectionError(ArchiveError):
    """The folder cannot be used as a collection."""


class CollectionBusyError(CollectionError):
    """Another process holds the collection's lock."""


class OldCatalogueError(CollectionError):
    """The catalogue is of an earlier format; whoever opens it for writing brings it up to date."""


class WriteError(ArchiveError):
    """Something could not be written durably. Nothing after it may be called done."""


class DamageError(ArchiveError):
    """A file says something else than was promised when it was written."""


class SidecarError(ArchiveError):
    """A sidecar is not valid, or its place would lie outside the collection."""


class NotAWarcError(ArchiveError):
    """A file that was handed in is no WARC file; the message says what it is, where that is known."""
