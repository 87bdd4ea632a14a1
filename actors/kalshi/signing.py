"""The signed handshake. The private key stays in here: no message, log, error or repr shows it."""

import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from actors.errors import ConfigurationError

SMALLEST_RSA_BITS = 2048


class Signer:
    """Signs requests with one key.

    *Source* docs.kalshi.com/getting_started/api_keys: RSA-PSS with SHA-256, MGF1 of SHA-256 and a salt
    of 32 bytes, or plain Ed25519, over `<milliseconds><METHOD><path without query>`.
    """

    def __init__(self, key_id: str, key: RSAPrivateKey | Ed25519PrivateKey) -> None:
        self.key_id = key_id
        self._key = key

    def __repr__(self) -> str:
        kind = "RSA" if isinstance(self._key, RSAPrivateKey) else "Ed25519"
        return f"<Signer with an {kind} key>"

    def headers(self, method: str, url: str, now_ns: int) -> dict[str, str]:
        """Make the three KALSHI-ACCESS headers for one request, valid at now_ns."""
        stamp = str(now_ns // 1_000_000)
        text = (stamp + method + urlsplit(url).path).encode()
        return {
            "KALSHI-ACCESS-KEY": self.key_id,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(self._sign(text)).decode(),
            "KALSHI-ACCESS-TIMESTAMP": stamp,
        }

    def _sign(self, text: bytes) -> bytes:
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(text)
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        return self._key.sign(text, pss, hashes.SHA256())


def load_signer(key_id: str, key_file: str, key_env: str) -> Signer | None:
    """Load the key from key_file, or else from the environment variable key_env; None without a key_id.

    *Raises* ConfigurationError, one sentence that never quotes the key.
    """
    if not key_id:
        return None
    if key_file:
        return Signer(key_id, _parse(_read(key_file), f"the key file {key_file}"))
    pem = os.environ.get(key_env, "")
    if not pem.strip():
        message = (
            f"a Kalshi key_id is set but no private key: set key_file, or put the PEM text into {key_env}"
        )
        raise ConfigurationError(message)
    # A PEM text in an environment variable often has its line breaks written as \n.
    return Signer(key_id, _parse(pem.replace("\\n", "\n").encode(), f"the environment variable {key_env}"))


def _read(key_file: str) -> bytes:
    try:
        return Path(key_file).expanduser().read_bytes()
    except OSError as error:
        message = (
            f"the Kalshi key file {key_file} cannot be read ({error.strerror}); set key_file to a PEM file"
        )
        raise ConfigurationError(message) from None


def _parse(pem: bytes, where: str) -> RSAPrivateKey | Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.strip() + b"\n", password=None)
    except TypeError:
        message = f"{where} holds a key locked by a passphrase; store it without one"
        raise ConfigurationError(message) from None
    except (ValueError, UnsupportedAlgorithm):
        message = f"{where} does not hold a private key in PEM form; download the key from Kalshi again"
        raise ConfigurationError(message) from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= SMALLEST_RSA_BITS:
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    message = (
        f"{where} holds another kind of key; Kalshi takes Ed25519, or RSA of {SMALLEST_RSA_BITS} bits or more"
    )
    raise ConfigurationError(message)
