"""Errors of fitting.

FitError                 there is nothing to fit, or to test on
 +- OverlapError         the test would begin before the training ends
"""

from replay.errors import ReplayError


class FitError(ReplayError):
    """There is nothing to fit, or to test on; says how much there is."""


class OverlapError(FitError):
    """The test would begin before the training ends."""
