"""Errors of the store.

StoreError                 one sentence: which file, and what is wrong with it
 +- ForeignManifestError     not a manifest of this program, or of a later version
 +- DamagedManifestError     it was written whole and does not read whole any more
 +- DamagedArchiveError      an archive is not what its manifest says
 +- DamagedTableError        a Parquet file is not what its manifest says
 +- ClickHouseError          the server cannot be reached, or refuses
"""

from actors.errors import ActorsError


class StoreError(ActorsError):
    """Something is wrong with a file of the store."""

    fault = "machine"


class ForeignManifestError(StoreError):
    """Not a manifest of this program, or of a later version."""


class DamagedManifestError(StoreError):
    """It was written whole and does not read whole any more."""


class DamagedArchiveError(StoreError):
    """An archive is missing, cut off, or not what its manifest says."""


class DamagedTableError(StoreError):
    """A Parquet file is not what its manifest says."""


class ClickHouseError(StoreError):
    """The ClickHouse server cannot be reached, or refuses. Shows no password."""
