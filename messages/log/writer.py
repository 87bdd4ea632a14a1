"""Writing a log: one writer, one `write` an append, and a start that mends a torn tail."""

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from messages.base import Message
from messages.codec import encode
from messages.errors import DiskFullError, ForeignLogError, LogLockedError
from messages.log.format import (
    SEGMENT_HEADER,
    check_segment_header,
    pack_record,
    pack_segment_header,
    segment_name,
)
from messages.log.retention import Retention, deletable
from messages.log.segments import examine_tail, list_segments

RETENTION_EVERY_S = 60.0


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How logs are kept. segment_bytes: a new file is begun behind this size. fsync_s: at most this
    much is lost to a power cut. most_bytes, most_age_s: retention, 0 without limit. least_free_bytes:
    appending stops, loudly, while the disk has less than this."""

    segment_bytes: int = 64 * 1024 * 1024
    fsync_s: float = 1.0
    most_bytes: int = 0
    most_age_s: float = 0.0
    least_free_bytes: int = 64 * 1024 * 1024


class LogWriter:
    """The one writer of a log.

    An append is in the file, whole, when `append` returns: a SIGKILL of this process loses nothing that
    was appended, a power cut at most the last `fsync_s`. Appends are ordered; sequence numbers count
    from 1 without holes over all restarts; append times never fall.

    Not for use by several threads. Raises LogLockedError if another process writes this log.
    """

    def __init__(self, log_dir: Path, settings: LogSettings | None = None) -> None:
        self._dir = log_dir
        self._settings = settings or LogSettings()
        self._retention = Retention(self._settings.most_bytes, self._settings.most_age_s)
        log_dir.mkdir(parents=True, exist_ok=True)
        self._lock_fd = self._lock()
        self._fd = -1
        self._size = 0
        self.next_seq = 1
        """Sequence number of the next record."""
        self.last_at_ns = 0
        """Append time of the newest record; 0 for a new log."""
        try:
            self._open()
        except BaseException:
            os.close(self._lock_fd)
            raise
        self._dirty = False
        self._closing = threading.Event()
        self._free_checked_s = 0.0
        # fsync may stall for long on a busy disk, so it has a thread of its own: appends never wait.
        self._syncer = threading.Thread(target=self._sync_loop, name="log-sync", daemon=True)
        self._syncer.start()

    def append(self, messages: Sequence[Message], at_ns: int) -> int:
        """Append messages in one write; return the sequence number of the first.

        at_ns: now, ns since the epoch. Raises DiskFullError; then none of them is in the log.
        """
        seq = first = self.next_seq
        at_ns = self.last_at_ns = max(at_ns, self.last_at_ns)
        chunks = []
        for message in messages:
            chunks.append(pack_record(message.kind, seq, at_ns, encode(message)))
            seq += 1
        self._write(b"".join(chunks))
        self.next_seq = seq
        if self._size >= self._settings.segment_bytes:
            self._roll()
        return first

    def close(self) -> None:
        """Bring everything to the disk and let go of the log."""
        self._closing.set()
        self._syncer.join()
        os.fsync(self._fd)
        os.close(self._fd)
        os.close(self._lock_fd)

    def _lock(self) -> int:
        fd = os.open(self._dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            message = f"another process writes {self._dir}"
            raise LogLockedError(message) from None
        return fd

    def _open(self) -> None:
        segments = list_segments(self._dir)
        if not segments:
            self._create()
            return
        first = segments[-1]
        path = self._dir / segment_name(first)
        with path.open("rb") as file:
            header = file.read(SEGMENT_HEADER.size)
        if len(header) < SEGMENT_HEADER.size:  # the creation of this segment was cut short
            self.next_seq = first
            path.unlink()
            self._create()
            return
        check_segment_header(str(path), header, first)
        tail = examine_tail(path, first)
        if tail.sound_end < tail.size:
            self._set_torn_tail_aside(path, tail.sound_end)
        self.next_seq = tail.last_seq + 1
        self.last_at_ns = tail.last_at_ns
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._size = tail.sound_end

    def _set_torn_tail_aside(self, path: Path, sound_end: int) -> None:
        # Nobody was promised these bytes, but they may help to find out what happened.
        with path.open("r+b") as file:
            file.seek(sound_end)
            torn = file.read()
            with contextlib.suppress(OSError):
                path.with_suffix(f".torn-{sound_end}").write_bytes(torn)
            file.truncate(sound_end)
            os.fsync(file.fileno())

    def _create(self) -> None:
        path = self._dir / segment_name(self.next_seq)
        header = pack_segment_header(self.next_seq, time.time_ns())
        temporary = path.with_suffix(".new")
        try:
            with temporary.open("wb") as file:
                file.write(header)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
            directory = os.open(self._dir, os.O_RDONLY)
            os.fsync(directory)
            os.close(directory)
        except OSError as error:
            raise _disk_error(self._dir, error) from error
        self._size = len(header)

    def _roll(self) -> None:
        full = self._fd
        self._create()
        os.fsync(full)
        os.close(full)
        self._apply_retention()

    def _apply_retention(self) -> None:
        for path in deletable(self._dir, self._retention, time.time()):
            path.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self._check_free()
        try:
            written = os.write(self._fd, data)
        except OSError as error:
            raise _disk_error(self._dir, error) from error
        if written != len(data):
            # A full disk took a part. Take it back, so that the log ends with a whole record.
            os.ftruncate(self._fd, self._size)
            raise _disk_error(self._dir, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        self._size += written
        self._dirty = True

    def _check_free(self) -> None:
        now_s = time.monotonic()
        if now_s < self._free_checked_s + 1.0:
            return
        self._free_checked_s = now_s
        stat = os.fstatvfs(self._fd)
        if stat.f_bavail * stat.f_frsize < self._settings.least_free_bytes:
            self._free_checked_s = 0.0
            raise _disk_error(self._dir, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    def _sync_loop(self) -> None:
        next_retention_s = time.monotonic() + RETENTION_EVERY_S
        while not self._closing.wait(self._settings.fsync_s):
            if self._dirty:
                self._dirty = False
                fd = os.dup(self._fd)
                try:
                    os.fsync(fd)
                except OSError:
                    self._dirty = True  # tried again in fsync_s; the next append names the cause
                finally:
                    os.close(fd)
            if time.monotonic() >= next_retention_s:
                next_retention_s = time.monotonic() + RETENTION_EVERY_S
                with contextlib.suppress(OSError):
                    self._apply_retention()


def _disk_error(log_dir: Path, error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"the disk that holds {log_dir} is full; free some space and it goes on by itself"
        )
    return ForeignLogError(f"{log_dir} cannot be written: {error.strerror}")
