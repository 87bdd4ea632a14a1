"""Signatures: who may open a stream, and a key pair to try it with."""

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

MAX_SKEW_MS = 5000  # the real tolerance is not documented

PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey


class DemoKey(NamedTuple):
    """A key pair in files. key_id goes into KALSHI-ACCESS-KEY."""

    key_id: str
    private_file: Path
    public_file: Path


def make_demo_key(folder: Path, algorithm: str = "rsa") -> DemoKey:
    """Make a key pair in a folder, `rsa` or `ed25519`, or return the one that is there.

    The private file is readable by its owner alone. *Raises* ValueError for another algorithm.
    """
    if algorithm not in ("rsa", "ed25519"):
        raise ValueError(f"a demo key is rsa or ed25519, not {algorithm!r}")
    private_file = folder / f"demo-{algorithm}.key.pem"
    public_file = folder / f"demo-{algorithm}.pub.pem"
    id_file = folder / f"demo-{algorithm}.id"
    if private_file.exists() and public_file.exists() and id_file.exists():
        return DemoKey(id_file.read_text().strip(), private_file, public_file)
    folder.mkdir(parents=True, exist_ok=True)
    private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if algorithm == "rsa":
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        private = ed25519.Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(private_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    public_file.write_bytes(
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    key_id = str(uuid4())
    id_file.write_text(key_id + "\n")
    return DemoKey(key_id, private_file, public_file)


class KeyRing:
    """The public keys that are known, and the check of a request signed with one of them.

    keys: key id to PEM text or to the path of a PEM file. *Raises* ValueError for a key that cannot be
    read, OSError for a file that cannot be opened.

    *Source*: docs.kalshi.com/getting_started/api_keys: base64 of RSA-PSS (SHA-256, MGF1-SHA-256, salt of
    32 bytes) or of plain Ed25519 over timestamp + method + path, the path without its query.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {key_id: _load(key_id, text) for key_id, text in keys.items()}

    def refuses(self, method: str, path: str, headers: Mapping[str, str], now_ms: int) -> str | None:
        """Why this request is not signed as it must be; None: it is. Header names in lower case."""
        key_id = headers.get("kalshi-access-key", "")
        signature = headers.get("kalshi-access-signature", "")
        timestamp = headers.get("kalshi-access-timestamp", "")
        if not (key_id and signature and timestamp):
            return "missing access headers"
        if key_id not in self._keys:
            return "unknown access key"
        if not timestamp.isdigit() or abs(int(timestamp) - now_ms) > MAX_SKEW_MS:
            return "timestamp out of range"
        try:
            raw = base64.b64decode(signature, validate=True)
            _verify(self._keys[key_id], raw, f"{timestamp}{method}{path}".encode())
        except (binascii.Error, ValueError, InvalidSignature):
            return "invalid signature"
        return None


def _verify(key: PublicKey, signature: bytes, text: bytes) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        key.verify(signature, text, pss, hashes.SHA256())
    else:
        key.verify(signature, text)


def _load(key_id: str, text: str) -> PublicKey:
    pem = text.encode() if "-----BEGIN" in text else Path(text).read_bytes()
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError(f"the public key of {key_id!r} cannot be read: {error}") from error
    if not isinstance(key, rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        raise ValueError(f"the public key of {key_id!r} is neither RSA nor Ed25519")
    return key
