"""What the store holds of one segment. The manifest is the commit: it stands only after all that it names.

`<data>/store/manifest/<log>/<first_seq>.json`, one JSON object; paths in it are relative to `<data>/store`.
"""

import contextlib
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from actors.store.errors import DamagedManifestError, ForeignManifestError
from messages import ActorStarted
from messages.log.segments import list_segments

FORMAT: Final = "kalshi-actors store"
VERSION: Final = 1


class StoredFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the store. bytes, sha256: of the file as it lies there."""

    path: str
    bytes: int
    sha256: str


class TableFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rows of one segment that belong to one table, UTC day and series, as Parquet."""

    table: str
    date: str
    series: str
    rows: int
    path: str
    bytes: int
    sha256: str


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ActorStarted of the segment, so that sessions are found without unpacking it.

    seq, at_ns: of its record. stated_ns and the others: its fields.
    """

    seq: int
    at_ns: int
    name: str
    session: str
    pid: int
    stated_ns: int
    version: str
    settings: str

    def message(self) -> ActorStarted:
        return ActorStarted(self.name, self.session, self.pid, self.stated_ns, self.version, self.settings)


class Damage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of the segment, first to last, that could not be read when it was stored, and why.

    last is first - 1 where something is damaged and yet every record was read: the header.
    """

    first: int
    last: int
    why: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stored segment.

    first_seq: of the segment's name. next_seq: of the segment that follows it; its records are first_seq to
    next_seq - 1. from_ns, to_ns: append times of its first and last sound record, 0 without any. records:
    sound ones; kinds: how many of each kind's number. segment_bytes, segment_sha256: of the segment as it
    lay in the log, which the archive gives back bit for bit. check: SHA-256 of this object, `check` empty.
    """

    format: str
    version: int
    log: str
    first_seq: int
    next_seq: int
    from_ns: int
    to_ns: int
    records: int
    kinds: dict[int, int]
    segment_bytes: int
    segment_sha256: str
    archive: StoredFile
    tables: list[TableFile]
    starts: list[Start]
    damage: list[Damage]
    check: str = ""


def store_dir(data_dir: Path) -> Path:
    """Where a data folder keeps its store."""
    return data_dir / "store"


def logs(data_dir: Path) -> list[str]:
    """Logs that the store holds anything of, by name."""
    return sorted(folder.name for folder in (store_dir(data_dir) / "manifest").glob("*/"))


def path_of(data_dir: Path, log: str, first_seq: int) -> Path:
    """Where the manifest of a segment stands, or will."""
    return store_dir(data_dir) / "manifest" / log / f"{first_seq:020d}.json"


def paths(data_dir: Path, log: str) -> list[Path]:
    """The manifests of a log, oldest segment first."""
    folder = store_dir(data_dir) / "manifest" / log
    return sorted(path for path in folder.glob("*.json") if path.stem.isdigit())


def load(path: Path) -> Manifest:
    """Read a manifest. Raises FileNotFoundError, ForeignManifestError, DamagedManifestError."""
    data = path.read_bytes()
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{path} is damaged: it is no JSON ({error})"
        raise DamagedManifestError(message) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        message = f"{path} is not a manifest of this program's store"
        raise ForeignManifestError(message)
    if found.get("version") != VERSION:
        message = f"{path} has store version {found.get('version')}; this program reads version {VERSION}"
        raise ForeignManifestError(message)
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.ValidationError as error:
        message = f"{path} is damaged: {error}"
        raise DamagedManifestError(message) from None
    if encode(manifest) != data:
        message = f"{path} is damaged: its checksum does not hold"
        raise DamagedManifestError(message)
    return manifest


def stored_only(data_dir: Path, log: str) -> list[Manifest]:
    """The manifests of a log's segments that do not stand in the log any more, oldest first.

    Raises ForeignManifestError, DamagedManifestError.
    """
    standing = set(list_segments(data_dir / "log" / log))
    found = []
    for path in paths(data_dir, log):
        if int(path.stem) not in standing:
            with contextlib.suppress(FileNotFoundError):  # trimmed meanwhile
                found.append(load(path))
    return found


def encode(manifest: Manifest) -> bytes:
    """The bytes of a manifest's file, `check` filled in."""
    bare = msgspec.structs.replace(manifest, check="")
    check = sha256(_formatted(bare)).hexdigest()
    return _formatted(msgspec.structs.replace(bare, check=check))


def _formatted(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
