"""The store's files of a session against their manifests."""

from hashlib import sha256
from pathlib import Path

from actors.store import manifest as manifests
from actors.store.errors import StoreError
from replay.audit.certificate import STORE, Finding
from replay.records import Tell
from replay.sessions import Session

CHUNK_BYTES = 1024 * 1024


class Stored:
    """Archives and tables of the segments that lie in a session. looked_at: files."""

    def __init__(self, data_dir: Path, session: Session) -> None:
        self._data_dir = data_dir
        self._session = session
        self._findings: list[Finding] = []
        self.looked_at = 0

    def found(self, what: str, log: str = "") -> None:
        """Note what is wrong with the store."""
        self._findings.append(Finding(STORE, log, what))

    def findings(self, tell: Tell) -> list[Finding]:
        """Read every file, compute its checksum, and say what is not as its manifest says."""
        session = self._session
        for log in manifests.logs(self._data_dir):
            for path in manifests.paths(self._data_dir, log):
                try:
                    manifest = manifests.load(path)
                except FileNotFoundError:
                    continue  # retention was quicker
                except StoreError as error:
                    self.found(str(error), log)
                    continue
                self.looked_at += 1
                if manifest.records and (
                    manifest.to_ns < session.from_ns or manifest.from_ns >= session.to_ns
                ):
                    continue
                archive = manifest.archive
                self._check(log, path, archive.path, archive.bytes, archive.sha256)
                for table in manifest.tables:
                    self._check(log, path, table.path, table.bytes, table.sha256)
        return self._findings

    def _check(self, log: str, manifest: Path, name: str, size: int, digest: str) -> None:
        path = manifests.store_dir(self._data_dir) / name
        self.looked_at += 1
        state, found = sha256(), 0
        try:
            with path.open("rb") as file:
                while data := file.read(CHUNK_BYTES):
                    state.update(data)
                    found += len(data)
        except FileNotFoundError:
            if manifest.exists():  # else retention was quicker
                self.found(f"{path} is missing; {manifest} names it", log)
            return
        if found != size:
            self.found(f"{path} has {found} bytes, not {size} as {manifest} says", log)
        elif state.hexdigest() != digest:
            self.found(f"{path} is not what {manifest} says: its SHA-256 does not hold", log)
