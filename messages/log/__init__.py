"""The append-only log: what an actor says is here before anybody hears it."""

from messages.log.format import Record
from messages.log.reader import LogReader
from messages.log.retention import Retention
from messages.log.writer import LogSettings, LogWriter

__all__ = ["LogReader", "LogSettings", "LogWriter", "Record", "Retention"]
