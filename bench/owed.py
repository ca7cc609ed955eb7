"""Rows to work on: messages owed, events waiting, dossiers to find."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Engine, text

from bench.events import body_of
from bot.core.message import Button
from bot.runtime import Runtime
from bot.store.inbox import remember
from bot.store.outbox import owe

NOTHING: Mapping[str, str] = MappingProxyType({})
CODE = "H56.14-240823-0001"
REPLY = (
    f"Hồ sơ {CODE} đang ở bước Thẩm định, còn trong hạn giải quyết. "
    "Mời bạn chọn một nút dưới đây hoặc gõ mã hồ sơ khác để tra cứu tiếp."
)
BUTTON = Button("Tra cứu hồ sơ khác", "#TRACUU")
_COPIED = (
    "lane, event, channel, body, text_mark, state, claims, unsure, refusals, asked_at, "
    "expires_at, created_at, due_at"
)
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers "
    "WHERE n < :count) ",
    "postgresql": "WITH numbers AS (SELECT generate_series(1, :count) AS n) ",
}


def numbers(engine: Engine) -> str:
    """The beginning of a statement that may select from numbers(n), 1 to :count."""
    return _NUMBERS[engine.dialect.name]


def owe_messages(runtime: Runtime, lane: str, count: int, tag: str) -> None:
    """Owe so many equal messages, each to another citizen; the tag keeps their keys apart."""
    now = runtime.now()
    body = json.dumps({"text": REPLY, "buttons": [asdict(BUTTON)]}, ensure_ascii=False)
    first = {
        "lane": lane,
        "event": "lookup" if lane == "chat" else "result",
        "dedupe_key": f"{tag}:0",
        "channel": "zalo",
        "recipient": f"{tag}-0",
        "body": runtime.vault.seal(body),
        "text_mark": b"\0" * 32,
        "state": "waiting",
        "due_at": now - timedelta(seconds=1),
        "claims": 0,
        "unsure": 0,
        "refusals": 0,
        "asked_at": now,
        "expires_at": now + timedelta(hours=24),
        "created_at": now,
    }
    copy = text(
        f"INSERT INTO outbox (dedupe_key, recipient, {_COPIED}) {numbers(runtime.engine)}"
        f"SELECT :tag || ':' || n, :tag || '-' || n, {_COPIED} FROM outbox, numbers "
        "WHERE dedupe_key = :first"
    )
    with runtime.engine.begin() as connection:
        owe(connection, [first])
        if count > 1:
            values = {"tag": tag, "first": f"{tag}:0", "count": count - 1}
            connection.execute(copy, values)


def await_events(runtime: Runtime, count: int) -> None:
    """Let so many questions wait in the inbox, each by another citizen."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        for number in range(count):
            body = body_of(f"q-{number}", f"Cho tôi hỏi hồ sơ {CODE} đến đâu rồi")
            values = {
                "carrier": "zalo",
                "event_key": f"user_send_text:bench-{number}",
                "event_name": "user_send_text",
                "own": True,
                "event_at": now,
                "arrived_at": now,
                "payload": runtime.vault.seal(body),
                "due_at": now,
                "attempts": 0,
            }
            remember(connection, values)


def file_dossiers(
    engine: Engine, count: int, due: str = ":now", told: Mapping[str, str] = NOTHING, of: str = ""
) -> None:
    """File so many dossiers: numbers 1 to 9,999 of each day from 2024-01-01 on, at one desk.

    Shape: `due` is the due date in the database's words; there `n` is the dossier's number.
           `told` are other columns in such words, `of` what is joined for them.
    """
    lite = engine.dialect.name == "sqlite"
    day = (
        "strftime('%Y%m%d', date('2024-01-01', '+' || ((n - 1) / 9999) || ' days'))"
        if lite
        else "to_char(date '2024-01-01' + ((n - 1) / 9999), 'YYYYMMDD')"
    )
    serial = (
        "printf('%04d', (n - 1) % 9999 + 1)" if lite else "lpad(((n - 1) % 9999 + 1)::text, 4, '0')"
    )
    code = f"'H56.14-' || substr({day}, 3) || '-' || {serial}"
    noise = (lambda size: f"randomblob({size})") if lite else _noise
    columns = {
        "code": code,
        "agency_code": "'H56.14'",
        "procedure_code": "'1.004873.000.00.00.H56'",
        "procedure_name": "'Cấp giấy xác nhận tình trạng hôn nhân'",
        "same_day": ":no",
        "step": "'Thẩm định'",
        "status": "2",
        "at_desk": ":no",
        "changed_at": ":now",
        "due_at": due,
        "phone": noise(100),
        "phone_index": noise(32),
        "phone_line": "'mobile'",
        "notify_zalo": ":no",
        "notify_sms": ":no",
        "notify_post": ":no",
        "owner_name": noise(140),
        "content": noise(32),
        "first_seen_at": ":now",
        "updated_at": ":now",
        **told,
    }
    now = datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO agency (code, name, same_day_notices, step_sms, result_hold_minutes, "
                "created_at) VALUES ('H56.14', 'UBND', :no, :no, 0, :now)"
            ),
            {"no": False, "now": now},
        )
        connection.execute(
            text(
                f"INSERT INTO dossier (id, {', '.join(columns)}) {numbers(engine)}"
                f"SELECT n, {', '.join(columns.values())} FROM numbers {of}"
            ),
            {"count": count, "no": False, "now": now if not lite else now.replace(tzinfo=None)},
        )
        connection.execute(
            text("INSERT INTO receipt_code (code, dossier_id) SELECT code, id FROM dossier")
        )


def _noise(size: int) -> str:
    """Random bytes in PostgreSQL's words."""
    parts = " || ".join(["decode(md5(random()::text), 'hex')"] * -(-size // 16))
    return f"substr({parts}, 1, {size})"


def code_of(number: int) -> str:
    """The code of the dossier with this number, as file_dossiers() counts."""
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=(number - 1) // 9999)
    return f"H56.14-{day:%y%m%d}-{(number - 1) % 9999 + 1:04d}"
