"""Writing a log: one writer, one `write` an append."""

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import msgspec

from messages.base import Message
from messages.codec import encode
from messages.errors import DiskFullError, LogError, LogLockedError, UnwritableLogError
from messages.log.durable import sync_file, sync_folder
from messages.log.format import (
    LAST,
    MORE,
    MOST_PAYLOAD_BYTES,
    SEGMENT_HEADER,
    check_segment_header,
    pack_record,
    pack_segment_header,
    segment_name,
)
from messages.log.recovery import NEVER_NS, recover
from messages.log.retention import Retention, deletable

RETENTION_EVERY_S = 60.0
FREE_CHECK_EVERY_S = 1.0


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How logs are kept.

    segment_bytes: a new file is begun behind this size. segment_s: and with the first append this long after
    the file's first, so that quiet logs come to closed files too; 0: never. fsync_s: at most this much is
    lost to a power cut. most_bytes, most_age_s: retention, 0 without limit. least_free_bytes: appending
    stops, loudly, while the disk has less than this.
    """

    segment_bytes: int = 64 * 1024 * 1024
    fsync_s: float = 1.0
    most_bytes: int = 0
    most_age_s: float = 0.0
    least_free_bytes: int = 64 * 1024 * 1024
    segment_s: float = 3600.0

    def __post_init__(self) -> None:
        if self.segment_bytes <= SEGMENT_HEADER.size:
            message = f"segment_bytes must be more than {SEGMENT_HEADER.size}, not {self.segment_bytes}"
            raise ValueError(message)
        if not 0.001 <= self.fsync_s <= 3600:
            message = f"fsync_s must lie between 0.001 and 3600 seconds, not at {self.fsync_s}"
            raise ValueError(message)
        for name in ("most_bytes", "most_age_s", "least_free_bytes", "segment_s"):
            if not getattr(self, name) >= 0:
                message = f"{name} must not be below 0"
                raise ValueError(message)


class LogWriter:
    """The one writer of a log.

    An append is in the file, whole, when `append` returns: a SIGKILL of this process loses nothing that
    was appended, a power cut at most the last `fsync_s`. An append that was cut short is not there at
    all. Appends are ordered; sequence numbers count from 1 without holes over all restarts; append
    times never fall.

    Not for use by several threads. Raises LogLockedError if another process writes this log,
    DiskFullError, UnwritableLogError, ForeignLogError, CorruptLogError.
    """

    def __init__(self, log_dir: Path, settings: LogSettings | None = None) -> None:
        self._dir = log_dir
        self._settings = settings or LogSettings()
        self._segment_ns = int(self._settings.segment_s * 1e9) or NEVER_NS
        self._began_ns = NEVER_NS
        """Append time of the segment's first record."""
        self._fd = -1
        self._next_check_s = 0.0
        self._is_torn = False
        self._is_dirty = False
        self._sync_error: OSError | None = None
        self._fd_swap = threading.Lock()
        self._closing = threading.Event()
        self._has_rolled = False
        try:
            log_dir.mkdir(parents=True, exist_ok=True)
            self._lock_fd = self._lock()
        except OSError as error:
            raise _write_error(log_dir, error) from error
        try:
            end = recover(log_dir)
            self.next_seq = end.next_seq
            """Sequence number of the next record."""
            self.last_at_ns = end.last_at_ns
            """Append time of the newest record; 0 for a new log."""
            if end.path is None:
                self._begin_segment()
                sync_folder(log_dir.parent)
            else:
                self._fd = os.open(end.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
                self._size, self._salt = end.size, end.salt
                self._began_ns = end.segment_from_ns
        except BaseException as error:
            if self._fd >= 0:
                os.close(self._fd)
            os.close(self._lock_fd)
            if isinstance(error, OSError):
                raise _write_error(log_dir, error) from error
            raise
        # fsync may stall for long on a busy disk, so it has a thread of its own: appends never wait.
        self._syncer = threading.Thread(target=self._sync_loop, name="log-sync", daemon=True)
        self._syncer.start()

    def append(self, messages: Sequence[Message], at_ns: int) -> int:
        """Append messages in one write; return the sequence number of the first.

        at_ns: now, ns since the epoch. All of them are in the log then, or, if it raises, none: no
        crash and no full disk ever leaves a part. Raises DiskFullError; UnwritableLogError, also for an
        fsync that failed since the last append; ValueError for a message that encodes to over 64 MiB.
        """
        if self._size >= self._settings.segment_bytes or at_ns >= self._began_ns + self._segment_ns:
            self._roll()
        seq = first = self.next_seq
        last = first + len(messages) - 1
        at_ns = max(at_ns, self.last_at_ns)
        salt = self._salt
        records = []
        for message in messages:
            payload = encode(message)
            if len(payload) > MOST_PAYLOAD_BYTES:
                too_large = f"a {type(message).__name__} of {len(payload)} bytes is too large for a log"
                raise ValueError(too_large)
            records.append(
                pack_record(salt, LAST if seq == last else MORE, message.kind, seq, at_ns, payload)
            )
            seq += 1
        self._write(b"".join(records))
        if self._began_ns == NEVER_NS and records:
            self._began_ns = at_ns
        self.next_seq = seq
        self.last_at_ns = at_ns
        return first

    def close(self) -> None:
        """Bring everything to the disk and let go of the log. Raises DiskFullError, UnwritableLogError."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._syncer.join()
        try:
            sync_file(self._fd)
        except OSError as error:
            raise _write_error(self._dir, error) from error
        finally:
            os.close(self._fd)
            os.close(self._lock_fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lock(self) -> int:
        fd = os.open(self._dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(fd, 20, 0).decode(errors="replace").strip() or "unknown"
            os.close(fd)
            message = f"{self._dir} is being written by another process (pid {holder}); stop that one first"
            raise LogLockedError(message) from None
        with contextlib.suppress(OSError):  # the pid is for people; a full disk may lack room for it
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        return fd

    # -- files

    def _begin_segment(self) -> None:
        # The file has its name only when it is whole, and is written to only when it has its name.
        path = self._dir / segment_name(self.next_seq)
        temporary = path.with_suffix(".new")
        header = pack_segment_header(self.next_seq, time.time_ns())
        fd = os.open(temporary, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        try:
            if os.write(fd, header) != len(header):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync_file(fd)
            temporary.replace(path)
        except OSError:
            os.close(fd)
            raise
        with self._fd_swap:
            full, self._fd = self._fd, fd
            if full >= 0:
                os.close(full)
        self._size = len(header)
        self._began_ns = NEVER_NS
        self._salt = check_segment_header(str(path), header, self.next_seq)
        sync_folder(self._dir)

    def _roll(self) -> None:
        try:
            self._mend()
            sync_file(self._fd)  # so no power cut leaves the next segment and takes a part of this one
            self._begin_segment()
        except OSError as error:
            raise _write_error(self._dir, error) from error
        self._has_rolled = True

    def _write(self, data: bytes) -> None:
        written = 0
        try:
            if self._sync_error is not None or self._is_torn or time.monotonic() >= self._next_check_s:
                self._prepare()
            while written < len(data):  # a full disk takes a part; trying the rest tells the cause
                written += os.write(self._fd, data[written:])
        except OSError as error:
            self._is_torn = self._is_torn or written > 0
            with contextlib.suppress(OSError):
                self._mend()
            raise _write_error(self._dir, error) from error
        self._size += written
        self._is_dirty = True

    def _mend(self) -> None:
        """Take back a part of an append, so that the log ends with a whole one."""
        if self._is_torn:
            os.ftruncate(self._fd, self._size)
            self._is_torn = False

    def _prepare(self) -> None:
        if self._sync_error is not None:
            error, self._sync_error = self._sync_error, None
            raise error
        self._mend()
        stat = os.fstatvfs(self._fd)
        if stat.f_bavail * stat.f_frsize < self._settings.least_free_bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._next_check_s = time.monotonic() + FREE_CHECK_EVERY_S

    # -- in the background

    def _sync_loop(self) -> None:
        retention = Retention(self._settings.most_bytes, self._settings.most_age_s)
        next_retention_s = time.monotonic() + RETENTION_EVERY_S
        while not self._closing.wait(self._settings.fsync_s):
            if self._is_dirty:
                self._sync()
            if self._has_rolled or time.monotonic() >= next_retention_s:
                self._has_rolled = False
                next_retention_s = time.monotonic() + RETENTION_EVERY_S
                with contextlib.suppress(OSError):
                    for path in deletable(self._dir, retention, time.time()):
                        path.unlink(missing_ok=True)

    def _sync(self) -> None:
        self._is_dirty = False
        try:
            with self._fd_swap:
                fd = os.dup(self._fd)
            try:
                sync_file(fd)
            finally:
                os.close(fd)
        except OSError as error:
            # Tried again in fsync_s. But the system may have forgotten what it could not write, so a
            # later success proves nothing: the next append must say it.
            self._is_dirty = True
            self._sync_error = error


def _write_error(log_dir: Path, error: OSError) -> LogError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"the disk that holds {log_dir} is full; free some space and it goes on by itself"
        )
    if error.errno == errno.EFBIG:
        return DiskFullError(
            f"{log_dir} may not grow: a limit on file sizes is reached; raise it (ulimit -f) and start again"
        )
    return UnwritableLogError(f"{log_dir} cannot be written: {error.strerror}; check the disk and its rights")
