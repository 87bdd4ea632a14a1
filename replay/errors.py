"""Errors of the replay package.

ReplayError               one sentence for people: what cannot be done, and why
 +- UnknownSessionError     there is no such session in the data folder
 +- UnknownNameError        nothing bears this name
 +- UnknownRecordError      there is no such record, or none that can be explained
 +- DamagedRecordError      the record is there, and does not read whole any more
 +- UnreadableRecordingError  what is only in the store cannot be brought back
 +- ForeignSettingsError    an actor cannot be built again with the settings that it ran with
"""


class ReplayError(Exception):
    """Root of everything this package raises on purpose."""


class UnknownSessionError(ReplayError):
    """There is no such session in the data folder."""


class UnknownNameError(ReplayError):
    """Neither a number nor the name of anything that can be explained."""


class UnknownRecordError(ReplayError):
    """There is no such record, or none that can be explained."""


class DamagedRecordError(ReplayError):
    """The record does not read whole any more."""


class UnreadableRecordingError(ReplayError):
    """A file of the store is damaged, foreign or of a later version, or there is no room to unpack it."""


class ForeignSettingsError(ReplayError):
    """This version does not know them, or a file that they name is not there any more."""
