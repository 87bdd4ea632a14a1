"""Streams of rows, each in the order of its log -> one stream in the order of time."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

ORDER = [("at_ns", "ascending"), ("log", "ascending"), ("seq", "ascending")]


def merged(streams: Sequence[Iterator[pa.RecordBatch]]) -> Iterator[pa.Table]:
    """Merge by append time, then log, then number. Holds about one batch of each stream at a time.

    Each stream's append times never fall, and all batches are of one schema.
    """
    sources = [_Source(stream) for stream in streams]
    while waiting := [source for source in sources if source.read()]:
        # Rows of the least of the last times may go on in a batch that is still to be read.
        bound_ns = min(source.last_ns for source in waiting)
        parts = [part for source in waiting if (part := source.take_before(bound_ns)).num_rows]
        if parts:
            yield _in_order(parts)
        else:
            yield from _of_one_moment(waiting, bound_ns)


def _of_one_moment(sources: Sequence["_Source"], at_ns: int) -> Iterator[pa.Table]:
    """Rows that were all appended at the same time: log by log, as many as there are."""
    parts: list[pa.RecordBatch] = []
    for source in sources:
        while source.read() and source.first_ns == at_ns:
            parts.append(source.take_before(at_ns + 1))
    yield _in_order(parts)


class _Source:
    """One stream, and what was read of it and not yet taken."""

    def __init__(self, stream: Iterator[pa.RecordBatch]) -> None:
        self._stream = stream
        self._rows: pa.RecordBatch = pa.record_batch({})
        self._at_ns = np.empty(0, np.int64)

    @property
    def first_ns(self) -> int:
        return int(self._at_ns[0])

    @property
    def last_ns(self) -> int:
        return int(self._at_ns[-1])

    def read(self) -> bool:
        """Have something to take, if there is anything left."""
        while not len(self._at_ns):
            rows = next(self._stream, None)
            if rows is None:
                return False
            self._rows, self._at_ns = rows, rows.column("at_ns").to_numpy()
        return True

    def take_before(self, at_ns: int) -> pa.RecordBatch:
        """What was read and was appended before a time."""
        count = int(np.searchsorted(self._at_ns, at_ns))
        taken = self._rows.slice(0, count)
        self._rows, self._at_ns = self._rows.slice(count), self._at_ns[count:]
        return taken


def _in_order(parts: Sequence[pa.RecordBatch]) -> pa.Table:
    rows = pa.Table.from_batches(parts)
    return rows if len(parts) == 1 else rows.sort_by(ORDER)
