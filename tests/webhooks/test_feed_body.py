"""Size, type, packing and grammar of a feed's body."""

import gzip
import io
import json
import socket
import zlib

import pytest

from tests.make import make_record
from tests.webhooks.feeding import Feeder, served

FOUR_MIB = 4 * 1024 * 1024
EMPTY = b'{"dossiers":[]}'


def padded(size: int) -> bytes:
    return EMPTY + b" " * (size - len(EMPTY))


def bomb() -> bytes:
    """A body that unpacks to 256 MiB, made without ever holding it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * 1024 * 1024
    blocks = (packer.compress(block) for _ in range(256))
    return b"".join([packer.compress(EMPTY), *blocks, packer.flush()])


def members(*parts: bytes) -> bytes:
    return b"".join(gzip.compress(part) for part in parts)


def test_an_empty_list_is_fine(feeder: Feeder) -> None:
    answer = feeder.post(EMPTY)
    assert (answer.status_code, answer.get_json()) == (200, {"results": []})


def test_four_mebibytes_are_taken_and_one_byte_more_is_not(feeder: Feeder) -> None:
    assert feeder.post(padded(FOUR_MIB)).status_code == 200
    answer = feeder.post(padded(FOUR_MIB + 1))
    assert (answer.status_code, answer.get_json()["error"]) == (413, "size")


def test_size_is_refused_before_the_signature_is_looked_at(feeder: Feeder) -> None:
    assert feeder.client.post("/feeds/v1/dossiers", data=padded(FOUR_MIB + 1)).status_code == 413


def test_a_body_without_an_announced_length_is_held_to_the_same_limit(feeder: Feeder) -> None:
    answer = feeder.client.post(
        "/feeds/v1/dossiers",
        input_stream=io.BytesIO(padded(FOUR_MIB + 1)),
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413


def test_five_thousand_dossiers_are_taken_at_once_and_no_more(feeder: Feeder) -> None:
    record = make_record()
    assert set(feeder.outcomes(*[record] * 5000)) == {"new", "repeat"}
    answer = feeder.send(*[record] * 5001)
    assert (answer.status_code, answer.get_json()["error"]) == (413, "size")


@pytest.mark.parametrize(
    "body",
    [members(EMPTY), members(EMPTY[:5], EMPTY[5:]), members(EMPTY) + b"\0" * 8],
    ids=["one member", "two members", "padded with zeros"],
)
def test_gzip_is_unpacked(feeder: Feeder, body: bytes) -> None:
    assert feeder.post(body, Content_Encoding="gzip").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        EMPTY,
        b"\x1f\x8b",
        members(EMPTY)[:-9],
        members(EMPTY)[:-1] + b"x",
        members(EMPTY) + b"rest",
        zlib.compress(EMPTY),
    ],
    ids=["plain", "head only", "cut", "wrong length", "rest behind", "deflate"],
)
def test_gzip_that_cannot_be_unpacked_is_a_fault(feeder: Feeder, body: bytes) -> None:
    answer = feeder.post(body, Content_Encoding="gzip")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "form")


def test_nothing_packed_as_gzip_is_a_fault_of_form(feeder: Feeder) -> None:
    assert feeder.post(b"", Content_Encoding="gzip").status_code == 400


def test_a_gzip_bomb_is_refused_unexploded(feeder: Feeder) -> None:
    answer = feeder.post(bomb(), Content_Encoding="gzip")
    assert (answer.status_code, answer.get_json()["error"]) == (413, "size")


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        (None, None),
        ("text/plain", None),
        ("application/x-www-form-urlencoded", None),
        ("application/xml", None),
        ("application/json; charset=windows-1258", None),
        ("application/json; charset=utf-16", None),
        ("application/json", "br"),
        ("application/json", "deflate"),
        ("application/json", "gzip, gzip"),
    ],
)
def test_other_types_are_refused(
    feeder: Feeder, content_type: str | None, encoding: str | None
) -> None:
    answer = feeder.post(EMPTY, content_type, Content_Encoding=encoding)
    assert (answer.status_code, answer.get_json()["error"]) == (415, "type")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'],
)
def test_json_in_utf8_is_taken_however_it_is_named(feeder: Feeder, content_type: str) -> None:
    assert feeder.post(EMPTY, content_type).status_code == 200


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'{"dossiers":[]}{}', "no JSON"),
        (b"{'dossiers':[]}", "no JSON"),
        (b'{"dossiers":[],}', "no JSON"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        ("Hồ sơ".encode("cp1258", "ignore") + b"\xf5", "not UTF-8"),
        (b'{"dossiers":"\xed\xa0\x80"}', "not UTF-8"),  # a surrogate as UTF-8 bytes
        (b"null", "expected an object"),
        (b"[]", "expected an object"),
        (b"3", "expected an object"),
        (b'"dossiers"', "expected an object"),
        (b'{"dossiers":[],"dossiers":[]}', "twice"),
        (b'{"dossiers":[{"code":"1","code":"2"}]}', "twice"),
        (b'{"dossiers":NaN}', "NaN"),
        (b'{"dossiers":[-Infinity]}', "-Infinity"),
        (b'{"dossiers":[' + b"9" * 5000 + b"]}", "digits"),
        (b"[" * 100_000, "nested"),
        (b'{"a":' * 50_000, "nested"),
        (b'{"\\ud800":1,"dossiers":[]}', "lone surrogate"),
        (b'{"dossiers":[{"a\\u0000b":1}]}', "control character"),
    ],
)
def test_what_is_not_sound_json_is_a_fault_of_the_whole_body(
    feeder: Feeder, body: bytes, part: str
) -> None:
    answer = feeder.post(body)
    said = answer.get_json()
    assert (answer.status_code, said["error"]) == (400, "form")
    assert "index" not in said["errors"][0]
    assert part in said["errors"][0]["message"]


@pytest.mark.parametrize("body", [b"{}", b'{"dossiers":null}', b'{"dossiers":{}}'])
def test_a_body_without_a_list_of_dossiers_names_that_field(feeder: Feeder, body: bytes) -> None:
    answer = feeder.post(body)
    assert answer.status_code == 400
    [fault] = answer.get_json()["errors"]
    assert (fault["field"], "index" in fault) == ("dossiers", False)


def test_a_byte_order_mark_is_forgiven(feeder: Feeder) -> None:
    assert feeder.post(b"\xef\xbb\xbf" + EMPTY).status_code == 200


def test_escaped_letters_are_read_like_plain_ones(feeder: Feeder) -> None:
    escaped = json.dumps({"dossiers": [make_record()]}, ensure_ascii=True).encode()
    assert feeder.post(escaped).get_json()["results"][0]["outcome"] == "new"
    assert feeder.outcomes(make_record()) == ["repeat"]


def test_a_body_cut_on_its_way_is_answered_without_a_fault_of_ours(feeder: Feeder) -> None:
    with served(feeder.runtime) as address:
        port = int(address.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(
                b"POST /feeds/v1/dossiers HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
            )
            line.shutdown(socket.SHUT_WR)
            assert b" 400 " in line.recv(1000).split(b"\r\n")[0]
