"""Keys at work: fields sealed at rest, blind indexes, and keys derived for one purpose each."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """A sealed field that none of FIELD_KEYS opens."""


class Vault:
    """Seals and opens fields with FIELD_KEYS: the first seals, all open."""

    def __init__(self, keys: Sequence[str]) -> None:
        fernets = [Fernet(key.encode()) for key in keys]
        self._fernets = MultiFernet(fernets)
        self._first = fernets[0]

    def seal(self, plain: bytes | str) -> bytes:
        """Encrypt one field (Fernet: AES-128-CBC with HMAC-SHA256)."""
        data = plain.encode() if isinstance(plain, str) else plain
        return self._fernets.encrypt(data)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt one field, or raise Unreadable."""
        try:
            return self._fernets.decrypt(sealed)
        except InvalidToken as fault:
            raise Unreadable("none of FIELD_KEYS opens this field") from fault

    def reseal(self, sealed: bytes) -> bytes | None:
        """The same field sealed with the first key; None when it is already, or Unreadable."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None

    def open_text(self, sealed: bytes) -> str:
        """Decrypt one text field, or raise Unreadable."""
        return self.open(sealed).decode()


def blind_index(key: bytes, value: str) -> bytes:
    """A keyed hash of a value, so that it can be found without being readable.

    Shape: 32 bytes of HMAC-SHA256; equal values give equal bytes under one key.
    """
    return hmac.new(key, value.encode(), sha256).digest()


def derived_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, derived from SECRET_KEY (HKDF-SHA256, RFC 5869)."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return derivation.derive(secret.encode())
