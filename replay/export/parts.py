"""Where the rows of a span stand: in the store's Parquet files, or in temporary ones made from the log."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from actors.store import archive, manifest
from actors.store.errors import StoreError
from actors.store.manifest import Manifest, store_dir
from actors.store.tables import Table
from messages.errors import LogError
from messages.log import LogReader
from messages.log.format import segment_name
from messages.log.segments import list_segments
from replay.errors import ReplayError
from replay.export.span import Span
from replay.export.spill import Spill
from replay.export.stored import hole, stored
from replay.records import Tell, read_on

MOST_READ_ROWS = 8192
READ_BYTES = 1 * 1024 * 1024
"""Of rows at once, from each of the files that are read side by side."""
Chain = tuple[str, str]
"""(log, series) of files that follow each other; no series: made from the log itself."""
Note = Callable[[str], None]


class Parts:
    """The files that hold the rows of a span, table by table."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._chains: dict[str, dict[Chain, list[Path]]] = {table.name: {} for table in span.tables}
        self.rows = dict.fromkeys(self._chains, 0)
        """In the files of each table; more than in the span where it begins or ends within a file."""

    def add(self, table: str, chain: Chain, path: Path, rows: int) -> None:
        """Take one more file, whose rows stand behind those of the chain so far."""
        self._chains[table].setdefault(chain, []).append(path)
        self.rows[table] += rows

    def streams(self, table: Table) -> list[Iterator[pa.RecordBatch]]:
        """The rows of the span, chain by chain, each in the order of its log. They raise ReplayError."""
        chains = self._chains[table.name]
        return [self._read(chains[key], table) for key in sorted(chains)]

    def _read(self, paths: Sequence[Path], table: Table) -> Iterator[pa.RecordBatch]:
        span = (self._span.from_ns, self._span.to_ns)
        for path in paths:
            try:
                file = pq.ParquetFile(path)
            except FileNotFoundError:
                message = f"{path} was deleted meanwhile, as the store's limits ask for; try again"
                raise ReplayError(message) from None
            with file:
                for batch in file.iter_batches(_rows_at_once(file.metadata)):
                    first, last = batch.column("at_ns").to_numpy().searchsorted(span).tolist()
                    if first < last:
                        rows = batch.slice(first, last - first)
                        yield pa.RecordBatch.from_arrays(rows.columns, schema=table.schema)


def find(data_dir: Path, span: Span, folder: Path, tell: Tell, note: Note) -> Parts:
    """Find the rows of a span; what stands in no Parquet file of this version is put into temporary ones.

    folder: for those, empty. note: is told in sentences what is damaged or missing. Raises ReplayError.
    """
    parts = Parts(span)
    standing = {log.name for log in (data_dir / "log").glob("*/")}
    names = sorted({*standing, *manifest.logs(data_dir)})
    for done, log in enumerate(names):
        in_store = stored(data_dir, log, span)
        for sentence in in_store.notes:
            note(sentence)
        for one in in_store.sound:
            for file in span.files(one):
                parts.add(file.table, (log, file.series), store_dir(data_dir) / file.path, file.rows)
        with Spill(folder, log, span.tables) as spill:
            for one in in_store.others:
                _read_archive(data_dir, one, span, folder / log, spill, note)
            known = sorted((one.first_seq, one.next_seq) for one in (*in_store.sound, *in_store.others))
            _read_log(data_dir / "log" / log, known, span, spill, note)
            for file_ in spill.files():
                parts.add(file_.table, (log, ""), file_.path, file_.rows)
        tell((done + 1) / len(names))
    return parts


def _rows_at_once(metadata: pq.FileMetaData) -> int:
    groups = range(metadata.num_row_groups)
    bytes_ = sum(metadata.row_group(group).total_byte_size for group in groups)
    return int(max(1, min(MOST_READ_ROWS, READ_BYTES * metadata.num_rows // max(1, bytes_))))


def _read_archive(data_dir: Path, one: Manifest, span: Span, log_dir: Path, spill: Spill, note: Note) -> None:
    log_dir.mkdir(exist_ok=True)
    segment = log_dir / segment_name(one.first_seq)
    try:
        archive.unpack(data_dir, one, segment)
    except (StoreError, OSError) as error:
        raise ReplayError(str(error)) from None
    _read_log(log_dir, [], span, spill, note)
    segment.unlink()


def _read_log(log_dir: Path, known: Sequence[tuple[int, int]], span: Span, spill: Spill, note: Note) -> None:
    """Spill the records of the span, but for the stretches that are known: (first, behind the last)."""
    firsts = [first for first, _ in known]
    with LogReader(log_dir) as reader:
        end = _seek(reader, span.to_ns, reader.seek_end)
        _seek(reader, span.from_ns, reader.seek_start)
        while (seq := reader.next_seq) < end:
            following = bisect_right(firsts, seq)
            if following and seq < known[following - 1][1]:
                reader.seek_seq(known[following - 1][1])
                continue
            bound = min(end, firsts[following]) if following < len(firsts) else end
            records, missing = read_on(log_dir.name, reader, span.kinds)
            spill.add([record for record in records if record.seq < bound])
            if missing is not None and reader.drained:
                # A whole segment that cannot be read; those behind it may be.
                later = [first for first in list_segments(log_dir) if missing.first < first < end]
                reader.seek_seq(later[0] if later else end)
                missing = missing._replace(last=reader.next_seq - 1)
            if missing is not None and missing.first < bound:
                note(hole(log_dir.name, missing.first, min(missing.last, bound - 1), missing.why))
            if reader.drained and reader.next_seq <= bound:
                return
            if reader.next_seq > bound:
                reader.seek_seq(bound)


def _seek(reader: LogReader, at_ns: int, otherwise: Callable[[], None]) -> int:
    """Go to a time, or to where nothing is left out if damage is in the way of finding it."""
    try:
        reader.seek_time(at_ns)
    except LogError:
        otherwise()
    return reader.next_seq
