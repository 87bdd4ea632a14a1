"""Which stored segments of a log have Parquet files that can be taken as they are."""

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from actors.store import manifest
from actors.store.errors import StoreError
from actors.store.manifest import Manifest, TableFile, store_dir
from actors.store.placing import digest
from actors.store.schema import VERSION_KEY
from replay.errors import ReplayError
from replay.export.span import Span


class Stored(NamedTuple):
    """The stored segments of a log, oldest first.

    sound: their files hold just the rows that this version would make. others: a file is damaged, or has the
    columns of another version, so their rows have to be made again. notes: sentences about trouble in both.
    """

    sound: list[Manifest]
    others: list[Manifest]
    notes: list[str]


def stored(data_dir: Path, log: str, span: Span) -> Stored:
    """Look at the store's files of a log, as far as they are asked for. Raises ReplayError."""
    found = Stored([], [], [])
    for path in manifest.paths(data_dir, log):
        try:
            one = manifest.load(path)
        except FileNotFoundError:
            continue  # its time was up meanwhile
        except StoreError as error:
            raise ReplayError(str(error)) from None
        if span.meets(one):
            found.notes.extend(hole(log, damage.first, damage.last, damage.why) for damage in one.damage)
        troubles = [trouble for file in span.files(one) if (trouble := _trouble(data_dir, file, span))]
        found.notes.extend(troubles)
        (found.others if troubles else found.sound).append(one)
    return found


def hole(log: str, first: int, last: int, why: str) -> str:
    """One sentence about records that are missing."""
    return f"{log}: records {first} to {last} are missing, {why}"


def _trouble(data_dir: Path, file: TableFile, span: Span) -> str:
    path = store_dir(data_dir) / file.path
    again = "its rows were made again from the records"
    try:
        if digest(path) != file.sha256:
            return f"{path} is damaged; {again}"
        schema = pq.read_schema(path)
    except FileNotFoundError:
        return f"{path} is missing; {again}"
    except (OSError, pa.ArrowException) as error:
        message = f"{path} cannot be read: {error}"
        raise ReplayError(message) from None
    table = span.table(file.table)
    version = (schema.metadata or {}).get(VERSION_KEY)
    if schema.equals(table.schema) and version == table.schema.metadata[VERSION_KEY]:
        return ""
    return f"{path} has the columns of another version; {again}"
