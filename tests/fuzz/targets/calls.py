"""Calls of machines: Zalo's webhook, the feeds, citizens' SMS and the gateways' receipts."""

import gzip
import json
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.channels.sms_receipts import RECEIPT_FORMS
from bot.channels.zalo_events import NotGenuine, listen, read_event
from bot.core.intent import read_intent
from bot.core.message import EventKind
from bot.hear import hear
from bot.runtime import Runtime
from bot.store.tables import inbox, outbox
from bot.take_in import zalo_keys
from tests.fuzz.target import Promise, Target
from tests.make import NOW, make_record, make_runtime
from tests.sms_calls import AGGREGATOR_ADDRESS, AGGREGATORS, KEYS, MOBILE, QUERIES, call, words_of
from tests.webhooks.feeding import make_feeder
from tests.webhooks.national_feeding import PROGRESS, SYNC, make_national, make_progress
from tests.zalo_calls import (
    SETTINGS,
    content_event,
    echo_event,
    raw,
    relation_event,
    signature,
    text_event,
)
from webhooks.feed_national import NATIONAL_PATH
from wsgi import create_app

CODE = "H56.14-240823-0001"
ZALO_WORDS = (
    "event_name", "user_send_text", "user_send_image", "user_send_link", "follow", "unfollow",
    "oa_send_text", "user_submit_info", "user_received_message", "user_seen_message", "timestamp",
    "change_template_status", "change_template_quality", "change_template_quota", "sender", "id",
    "recipient", "message", "text", "msg_id", "attachments", "payload", "url", "info", "phone",
    "follower", "user_id", "oa_id", "admin_id", "tracking_id", "delivery_time", "template_id",
)  # fmt: skip
PAPER = {"TepDinhKemId": "1", "TenGiayTo": "Đơn", "DuocSoHoa": "1", "ThoiHanHieuLuc": "31/12/2030"}
RESULT = {
    "GiayToId": "k-1", "TenGiayTo": "Giấy chứng nhận", "MaGiayToKetQua": "KQ.G15.000031",
    "SoKyHieu": "125/QĐ-UBND", "NgayBanHanh": "20261122", "ThoiHanVinhVien": "true",
}  # fmt: skip
DOCUMENT = {
    "ref": "kq-1", "kind": "result", "name": "Giấy phép", "type_code": "KQ.G15.000031",
    "owner_identifier": "056190001234", "symbol": "7/GPXD", "issued_on": "2026-11-22",
    "valid_until": "2027-11-22", "digitised": True, "digitised_at": "2026-11-22T09:30:00+07:00",
    "link": "https://kho.example.vn/kq-1",
}  # fmt: skip
NATIONAL_WORDS = (
    *make_national(), *make_progress(), *PAPER, *RESULT, "TaiLieuNop", "DanhSachGiayToKetQua",
    "session", "madonvi", "service", "isUpdating", "data",
    SYNC, PROGRESS, "null", "true", "20261204170000", "\\ud800",
)  # fmt: skip
FEED_WORDS = (
    *make_record(), *DOCUMENT, "documents", "dossiers", "notify", "needed",
    "local_code", "received_at", "zalo", "sms", "post", "true", "false", "null", "1e999", "-0",
    "\\u0000", "\\ud800", "+07:00", "Z",
)  # fmt: skip


def _runtime(folder: Path, **settings: Any) -> Runtime:
    return make_runtime(f"sqlite:///{folder / 'bot.db'}", **settings)


def _timestamp(body: bytes) -> str | None:
    """What a call's signature ends with, when it can be signed at all."""
    try:
        fields = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
        stamp = fields["timestamp"]
        stamp.encode()
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
    return stamp if isinstance(stamp, str) else None


def _events() -> Sequence[bytes]:
    photo = [{"type": "image", "payload": {"url": "https://a.zdn.vn/1.jpg"}}]
    receipt = content_event("user_received_message", msg_id="r1", delivery_time="1795572000000")
    news = relation_event("change_template_status") | {"template_id": "1", "status": {}}
    return [
        raw(one)
        for one in (
            text_event(CODE),
            text_event("gặp cán bộ 0905123456"),
            content_event("user_send_image", attachments=photo),
            content_event("user_send_link", text="https://a.vn/?MHS=" + CODE, attachments=photo),
            relation_event("follow"),
            relation_event("unfollow"),
            echo_event("Hồ sơ", "e1"),
            receipt,
            news,
            content_event("user_submit_info") | {"info": {"phone": "84905123456"}},
        )
    ]


def _reads_events(_folder: Path) -> Promise:
    keys = zalo_keys(SETTINGS)

    def promise(body: bytes) -> None:
        stamp = _timestamp(body)
        try:
            received = listen(body, signature(body, stamp or ""), keys, NOW)
        except NotGenuine:
            return
        if received is None:
            return
        assert received.at <= NOW
        event = read_event(body, received.at, SETTINGS.zalo_oa_id)
        assert event.user_id != SETTINGS.zalo_oa_id or event.kind is EventKind.ECHO
        read_intent(event.text, "MCKH")

    return promise


def _hears_events(folder: Path) -> Promise:
    runtime = _runtime(folder)
    web = create_app(runtime).test_client()

    def promise(body: bytes) -> None:
        headers = {"X-ZEvent-Signature": signature(body, _timestamp(body) or "")}
        told = {web.post("/webhooks/zalo", data=body, headers=headers).status_code for _ in "12"}
        assert len(told) == 1
        assert told <= {200, 401}
        while hear(runtime):
            pass
        with runtime.engine.begin() as connection:
            broken = select(inbox.c.event_name, inbox.c.fault).where(inbox.c.fault.is_not(None))
            assert connection.execute(broken).all() == []
            connection.execute(outbox.delete())
            connection.execute(inbox.delete())

    return promise


def _feeds(folder: Path, path: str) -> Promise:
    """The first byte says how the rest is packed."""
    feeder = make_feeder(_runtime(folder)).at(path)

    def promise(data: bytes) -> None:
        packing, body = data[:1] or b"0", data[1:]
        encoding = "gzip" if packing in b"12" else None
        if packing == b"1":
            body = gzip.compress(body, 1, mtime=0)
        answers = [feeder.post(body, Content_Encoding=encoding) for _ in "12"]
        assert {one.status_code for one in answers} <= {200, 400, 413}, answers[0].status_code
        assert answers[0].status_code == answers[1].status_code
        first, again = (one.get_json() for one in answers)
        if answers[0].status_code != 200:
            assert first["message"]
            assert first["error"] in ("form", "size")
        elif path != NATIONAL_PATH:
            assert not {one["outcome"] for one in again["results"]} & {"new", "changed"}
            assert len(first["results"]) == len(again["results"])

    return promise


def _records() -> Sequence[bytes]:
    whole = make_record(notify={"zalo": True, "sms": False, "post": False}, needed=["CCCD"])
    body = json.dumps({"dossiers": [whole, make_record(2, documents=[DOCUMENT])]}).encode()
    packed = b"2" + gzip.compress(body, mtime=0)
    return [b"0" + body, b"1" + body, packed, b'0{"dossiers":[]}', b"2\x1f\x8b", b"0\xef\xbb\xbf{}"]


def _national_records() -> Sequence[bytes]:
    ask = [{"NgayThongBaoBoSung": "20261125080000", "NoiDungBoSung": "CCCD"}]
    calls = [
        {"session": "x", "madonvi": "H32", "service": SYNC, "isUpdating": "False",
         "data": [make_national(), make_national(2, DanhSachBoSung=ask, TrangThaiHoSo="9")]},
        {"session": "x", "madonvi": "H32", "service": PROGRESS, "data": [make_progress()]},
        {"session": "x", "madonvi": "H32", "service": SYNC,
         "data": [make_national(3, TaiLieuNop=[PAPER], DanhSachGiayToKetQua=[RESULT])]},
    ]  # fmt: skip
    return [b"0" + json.dumps(call).encode() for call in calls] + [b"0{}"]


def _answers_sms(folder: Path) -> Promise:
    """The first byte names the aggregator, the second whether the call is genuine."""
    web = create_app(_runtime(folder, **KEYS)).test_client()
    numbers = count(1)

    def promise(data: bytes) -> None:
        aggregator = AGGREGATORS[(data[:1] or b"0")[0] % 3]
        if data[1:2] != b"+":
            path = f"/webhooks/sms/{aggregator}/inbound"
            given = {"QUERY_STRING": data[2:].decode("latin-1"), "REMOTE_ADDR": AGGREGATOR_ADDRESS}
            assert web.get(path, environ_overrides=given).status_code in (200, 403)
            return
        text = data[2:].decode("utf-8", "replace")
        query = QUERIES[aggregator](text, str(int(MOBILE) + next(numbers) % 90_000))
        answers = [call(web, aggregator, query) for _ in "12"]
        assert {one.status_code for one in answers} == {200}
        words = [words_of(aggregator, one.data) for one in answers]
        assert words[0] == words[1]
        assert words[0].isascii()
        assert words[0].strip()

    return promise


def _texts() -> Sequence[bytes]:
    said = (f"MCKH {CODE}", "MCKH 0101701234", "mckh", "gặp cán bộ", "0905123456", "")
    signed = [bytes([kind]) + b"+" + text.encode() for kind in range(3) for text in said[:4]]
    unsigned = [
        bytes([kind]) + b"-" + query(said[0]).encode()
        for kind, query in enumerate(QUERIES.values())
    ]
    return [*signed, *unsigned]


def _takes_receipts(folder: Path) -> Promise:
    """The first byte names the gateway."""
    web = create_app(_runtime(folder)).test_client()

    def promise(data: bytes) -> None:
        form = RECEIPT_FORMS[(data[:1] or b"0")[0] % len(RECEIPT_FORMS)]
        heard = form.hear(data[1:], NOW)
        assert all(one.at <= NOW for one in heard.receipts)
        path = f"/webhooks/sms/{form.gateway}/receipt"
        if form.method == "GET":
            given = {"QUERY_STRING": data[1:].decode("latin-1")}
            assert web.get(path, environ_overrides=given).status_code == 200
        else:
            assert web.post(path, data=data[1:]).status_code == 200

    return promise


def _reports() -> Sequence[bytes]:
    return [
        b"\x00SMSID=a1&SendFailed=0&SendStatus=5&SendSuccess=1&TotalReceiver=1&RequestId=n1",
        b'\x01[{"type":"report","tranId":1,"phone":"84905123456","status":0}]',
        b'\x02[{"transaction_id":"n1","phone":"84905123456","status":"1","time":"1795572000"}]',
    ]


TARGETS = (
    Target("zalo", _reads_events, _events, ZALO_WORDS, most_bytes=8_192),
    Target("heard", _hears_events, _events, ZALO_WORDS),
    Target("feed", lambda folder: _feeds(folder, "/feeds/v1/dossiers"), _records, FEED_WORDS),
    Target("national", lambda to: _feeds(to, NATIONAL_PATH), _national_records, NATIONAL_WORDS),
    Target("sms", _answers_sms, _texts, ("MCKH", "mckh", CODE, "sign=", "content=", "%", "+")),
    Target("receipts", _takes_receipts, _reports, ("SMSID", "SendStatus", "tranId", "status")),
)
