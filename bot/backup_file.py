"""What stands inside a backup: a manifest, the settings if asked for, the dump, and its sum."""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from bot.sealed_stream import Broken, open_stream, seal_stream

FORM = 1
# Records, one behind the other: a letter, its length as 4 bytes big-endian, the content.
_HEAD = struct.Struct(">cI")
MANIFEST, ENVIRONMENT, DUMP, SUM = b"M", b"E", b"D", b"S"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of.

    Shape: `kind` is sqlite or postgresql, `schema` the revision, `counts` rows by table, all as
           they were at one moment, not before `made_at`.
    """

    made_at: datetime
    version: str
    kind: str
    schema: str
    counts: Mapping[str, int]

    def as_json(self) -> bytes:
        """The form in which it stands in the file."""
        told = {**asdict(self), "form": FORM, "made_at": self.made_at.isoformat()}
        return json.dumps(told, sort_keys=True).encode()


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """An opened backup whose manifest was read; `dump` gives the rest once."""

    manifest: Manifest
    environment: bytes | None
    dump: Iterator[bytes]


def sealed_backup(
    key: str, manifest: Manifest, environment: bytes | None, dump: Iterator[bytes]
) -> Iterator[bytes]:
    """The bytes of a backup's file."""
    return seal_stream(key, _records(manifest, environment, dump))


def _records(
    manifest: Manifest, environment: bytes | None, dump: Iterator[bytes]
) -> Iterator[bytes]:
    yield _record(MANIFEST, manifest.as_json())
    if environment is not None:
        yield _record(ENVIRONMENT, environment)
    digest = sha256()
    for part in dump:
        digest.update(part)
        yield _record(DUMP, part)
    yield _record(SUM, digest.digest())


def _record(letter: bytes, content: bytes) -> bytes:
    return _HEAD.pack(letter, len(content)) + content


def open_backup(keys: Sequence[str], sealed: BinaryIO) -> Contents:
    """A backup's manifest, and its dump as an iterator.

    Errors: Broken, here or while the dump is read; the dump ends well only when its sum is right
            and nothing is missing.
    """
    records = _read_records(open_stream(keys, sealed))
    letter, content = next(records, (b"", b""))
    if letter != MANIFEST:
        raise Broken("holds no manifest where it should")
    manifest = _manifest(content)
    environment, first = None, next(records, (b"", b""))
    if first[0] == ENVIRONMENT:
        environment, first = first[1], next(records, (b"", b""))
    return Contents(manifest, environment, _dump(first, records))


def read_whole(keys: Sequence[str], place: Path) -> Manifest:
    """Read a backup from end to end and keep nothing of it; Errors: Broken, OSError."""
    with place.open("rb") as sealed:
        contents = open_backup(keys, sealed)
        for _ in contents.dump:
            pass
    return contents.manifest


def _read_records(plain: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    rest = bytearray()
    for part in plain:
        rest += part
        while len(rest) >= _HEAD.size:
            letter, length = _HEAD.unpack_from(rest)
            end = _HEAD.size + length
            if len(rest) < end:
                break
            content = bytes(rest[_HEAD.size : end])
            del rest[:end]
            yield letter, content
    if rest:
        raise Broken("ends in the middle of a record")


def _dump(first: tuple[bytes, bytes], records: Iterator[tuple[bytes, bytes]]) -> Iterator[bytes]:
    digest = sha256()
    letter, content = first
    while letter == DUMP:
        digest.update(content)
        yield content
        letter, content = next(records, (b"", b""))
    if letter != SUM or content != digest.digest():
        raise Broken("its sum (SHA-256) is not that of its dump")
    if next(records, None) is not None:
        raise Broken("holds something behind its end")


def _manifest(content: bytes) -> Manifest:
    try:
        told = json.loads(content)
        if told["form"] != FORM:
            raise Broken(f"is of form {told['form']}; this version reads form {FORM}")
        manifest = Manifest(
            made_at=datetime.fromisoformat(told["made_at"]),
            version=str(told["version"]),
            kind=str(told["kind"]),
            schema=str(told["schema"]),
            counts=told["counts"],
        )
    except (ValueError, LookupError, TypeError, RecursionError):
        raise Broken("its manifest cannot be read") from None
    if manifest.made_at.tzinfo is None or not isinstance(manifest.counts, dict):
        raise Broken("its manifest cannot be read")
    return manifest
