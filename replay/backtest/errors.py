"""Errors of backtests.

ReplayError
 +- BacktestError        the backtest cannot be made
     +- TableError         the table of results cannot be used
     +- EngineError        what was to run the points is not there, or broke down
"""

from replay.errors import ReplayError


class BacktestError(ReplayError):
    """The backtest cannot be made."""


class TableError(BacktestError):
    """The table of results is damaged, foreign, or in use."""


class EngineError(BacktestError):
    """What was to run the points is not there, or broke down."""
