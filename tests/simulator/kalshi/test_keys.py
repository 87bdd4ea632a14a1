import stat
import time
from pathlib import Path

import pytest

from simulator.kalshi.keys import DemoKey, KeyRing, make_demo_key
from tests.simulator.kalshi.client import STREAM, sign


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _now_ms() -> int:
    return int(time.time() * 1000)


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_a_demo_key_signs_what_its_ring_accepts(tmp_path: Path, algorithm: str) -> None:
    key = make_demo_key(tmp_path, algorithm)
    by_path = KeyRing({key.key_id: str(key.public_file)})
    by_text = KeyRing({key.key_id: key.public_file.read_text()})
    for ring in (by_path, by_text):
        assert ring.refuses("GET", STREAM, _lower(sign(key)), _now_ms()) is None


def test_a_demo_key_is_made_once_and_its_private_file_is_private(tmp_path: Path) -> None:
    key = make_demo_key(tmp_path)
    assert make_demo_key(tmp_path) == key
    assert stat.S_IMODE(key.private_file.stat().st_mode) == 0o600


def test_another_algorithm_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="rsa or ed25519"):
        make_demo_key(tmp_path, "dsa")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"kalshi-access-signature": ""}, "missing"),
        ({"kalshi-access-key": "nobody"}, "unknown access key"),
        ({"kalshi-access-signature": "AAAA"}, "invalid signature"),
        ({"kalshi-access-signature": "%%%"}, "invalid signature"),
        ({"kalshi-access-timestamp": "soon"}, "out of range"),
    ],
)
def test_each_fault_of_a_signature_is_named(key: DemoKey, spoil: dict[str, str], reason: str) -> None:
    ring = KeyRing({key.key_id: str(key.public_file)})
    refusal = ring.refuses("GET", STREAM, _lower(sign(key)) | spoil, _now_ms())
    assert refusal is not None
    assert reason in refusal


@pytest.mark.parametrize(
    ("skew_ms", "accepted"), [(-4500, True), (4500, True), (-5600, False), (5600, False)]
)
def test_a_clock_may_be_five_seconds_off(key: DemoKey, skew_ms: int, accepted: bool) -> None:
    ring = KeyRing({key.key_id: str(key.public_file)})
    headers = _lower(sign(key, skew_ms=skew_ms))
    stamp_ms = int(headers["kalshi-access-timestamp"]) - skew_ms
    assert (ring.refuses("GET", STREAM, headers, stamp_ms) is None) is accepted


def test_a_signature_holds_for_its_path_and_method_only(key: DemoKey) -> None:
    ring = KeyRing({key.key_id: str(key.public_file)})
    headers = _lower(sign(key))
    assert ring.refuses("GET", "/trade-api/v2/markets", headers, _now_ms()) == "invalid signature"
    assert ring.refuses("POST", STREAM, headers, _now_ms()) == "invalid signature"


def test_a_key_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match="'mine' cannot be read"):
        KeyRing({"mine": "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----"})
