"""Every shape in which a person could stand in a dump: typings, encodings, plain hashes."""

import json
import unicodedata
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import md5, sha1, sha256
from typing import Any
from urllib.parse import quote

import redis
from sqlalchemy import Engine, MetaData, select

from receipts.clean import fold


def typings(national: str) -> set[str]:
    """A phone as people and carriers write it."""
    nine = national[1:]
    spaced = {f"{national[:4]}{gap}{national[4:7]}{gap}{national[7:]}" for gap in " .-"}
    return {nine, f"0{nine}", f"84{nine}", f"+84{nine}", f"+84 {nine[:3]} {nine[3:6]} {nine[6:]}",
            f"%2B84{nine}", *spaced}  # fmt: skip


def spellings(name: str) -> set[str]:
    """A name composed and decomposed, in capitals, small, without accents, escaped."""
    plain = {name, name.upper(), name.lower(), fold(name), fold(name).title(), fold(name).upper()}
    forms = {unicodedata.normalize(form, one) for form in ("NFC", "NFD") for one in plain}
    return forms | {json.dumps(one)[1:-1] for one in forms} | {quote(one) for one in forms}


def encodings(text: str) -> Iterator[bytes]:
    """A text as bytes: plain, in hex, in base64 at each of its three places, hashed without key."""
    raw = text.encode()
    yield raw
    if "%" in text or "\\" in text:  # written out for a carrier already
        return
    yield text.encode("utf-16-le")
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for before in range(3):
        coded = b64encode(b"\0" * before + raw)
        yield coded[(before * 8 + 5) // 6 : len(raw) * 8 // 6 + 1 if before else len(coded) - 4]
    for digest in (md5(raw), sha1(raw), sha256(raw)):
        yield digest.digest()
        yield digest.hexdigest().encode()


def needles(
    phones: Iterable[str], names: Iterable[str], numbers: Iterable[str]
) -> dict[bytes, str]:
    """What to look for, and what it would give away."""
    written = {shape: phone for phone in phones for shape in typings(phone)}
    written |= {shape: name for name in names for shape in spellings(name)}
    written |= {number: number for number in numbers}
    return {
        coded: f"{told} as {shape!r}"
        for shape, told in written.items()
        for coded in encodings(shape)
        if len(coded) >= 8
    }


def dumped(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every value of every table as it is stored, with where it stands."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        for table in found.sorted_tables:
            for row in connection.execute(select(table)):
                for column, value in row._mapping.items():
                    if value is not None:
                        yield f"{table.name}.{column}", _bytes(value)


def in_redis(client: "redis.Redis") -> Iterator[tuple[str, bytes]]:
    """Every key and value, unpacked where it was packed."""
    for key in client.scan_iter():
        name = f"redis {key!r}"
        yield name, bytes(key)
        kind: Any = client.type(key)
        readers: dict[bytes, Any] = {
            b"string": lambda k: [client.get(k)],
            b"hash": lambda k: [part for pair in client.hgetall(k).items() for part in pair],
            b"list": lambda k: client.lrange(k, 0, -1),
            b"set": client.smembers,
            b"zset": lambda k: client.zrange(k, 0, -1),
            b"stream": lambda k: [repr(client.xrange(k)).encode()],
        }
        for value in readers[bytes(kind)](key):
            yield name, bytes(value)
            yield name, _unpacked(bytes(value))


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return b""


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def given_away(
    places: Iterable[tuple[str, bytes]], looked_for: dict[bytes, str]
) -> dict[str, set[str]]:
    """What stands where it must not, by place."""
    found: dict[str, set[str]] = {}
    contents = list(places)
    whole = b"\0".join(content for _, content in contents)
    for one in [needle for needle in looked_for if needle in whole]:
        for place, content in contents:
            if one in content:
                found.setdefault(place, set()).add(looked_for[one])
    return found
