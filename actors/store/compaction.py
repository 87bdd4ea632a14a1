"""One closed segment of a log -> Parquet tables, archive, manifest.

Every file is written beside its place, brought to the disk and then named; the manifest comes last and is
the commit. A try cut short at any moment leaves nothing that counts, and the next one makes the same bytes.
"""

import ctypes
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec.structs import astuple

from actors.store import archive
from actors.store.manifest import (
    FORMAT,
    VERSION,
    Damage,
    Manifest,
    Start,
    StoredFile,
    TableFile,
    encode,
    path_of,
    store_dir,
)
from actors.store.placing import digest, make_folder, place, unfinished
from actors.store.tables import BY_NAME, Key, batches, folder
from messages import ActorStarted
from messages.errors import CorruptLogError, ForeignLogError
from messages.log import LogReader, Record
from messages.log.format import segment_name

STEP_RECORDS: Final = 5000
ROW_GROUP_ROWS: Final = 131_072
MOST_WAITING_BYTES: Final = 48 * 1024 * 1024
"""Rows that wait in memory for a row group to become full, over all tables of the segment."""


def compact(data_dir: Path, log: str, first_seq: int, next_seq: int) -> Generator[None, None, Manifest]:
    """Store the closed segment from first_seq up to next_seq, where the one behind it begins.

    A generator that does a fraction of a second of work a step and returns the manifest that it committed.
    Damage in the segment is stepped over and named there. Raises OSError (a full disk, above all) and
    DamagedArchiveError; then all is as it was, but for files that the next try overwrites.
    """
    tables = _Tables(data_dir, log, first_seq)
    scan = _Scan(data_dir / "log" / log, first_seq, next_seq)
    segment = scan.log_dir / segment_name(first_seq)
    archived = archive.path_of(data_dir, log, first_seq)
    committed = path_of(data_dir, log, first_seq)
    make_folder(archived.parent)
    make_folder(committed.parent)
    try:
        for records in scan.records():
            tables.add(batches(log, records))
            yield
        written = yield from archive.write(segment, archived)
        stored = []
        for file in tables.files():
            stored.append(file)
            yield
        place([*(store_dir(data_dir) / file.path for file in stored), archived])
        yield
        mtime_ns = segment.stat().st_mtime_ns
        manifest = Manifest(
            format=FORMAT,
            version=VERSION,
            log=log,
            first_seq=first_seq,
            next_seq=next_seq,
            from_ns=scan.from_ns or mtime_ns,
            to_ns=scan.to_ns or mtime_ns,
            records=scan.kinds.total(),
            kinds=dict(sorted(scan.kinds.items())),
            segment_bytes=written.segment_bytes,
            segment_sha256=written.segment_sha256,
            archive=StoredFile(
                archived.relative_to(store_dir(data_dir)).as_posix(), written.bytes, written.sha256
            ),
            tables=stored,
            starts=scan.starts,
            damage=scan.damage,
        )
        unfinished(committed).write_bytes(encode(manifest))
        place([committed])
    finally:
        tables.close()
        for path in (archived, committed):
            unfinished(path).unlink(missing_ok=True)
    return manifest


def give_memory_back() -> None:
    """Let the system have what compacting took and does not need between segments."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # glibc keeps what was freed
        trim(0)


class _Scan:
    """Reads a segment once and notes what the manifest says of it."""

    def __init__(self, log_dir: Path, first_seq: int, next_seq: int) -> None:
        self.log_dir = log_dir
        self._first_seq = first_seq
        self._next_seq = next_seq
        self.from_ns = 0
        self.to_ns = 0
        self.kinds: Counter[int] = Counter()
        self.starts: list[Start] = []
        self.damage: list[Damage] = []

    def records(self) -> Iterator[list[Record]]:
        """The sound records, a few thousand at a time. Raises FileNotFoundError."""
        with LogReader(self.log_dir) as reader:
            reader.seek_segment(self._first_seq)
            while (seq := reader.next_seq) < self._next_seq:
                try:
                    records = reader.read(min(STEP_RECORDS, self._next_seq - seq))
                except CorruptLogError as error:
                    lost = reader.skip_damage()
                    is_stuck = not lost and bool(self.damage) and self.damage[-1].first == seq
                    end = self._next_seq if is_stuck else min(seq + lost, self._next_seq)
                    self.damage.append(Damage(seq, end - 1, str(error).removeprefix(f"{error.path} is ")))
                    if is_stuck:
                        return
                except ForeignLogError as error:
                    why = str(error).removeprefix(f"{self.log_dir}/")
                    self.damage.append(Damage(seq, self._next_seq - 1, why))
                    return
                else:
                    if not records:  # the segments behind it were taken away meanwhile
                        self.damage.append(Damage(seq, self._next_seq - 1, "the segment ends before it"))
                        return
                    self._note(records)
                    yield records

    def _note(self, records: list[Record]) -> None:
        self.from_ns = self.from_ns or records[0].at_ns
        self.to_ns = records[-1].at_ns
        self.kinds.update(record.kind for record in records)
        for record in records:
            if record.kind == ActorStarted.kind:
                started = record.message()
                if isinstance(started, ActorStarted):
                    self.starts.append(Start(record.seq, record.at_ns, *astuple(started)))


class _Tables:
    """The Parquet files of one segment while they are written."""

    def __init__(self, data_dir: Path, log: str, first_seq: int) -> None:
        self._root = store_dir(data_dir)
        self._name = f"{log}-{first_seq:020d}.parquet"
        self._writers: dict[Key, pq.ParquetWriter] = {}
        self._rows: Counter[Key] = Counter()
        self._waiting: dict[Key, list[pa.RecordBatch]] = {}
        self._waiting_rows: Counter[Key] = Counter()
        self._waiting_bytes: Counter[Key] = Counter()

    def add(self, found: dict[Key, pa.RecordBatch]) -> None:
        """Take rows in; write the row groups that are full, and the largest where too much waits."""
        for key, rows in found.items():
            self._waiting.setdefault(key, []).append(rows)
            self._waiting_rows[key] += rows.num_rows
            self._waiting_bytes[key] += rows.nbytes
            if self._waiting_rows[key] >= ROW_GROUP_ROWS:
                self._write(key)
        while self._waiting_bytes.total() > MOST_WAITING_BYTES:
            self._write(max(self._waiting, key=lambda key: (self._waiting_bytes[key], key)))

    def files(self) -> Iterator[TableFile]:
        """Finish the files, one a step; `unfinished` is still their name."""
        for key in sorted({*self._writers, *self._waiting}):
            if key in self._waiting:
                self._write(key)
            self._writers.pop(key).close()
            path = self._path(key)
            written = unfinished(path)
            yield TableFile(
                *key,
                rows=self._rows[key],
                path=path.relative_to(self._root).as_posix(),
                bytes=written.stat().st_size,
                sha256=digest(written),
            )

    def close(self) -> None:
        """Remove what is unfinished."""
        for writer in self._writers.values():
            writer.close()
        for key in self._rows:
            unfinished(self._path(key)).unlink(missing_ok=True)

    def _write(self, key: Key) -> None:
        rows = pa.Table.from_batches(self._waiting.pop(key))
        self._waiting_rows[key] = self._waiting_bytes[key] = 0
        writer = self._writers.get(key)
        if writer is None:
            path = self._path(key)
            make_folder(path.parent)
            writer = pq.ParquetWriter(unfinished(path), **BY_NAME[key[0]].parquet)
            self._writers[key] = writer
        self._rows[key] += rows.num_rows
        writer.write_table(rows, row_group_size=ROW_GROUP_ROWS)

    def _path(self, key: Key) -> Path:
        return self._root / "tables" / folder(key) / self._name
