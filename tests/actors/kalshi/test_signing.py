import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa

from actors.errors import ConfigurationError
from actors.kalshi.signing import Signer, load_signer

URL = "wss://example.com/trade-api/ws/v2"
NOW_NS = 1_700_000_000_123_456_789


@pytest.fixture(scope="module")
def rsa() -> RSAPrivateKey:
    return generate_rsa(65537, 2048)


def pem(key: RSAPrivateKey | Ed25519PrivateKey, password: bytes | None = None) -> bytes:
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def test_rsa_signs_time_method_and_path_with_pss(rsa: RSAPrivateKey) -> None:
    headers = Signer("id-1", rsa).headers("GET", URL + "?a=b", NOW_NS)
    assert headers["KALSHI-ACCESS-KEY"] == "id-1"
    assert headers["KALSHI-ACCESS-TIMESTAMP"] == "1700000000123"
    rsa.public_key().verify(
        base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"], validate=True),
        b"1700000000123GET/trade-api/ws/v2",
        padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32),
        hashes.SHA256(),
    )


def test_ed25519_signs_the_same_text() -> None:
    key = Ed25519PrivateKey.generate()
    headers = Signer("id-1", key).headers("GET", URL, NOW_NS)
    signature = base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"], validate=True)
    key.public_key().verify(signature, b"1700000000123GET/trade-api/ws/v2")


def test_a_key_is_loaded_from_a_file(tmp_path: Path, rsa: RSAPrivateKey) -> None:
    keys: list[RSAPrivateKey | Ed25519PrivateKey] = [rsa, Ed25519PrivateKey.generate()]
    for number, key in enumerate(keys):
        path = tmp_path / f"{number}.pem"
        path.write_bytes(pem(key))
        assert load_signer("id-1", str(path), "UNSET") is not None


def test_a_key_is_loaded_from_the_environment(monkeypatch: pytest.MonkeyPatch, rsa: RSAPrivateKey) -> None:
    for text in (pem(rsa).decode(), pem(rsa).decode().replace("\n", "\\n"), "  " + pem(rsa).decode()):
        monkeypatch.setenv("A_KEY", text)
        assert load_signer("id-1", "", "A_KEY") is not None


def test_without_a_key_id_there_is_no_signer() -> None:
    assert load_signer("", "", "A_KEY") is None


def test_what_is_no_key_is_explained_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rsa: RSAPrivateKey
) -> None:
    secret = pem(rsa).decode().splitlines()[3]
    path = tmp_path / "key.pem"
    contents = {
        "not hold a private key": b"-----BEGIN PRIVATE KEY-----\n"
        + secret.encode()
        + b"\n-----END PRIVATE KEY-----",
        "passphrase": pem(rsa, b"pass"),
        "another kind": generate_private_key(SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    for why, content in contents.items():
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match=why) as caught:
            load_signer("id-1", str(path), "UNSET")
        assert secret not in str(caught.value)
        assert caught.value.__cause__ is None
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_signer("id-1", str(tmp_path / "absent.pem"), "UNSET")
    monkeypatch.delenv("A_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="no private key"):
        load_signer("id-1", "", "A_KEY")


def test_a_weak_rsa_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(pem(generate_rsa(65537, 1024)))  # noqa: S505 - weak on purpose
    with pytest.raises(ConfigurationError, match="2048"):
        load_signer("id-1", str(path), "UNSET")


def test_a_signer_shows_nothing_of_its_key() -> None:
    assert repr(Signer("id-1", Ed25519PrivateKey.generate())) == "<Signer with an Ed25519 key>"
