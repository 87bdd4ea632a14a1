from pathlib import Path

import pytest

from actors.logger.record import FILE_NAME, SessionRecord, load_record, save_record


def test_a_record_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    record = SessionRecord("2026-11-22T20-55-40Z", mode="sim", outputs={"kraken": (7, 99)})
    save_record(tmp_path / "s", record)
    assert load_record(tmp_path / "s") == record
    assert [file.name for file in (tmp_path / "s").iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"session": 7}', b'{"session": "s", "format": 2}'])
def test_what_cannot_be_read_is_as_if_it_were_not_there(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert load_record(tmp_path) is None


def test_a_save_that_fails_leaves_the_former_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_record(tmp_path, SessionRecord("first"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_record(tmp_path, SessionRecord("second"))
    assert load_record(tmp_path) == SessionRecord("first")
