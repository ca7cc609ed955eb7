"""The mark on a slip's link: it shows that whoever sends the link has held the slip."""

import hmac
from base64 import b32encode
from collections.abc import Sequence

LENGTH = 10  # 50 bits: not to be guessed, and short enough for a QR
_PURPOSE = b"slip"


def signing_key(secret: str) -> bytes:
    """The key of the slips' signatures that follows from SECRET_KEY, which it does not reveal.

    Shape:  32 bytes.
    Source: RFC 5869, HKDF-SHA256 without salt, one block, info "slip".
    """
    extracted = hmac.digest(bytes(32), secret.encode(), "sha256")
    return hmac.digest(extracted, _PURPOSE + b"\x01", "sha256")


def slip_signature(key: bytes, code: str) -> str:
    """The signature that a slip carries beside its code.

    Shape:  `code` in canonical form; ten of the letters A-Z and digits 2-7.
    Source: interfaces 5 (Slip QR): first 10 characters of base32(HMAC-SHA256(key, code)).
    """
    return b32encode(hmac.digest(key, code.encode(), "sha256")[:LENGTH]).decode()[:LENGTH]


def verify(key: bytes, code: str, signature: str) -> bool:
    """Whether a signature, in any case, belongs to this code; takes as long when it does not."""
    given = signature.upper().encode("utf-8", "replace")
    return hmac.compare_digest(slip_signature(key, code).encode(), given)


def verify_any(keys: Sequence[bytes], code: str, signature: str) -> bool:
    """Whether a signature was made with one of the keys; every key is tried, whichever fits."""
    return any([verify(key, code, signature) for key in keys])
