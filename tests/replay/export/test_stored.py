"""Files of the store are taken only as whole files of this version."""

from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from actors.store import manifest
from actors.store.manifest import Damage
from actors.store.tables import BY_NAME
from replay.errors import ReplayError
from replay.export.span import Span
from replay.export.stored import stored
from tests.replay.export.logs import record, store

SPAN = Span(0, 2**62, [BY_NAME["BookChanged"]])


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    record(tmp_path)
    assert store(tmp_path, "coinbase") > 3
    return tmp_path


def a_file(data_dir: Path) -> Path:
    return sorted((data_dir / "store" / "tables" / "BookChanged").rglob("*.parquet"))[0]


def test_whole_files_of_this_version_are_sound(data_dir: Path) -> None:
    found = stored(data_dir, "coinbase", SPAN)
    assert len(found.sound) == len(manifest.paths(data_dir, "coinbase"))
    assert (found.others, found.notes) == ([], [])


def test_a_flipped_byte_is_named_and_its_segment_set_aside(data_dir: Path) -> None:
    path = a_file(data_dir)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    found = stored(data_dir, "coinbase", SPAN)
    assert (len(found.others), len(found.notes)) == (1, 1)
    assert found.notes[0].startswith(f"{path} is damaged")


def test_a_file_that_is_gone_is_named(data_dir: Path) -> None:
    path = a_file(data_dir)
    path.unlink()
    assert stored(data_dir, "coinbase", SPAN).notes[0].startswith(f"{path} is missing")


def test_columns_of_another_version_are_named(data_dir: Path) -> None:
    table = BY_NAME["BookChanged"]
    later = table._replace(schema=table.schema.append(pa.field("later", pa.int64())))
    found = stored(data_dir, "coinbase", Span(0, 2**62, [later]))
    assert found.sound == []
    assert "has the columns of another version" in found.notes[0]


def test_a_damaged_manifest_ends_it_in_a_sentence(data_dir: Path) -> None:
    path = manifest.paths(data_dir, "coinbase")[0]
    path.write_bytes(path.read_bytes().replace(b"coinbase", b"kraken"))
    with pytest.raises(ReplayError, match="its checksum does not hold"):
        stored(data_dir, "coinbase", SPAN)


def test_what_was_lost_before_is_told_in_the_span_only(data_dir: Path) -> None:
    path = manifest.paths(data_dir, "coinbase")[0]
    told = manifest.load(path)
    damaged = msgspec.structs.replace(told, damage=[Damage(3, 4, "damaged at byte 99")])
    path.write_bytes(manifest.encode(damaged))
    assert stored(data_dir, "coinbase", SPAN).notes == [
        "coinbase: records 3 to 4 are missing, damaged at byte 99"
    ]
    assert stored(data_dir, "coinbase", Span(told.to_ns + 1, 2**62, SPAN.tables)).notes == []
