"""A counter that works: procedures, dossiers taken in by the form, and one fed by software."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from bot.core.snapshot import FeedDossier, Procedure, Ticks, Times
from bot.feed_keys import add_feed_key
from bot.procedures import import_procedures
from bot.register import register_dossiers
from bot.store.feed_keys import FeedKey
from tests.console.desk import Client, Desk

BIRTH, LAND = "1.001193", "1.012753"
LIST = (
    "ma,ten,so_ngay,loai_ngay,giay_to,phi,huong_dan\n"
    f'{BIRTH},Đăng ký khai sinh,5,làm việc,"Tờ khai; bản chính=1|Giấy chứng sinh; bản chính=1",'
    "8.000 đồng,Mang theo căn cước.\n"
    f"{LAND},Đăng ký đất đai lần đầu,20,làm việc,Đơn đăng ký; bản chính=1,,\n"
)
FED = "H56.14-261101-0009"


def make_counter(database_url: str, **settings: Any) -> Desk:
    """A desk whose province has a list of procedures."""
    desk = Desk(database_url, settings={"sms_short_code": "8083", **settings})
    report = import_procedures(desk.runtime, None, "H56", LIST.encode())
    assert report.stored, report.faults
    return desk


def field_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    [found] = re.findall(f'name="{name}" value="([^"]*)"', page)
    return unescape(found)


def filled(client: Client, **typed: str) -> dict[str, str]:
    """The intake form as a clerk sends it; a name with __ stands for one with dots."""
    page = client.get(f"/console/tiep-nhan?thu_tuc={BIRTH}").text
    usual = {
        "press": field_of(page, "press"),
        "co_quan": field_of(page, "co_quan"),
        "procedure": BIRTH,
        "name": "Nguyễn Thị Mẫu",
        "phone": "0905 123 456",
        "address": "Số 12 đường Hùng Vương",
        "sets": "1",
        "channel": "desk",
        "sms": "1",
        "papers.0.name": "Tờ khai",
        "papers.0.originals": "1",
        "then": "print",
    }
    return usual | {name.replace("__", "."): value for name, value in typed.items()}


def send(client: Client, **typed: str) -> TestResponse:
    """Send the intake form."""
    return client.post("/console/tiep-nhan", filled(client, **typed))


def take_in(client: Client, **typed: str) -> str:
    """Take a dossier in; its code."""
    answer = send(client, **typed)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].split("/")[3]


def move(client: Client, code: str, kind: str, **typed: str) -> TestResponse:
    """Press a button of a dossier's page and send what it asks for."""
    page = client.get(f"/console/ho-so/{code}?viec={kind}").text
    form = {"kind": kind, "seen": field_of(page, "seen"), **typed}
    return client.post(f"/console/ho-so/{code}/chuyen", form)


def feed(desk: Desk, code: str = FED, agency: str = "H56.14", **told: Any) -> str:
    """Software tells of a dossier; its code."""
    add_feed_key(desk.runtime, agency)
    dossier = FeedDossier(
        code=code,
        agency=agency,
        procedure=Procedure("2.000815", "Chứng thực bản sao"),
        step=told.pop("step", "Thẩm định hồ sơ"),
        status=told.pop("status", 4),
        changed_at=told.pop("changed_at", desk.clock()),
        times=told.pop("times", Times(received_at=datetime(2026, 11, 20, 2, 0, tzinfo=UTC))),
        phone=told.pop("phone", "0905 999 888"),
        owner_name=told.pop("owner_name", "Trần Văn Phần Mềm"),
        notify=told.pop("notify", Ticks()),
        **told,
    )
    [result] = register_dossiers(desk.runtime, FeedKey("test", agency, False), [dossier])
    assert result.why is None, result.why
    return code


def deeds(desk: Desk) -> list[tuple[str, str | None]]:
    """What the audit trail says was done, oldest first: action and key."""
    with desk.runtime.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT action, about_key FROM audit_entry ORDER BY id")
        return [(row[0], row[1]) for row in rows]


TODAY = date(2026, 11, 25)
