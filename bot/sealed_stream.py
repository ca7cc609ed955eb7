"""A stream of any length sealed in pieces, so that wrong keys, changes and cuts are noticed.

The form of a file (docs/install.md, "What is in a backup file"):

    MOTCUA-BACKUP-1\\n                      16 bytes
    key id, salt                           8 and 32 bytes
    piece, piece, … last piece             each 1 MiB sealed by AES-256-GCM, and its mark of 16
                                           bytes; the last may be shorter

The key of a file is derived from the backup key and the salt, so no two files share one. A
piece's nonce is its number (11 bytes, big-endian) and a byte that is 1 for the last piece only:
pieces cannot be changed, moved, dropped or cut off without being noticed.
Source: Hoang, Reyhanitabar, Rogaway, Vizár 2015 (STREAM); RFC 5869 (HKDF); NIST SP 800-38D.
"""

import base64
import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"MOTCUA-BACKUP-1\n"
KEY_ID, SALT, PIECE, MARK = 8, 32, 1 << 20, 16


class Broken(Exception):
    """A sealed stream that cannot be opened; the text says why."""


def key_id(key: str) -> bytes:
    """What a key is known by without being told: 8 bytes."""
    return sha256(b"motcua backup key id" + _raw(key)).digest()[:KEY_ID]


def seal_stream(key: str, plain: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed file of what `plain` gives, piece by piece."""
    head = MAGIC + key_id(key) + os.urandom(SALT)
    yield head
    cipher = _cipher(key, head)
    number, rest = 0, bytearray()
    for part in plain:
        rest += part
        while len(rest) > PIECE:  # one piece is always kept back: it may be the last
            yield cipher.encrypt(_nonce(number, last=False), bytes(rest[:PIECE]), None)
            number += 1
            del rest[:PIECE]
    yield cipher.encrypt(_nonce(number, last=True), bytes(rest), None)


def open_stream(keys: Sequence[str], sealed: BinaryIO) -> Iterator[bytes]:
    """What was sealed, piece by piece, each only once it is known to be whole and in its place.

    Errors: Broken for another kind of file, a key that is not among `keys`, and anything changed
            or cut off; only the end of the iteration says that all of it was there.
    """
    head = sealed.read(len(MAGIC) + KEY_ID + SALT)
    cipher = _cipher(_key_of(keys, head), head)
    number, piece = 0, sealed.read(PIECE + MARK)
    while True:
        following = sealed.read(PIECE + MARK)
        yield _opened(cipher, number, piece, last=not following)
        if not following:
            return
        number, piece = number + 1, following


def _key_of(keys: Sequence[str], head: bytes) -> str:
    if head[: len(MAGIC)] != MAGIC:
        raise Broken("is no backup of this product, or its beginning was changed")
    if len(head) < len(MAGIC) + KEY_ID + SALT:
        raise Broken("is cut off in its first bytes")
    wanted = head[len(MAGIC) : len(MAGIC) + KEY_ID]
    for key in keys:
        if key_id(key) == wanted:
            return key
    ours = ", ".join(key_id(key).hex() for key in keys)
    raise Broken(f"was sealed with key {wanted.hex()}; BACKUP_KEYS holds {ours}")


def _opened(cipher: AESGCM, number: int, piece: bytes, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last), piece, None)
    except InvalidTag:
        pass
    if last and _opens(cipher, number, piece):
        raise Broken(f"is cut off behind piece {number + 1}: its end is missing")
    where = "changed, or cut off inside it" if last else "changed"
    raise Broken(f"is damaged: piece {number + 1} was {where}")


def _opens(cipher: AESGCM, number: int, piece: bytes) -> bool:
    """Whether it is a piece from the middle."""
    try:
        cipher.decrypt(_nonce(number, last=False), piece, None)
    except InvalidTag:
        return False
    return True


def _cipher(key: str, head: bytes) -> AESGCM:
    derivation = HKDF(SHA256(), 32, salt=head[-SALT:], info=b"motcua backup file" + head)
    return AESGCM(derivation.derive(_raw(key)))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _raw(key: str) -> bytes:
    return base64.urlsafe_b64decode(key)
