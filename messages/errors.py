"""Errors of the messages package.

MessagesError
 +- LogError              something is wrong with a log on disk
 |   +- CorruptLogError     bytes that were written whole no longer read whole
 |   +- ForeignLogError     not a log of ours, or of a version from the future
 |   +- LogLockedError      another process writes this log
 |   +- LogGoneError        the record asked for was deleted by retention
 |   +- DiskFullError       nothing more fits; nothing was half-written
 |   +- UnwritableLogError  the system refuses to write, for another reason than room
 +- UnknownKindError      a record of a kind that this version does not know
"""


class MessagesError(Exception):
    """Root of everything this package raises on purpose."""


class LogError(MessagesError):
    """Something is wrong with a log on disk. fault: what an actor that ends by it tells the supervisor."""

    fault = "machine"


class CorruptLogError(LogError):
    """Bytes of a record that was written whole no longer read whole."""

    def __init__(self, path: str, offset: int, next_seq: int, what: str) -> None:
        self.path = path
        self.offset = offset
        self.next_seq = next_seq
        super().__init__(f"{path} is damaged at byte {offset}, at record {next_seq}: {what}")


class ForeignLogError(LogError):
    """Not a log of ours, or written by a later version."""


class LogLockedError(LogError):
    """Another process holds this log for writing."""


class LogGoneError(LogError):
    """The record asked for is no longer (or not yet) in the log."""


class DiskFullError(LogError):
    """The disk takes no more; what was to be appended is not in the log, not even in part."""


class UnwritableLogError(LogError):
    """The system refuses to write, for another reason than room; nothing of the append is in the log."""


class UnknownKindError(MessagesError):
    """A record of a kind that this version does not know."""
