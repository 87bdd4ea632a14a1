import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.errors import ConfigurationError
from actors.signal.calibration_file import FORMAT_VERSION, encode, named, read
from tests.actors.signal.calibrations import FITTED_NS, ISOTONIC, LOGISTIC, S, made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calibration.json"


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Write a good file after a change to its content."""
    content = json.loads(encode(made()))
    change(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("model", [LOGISTIC, ISOTONIC])
def test_what_is_written_is_read_again(path: Path, model: Any) -> None:
    file = made(model)
    path.write_bytes(encode(file))
    assert read(path, FITTED_NS) == file


def test_the_version_names_method_training_and_content() -> None:
    file = made()
    assert re.fullmatch(r"logistic-1795392000-[0-9a-f]{8}", file.version)
    other = msgspec.structs.replace(file, every_s=5.0)
    assert named(other).version != file.version
    assert named(named(other)) == named(other)
    assert made(ISOTONIC).version.startswith("isotonic-")


def test_a_missing_file_is_refused_by_name(path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"{re.escape(str(path))} cannot be read .No such file"):
        read(path, FITTED_NS)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"3", b'{"format": "another"}', b"{"])
def test_a_foreign_file_is_refused_by_name(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"{re.escape(str(path))} is no calibration file"):
        read(path, FITTED_NS)


def test_a_file_of_a_later_format_is_refused_by_name(path: Path) -> None:
    def later(content: dict[str, Any]) -> None:
        content.clear()
        content.update(format="kalshi-actors calibration", format_version=FORMAT_VERSION + 1, news=[])

    changed(path, later)
    with pytest.raises(
        ConfigurationError, match=r"calibration\.json has format 2, this program knows up to 1"
    ):
        read(path, FITTED_NS)


def test_a_file_fitted_on_what_is_still_to_come_is_refused_by_name(path: Path) -> None:
    path.write_bytes(encode(made()))
    with pytest.raises(
        ConfigurationError, match=r"calibration\.json was fitted on markets that are still to"
    ):
        read(path, FITTED_NS - S)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda c: c.pop("trained"), "missing required field `trained`"),
        (lambda c: c["model"].update(slope="steep"), "Expected `float`"),
        (lambda c: c["model"].update(method="forest"), "Invalid value 'forest'"),
        (lambda c: c.update(news=1), "unknown field `news`"),
        (
            lambda c: c["model"]["features"].__setitem__(0, "sunspots"),
            "rests on 'sunspots', an indicator that",
        ),
        (lambda c: c["model"]["means"].pop(), "not one mean, scale and weight for each"),
        (lambda c: c["model"]["scales"].__setitem__(0, 0.0), "a scale is not above 0"),
        (
            lambda c: c.update(model={"method": "isotonic", "knots": [[0.5, 0.5], [0.4, 0.6]]}),
            "does not rise",
        ),
        (
            lambda c: c.update(model={"method": "isotonic", "knots": [[0.4, 0.0], [0.5, 0.6]]}),
            "does not rise",
        ),
        (lambda c: c.update(model={"method": "isotonic", "knots": []}), "does not rise"),
        (lambda c: c["model"].update(slope=9.0), "not as it was written"),
        (lambda c: c["tested"].update(improves=False), "not as it was written"),
        (lambda c: c.update(version="mine"), "not as it was written"),
    ],
)
def test_a_file_that_was_changed_is_refused_by_name_and_with_the_reason(
    path: Path, change: Callable[[dict[str, Any]], None], why: str
) -> None:
    changed(path, change)
    with pytest.raises(ConfigurationError) as refused:
        read(path, FITTED_NS)
    assert str(path) in str(refused.value)
    assert why in str(refused.value)
