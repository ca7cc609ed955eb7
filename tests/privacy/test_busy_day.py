"""After a busy day no phone, name or number of a citizen stands in clear: not in the database,
not in the logs, not in Redis, in whatever shape."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.bell import LANES, RqBell, quick_redis
from bot.breach_pack import breach_pack
from bot.ceiling import Ceiling
from bot.channels.channel import Again, SendFailed
from bot.core.phone import Phone
from bot.core.receipt import DeliveryReceipt, Reported
from bot.core.snapshot import Ticks
from bot.core.staff import Role
from bot.draw_batch import draw_due
from bot.feed_keys import add_feed_key
from bot.purge import purge
from bot.show_subject import export_subject, show_subject
from bot.store.announcement_tables import announcement, announcement_phone
from bot.store.book_tables import complaint
from bot.store.counter_tables import handover_line, slip_batch
from bot.store.document_tables import document
from bot.store.notice_tables import attempt, notice, phone_link
from bot.store.post_tables import post_progress, post_return
from bot.store.tables import agency, dossier, inbox, outbox, sms_inbound
from bot.take_receipts import take_receipts
from bot.track_post import track_post
from bot.upkeep import JOBS
from tests.bot.notice_stage import TEMPLATES, Stage, Way
from tests.bot.post_office import SETTINGS, Office
from tests.console.counter import make_counter, move, take_in
from tests.console.desk import Client, Desk
from tests.conversation import CODE, House
from tests.privacy.traces import dumped, given_away, in_redis, needles
from tests.proving import prove, shared_phone
from tests.rig.redis_server import RedisServer
from tests.sms_calls import AGGREGATORS, KEYS, ask
from tests.web.test_result_page import ask as check
from tests.webhooks.feeding import Feeder
from tests.zalo_calls import CITIZEN

MAI, NHU, LISTED = "0987654321", "0976543218", "0965432187"
PHONES = (MAI, NHU, LISTED)
MAI_NAME, NHU_NAME, OWNER = "Trịnh Thị Ngọc Mai", "Đỗ Quỳnh Như Ý", "Lý Hoàng Bảo Khánh"
CLERK = "Phùng Thế Vĩnh"
IDENTITY, ADDRESS = "038199012345", "Ngõ Hoa Phượng Vĩ 79"
NAMES = (MAI_NAME, NHU_NAME, OWNER, CLERK, ADDRESS, "Giấy xác nhận độc thân của bà Ngọc Mai")
ANNOUNCEMENT = {
    "kind": "event", "title": "Lịch tiếp công dân", "text": "Mời Ông/Bà xem lịch tiếp công dân.",
    "link": "", "audience": "phones", "roads": "template_phone", "roads_sent": "1", "send_at": "",
    "revision": "1",
}  # fmt: skip


@pytest.fixture
def desk(database_url: str, redis_server: RedisServer) -> Desk:
    """A counter whose province uses every way."""
    redis_server.flush()
    told = {"zalo_announcement_template": {"id": "412299", "params": {"t": "{title}"}}}
    settings = {**KEYS, **told, **SETTINGS, "sms_gateway": "esms", "zalo_templates": TEMPLATES,
                "redis_url": redis_server.url}  # fmt: skip
    desk = make_counter(database_url, **settings)
    with desk.runtime.engine.begin() as connection:
        connection.execute(
            update(agency).where(agency.c.code == "H56.14").values(open_hours="Sáng, chiều")
        )
    return desk


def carriers(desk: Desk) -> Stage:
    """Carriers that take messages; the gateway refuses one and quotes its number."""
    ways = (Way("zalo"), Way("uid"), Way("zbs"), Way("esms"), Way("vietguys"))
    stage = Stage(desk.runtime, desk.clock, *ways)

    def refuse() -> None:
        raise SendFailed(Again.CLOSED, f"refused 84{NHU[1:]}", "104", f"So +84 {NHU[1:]} sai")

    for way in (stage.zbs, stage.sms):
        way.script.append(refuse)
    return stage


def feeds(desk: Desk) -> None:
    """Software tells of three dossiers, one with a number in the wrong place."""
    key = add_feed_key(desk.runtime, "H56.14")
    record: dict[str, Any] = {
        "agency": "H56.14", "procedure": {"code": "1.003560", "name": "Đăng ký khai sinh"},
        "step": "Thẩm định hồ sơ", "status": 4, "changed_at": "2026-11-25T08:30:00+07:00",
        "due_at": "2026-12-04T17:00:00+07:00", "handler": CLERK, "notify": {"zalo": True},
    }  # fmt: skip
    feeder = Feeder(desk.runtime, desk.app.test_client(), key)
    digital = {"kind": "result", "name": NAMES[-1], "type_code": "KQ.G15.000031",
               "owner_identifier": IDENTITY, "summary": f"Cấp cho {MAI_NAME}", "signer": CLERK,
               "symbol": f"9/XN {OWNER}", "link": f"https://kho.example.vn/{IDENTITY}"}  # fmt: skip
    mine = {**record, "code": CODE, "phone": f"+84 {MAI[1:]}", "owner_name": MAI_NAME,
            "needed": [NAMES[-1]],
            "documents": [{**digital, "ref": f"{IDENTITY} {MAI_NAME}.pdf"}]}  # fmt: skip
    other = {**record, "code": "H56.14-240823-0002", "phone": NHU, "owner_name": NHU_NAME,
             "notify": {"sms": True, "zalo": True}}  # fmt: skip
    assert feeder.outcomes(mine, other) == ["new", "new"]
    moved = {"step": "Trả kết quả", "status": 9, "changed_at": "2026-11-25T08:45:00+07:00"}
    assert feeder.outcomes({**mine, **moved}, {**other, **moved}) == ["changed", "changed"]
    assert feeder.send({**mine, "phone": 5, "owner_name": [MAI_NAME, MAI]}).status_code == 400
    feeder.send({**mine, "code": f"mã của {MAI_NAME}", MAI: MAI_NAME})


def chats(house: House, stage: Stage) -> None:
    """A citizen proves a phone, asks, is told, talks and complains."""
    stage.work()
    prove(house, MAI, CITIZEN, f"+84{MAI[1:]}")
    house.hear(shared_phone(f"84{MAI[1:]}"))
    for text in (
        "hồ sơ của tôi", "dữ liệu của tôi", CODE, f"CCCD {IDENTITY}", f"tôi là {MAI_NAME}",
        f"tra cứu {NHU}", f"MCKH {NHU}", f"MCKH {CODE} của {OWNER} sđt {MAI}",
        f"KQ {IDENTITY}.KQ.G15.000031", f"kiểm tra kết quả {IDENTITY}.KQ.G15.9", f"KQ 9/XN {OWNER}",
    ):  # fmt: skip
        house.say(text)
    wanting: dict[str, Any] = {"needed": (NAMES[-1],), "handler": CLERK, "notify": Ticks(zalo=True)}
    house.feed(CODE, phone=MAI, owner_name=MAI_NAME, status=5, at_desk=True, **wanting)
    stage.work()
    house.say(f"gặp cán bộ về hồ sơ {CODE}, tôi là {MAI_NAME} số {MAI}")


def asks_by_sms(desk: Desk) -> None:
    """Paid questions through every aggregator."""
    web = desk.app.test_client()
    for aggregator in AGGREGATORS:
        for text in (f"MCKH {CODE} {OWNER}", f"MCKH 0101709999 {MAI_NAME}", f"sai {IDENTITY}"):
            ask(web, aggregator, text, mobile=f"84{NHU[1:]}")
        ask(web, aggregator, f"MCKH {LISTED}", mobile=f"84{NHU[1:]}")


def checks(desk: Desk) -> None:
    """Somebody checks results on the page for everybody."""
    web = desk.app.test_client()
    for typed in (f"{IDENTITY}.KQ.G15.000031", f"{IDENTITY}.KQ.G15.9", IDENTITY, MAI):
        assert check(web, typed).status_code == 200


def counter(desk: Desk, clerk: Client, stage: Stage) -> None:
    """Intake, moves, papers, searches, corrections, the day's slips, an answer in a talk."""
    came = {"name": NHU_NAME, "phone": NHU, "address": ADDRESS, "note": IDENTITY, "owner": OWNER}
    code = take_in(clerk, **came, owner_address=ADDRESS, email="quynhnhu@example.vn")
    clerk.post("/console/tiep-nhan", {"name": MAI_NAME, "phone": MAI, "identity": IDENTITY})
    clerk.post("/console/tiep-nhan/so-dien-thoai", {"phone": MAI})
    move(clerk, code, "supplement", needed=NAMES[-1], reason=f"{OWNER} {MAI} vắng mặt")
    for typed in (MAI, f"+84{NHU[1:]}", NHU_NAME, OWNER, IDENTITY, f"xx {MAI_NAME}"):
        place = clerk.post("/console/tim", {"q": typed}).headers["Location"]
        clerk.get(place)
    clerk.get(f"/console/ho-so/{CODE}")
    digital = {"name": NAMES[-1], "owner_identifier": IDENTITY, "owner_name": OWNER, "summary": MAI}
    clerk.post(f"/console/ho-so/{code}/giay-to", {"press": "p", "kind": "result", **digital})
    for typed in (IDENTITY, f"{IDENTITY}.KQ.G15.000031", OWNER):
        clerk.get(clerk.post("/console/giay-to", {"q": typed}).headers["Location"])
    clerk.get("/console/giay-to/xuat.csv")
    clerk.get(f"/console/ho-so/{code}/giay/bien-nhan")
    clerk.post(f"/console/so-dien-thoai/{CODE}", {"phone": MAI[:-1] + "0"})
    clerk.post(f"/console/so-dien-thoai/{CODE}", {"phone": MAI})
    asked = clerk.post("/console/in-theo-ngay", {"day": "25/11/2026", "paper": "A5"})
    draw_due(desk.runtime)
    assert clerk.get(f"{asked.headers['Location']}/phieu.pdf").data.startswith(b"%PDF")
    clerk.post("/console/trao-doi/1/nhan", {})
    clerk.post("/console/trao-doi/1/tra-loi", {"text": f"Chào bà {MAI_NAME}", "press": "p1"})
    stage.work()


def sends_by_post(desk: Desk, clerk: Client) -> None:
    """A result that goes by post, and the post's own words about who took it."""
    receiver = {"name": OWNER, "tel": NHU, "line": ADDRESS, "commune": "phường Lộc Thọ",
                "province": "Khánh Hòa"}  # fmt: skip
    assert clerk.post(f"/console/buu-dien/{CODE}", receiver).status_code == 303
    clerk.get(f"/console/buu-dien/{CODE}")
    office = Office()
    office.tell(f"Phát thành công cho {OWNER}, {NHU}", code=CODE)
    track_post(desk.runtime, office)


def complains(desk: Desk, house: House, clerk: Client) -> None:
    """A result that was told and was not there."""
    house.say("kết thúc")
    house.say(f"tôi đến nhưng chưa có kết quả, {MAI_NAME}")
    with desk.runtime.engine.connect() as connection:
        number = connection.scalar(select(complaint.c.id))
    clerk.post(f"/console/phan-anh/{number}", {"verdict": "ready", "answer": f"Bà {MAI_NAME} ạ"})


def announces(desk: Desk) -> None:
    """An announcement to a list of numbers."""
    writer = desk.login(Role.ANNOUNCER)
    place = str(writer.post("/console/thong-bao").headers["Location"])
    rows = f"sđt,tên\n{LISTED},{OWNER}\n{MAI},{MAI_NAME}\nsai,{NHU_NAME}\n".encode()
    writer.post(place, {**ANNOUNCEMENT, "phones": (BytesIO(rows), f"{OWNER}.csv")})
    writer.get(f"{place}/nguoi-nhan")


def operates(desk: Desk, stage: Stage) -> None:
    """What the night and the operator do."""
    late = DeliveryReceipt("zbs", ("zbs-1",), Reported.FAILED, desk.clock(), "-1", f"so {MAI} tat")
    unknown = DeliveryReceipt("zbs", ("zz",), Reported.FAILED, desk.clock(), "-1", f"84{NHU[1:]}")
    take_receipts(desk.runtime, [late, unknown])
    stage.later(hours=3)
    for name in ("books", "tidy", "end-talks", "erase"):
        JOBS[name].run(desk.runtime)
    phone = Phone(f"+84{MAI[1:]}")
    show_subject(desk.runtime, phone)
    export_subject(desk.runtime, phone)
    purge(desk.runtime, dry_run=True)
    breach_pack(desk.runtime, desk.clock().replace(hour=0), desk.clock())
    bell = RqBell(quick_redis(desk.runtime.settings.redis_url))
    for lane in LANES:
        bell.ring(lane)
    Ceiling(desk.runtime.settings).take(5, "chat")


# A day in which one of these stayed empty would prove nothing.
FILLED = (
    dossier, notice, attempt, phone_link, inbox, outbox, sms_inbound, handover_line, complaint,
    announcement, announcement_phone, slip_batch, document, post_return,
    post_progress,
)  # fmt: skip


def test_a_busy_day_leaves_nobody_in_clear(
    desk: Desk, redis_server: RedisServer, capfd: pytest.CaptureFixture[str]
) -> None:
    clerk = desk.login(Role.CLERK, name=CLERK)
    house, stage = House(desk.runtime, desk.clock), carriers(desk)
    feeds(desk)
    chats(house, stage)
    asks_by_sms(desk)
    checks(desk)
    counter(desk, clerk, stage)
    sends_by_post(desk, clerk)
    complains(desk, house, clerk)
    announces(desk)
    operates(desk, stage)

    with desk.runtime.engine.connect() as connection:
        empty = [one.name for one in FILLED if connection.execute(select(one)).first() is None]
    assert not empty
    said = "".join(capfd.readouterr())
    assert len(said) > 200
    logs = re.sub(r"\x1b\[[0-9;]*m", "", said).encode()
    places: Iterator[tuple[str, bytes]] = dumped(desk.runtime.engine)
    hidden = needles(PHONES, NAMES, [IDENTITY])
    assert given_away([*places, ("logs", logs)], hidden) == {}
    kept = list(in_redis(redis_server.client()))
    assert kept, "the bells and the ceiling are there"
    assert given_away(kept, hidden) == {}


def test_what_is_looked_for_would_be_found(desk: Desk) -> None:
    hidden = needles(PHONES, NAMES, [IDENTITY])
    leaks = {
        "decomposed": "Trịnh Thị Ngọc Mai", "dialled": "xin goi 0987.654.321",
        "abroad": "tel:+84 987 654 321", "plain": "trinh thi ngoc mai", "identity": IDENTITY,
    }  # fmt: skip
    leaks |= {
        "packed": b64encode(f"a{MAI}bc".encode()).decode(),
        "packed, moved": b64encode(f"ab+84{NHU[1:]}bc".encode()).decode(),
        "in hex": f"ab{NHU_NAME}".encode().hex(),
        "escaped": json.dumps(NHU_NAME),
        "hashed without a key": sha256(f"+84{MAI[1:]}".encode()).hexdigest(),
    }
    for word in leaks.values():
        assert given_away([("x", word.encode())], hidden), word
    with desk.runtime.engine.begin() as connection:
        values = {"name": f"Quầy của {MAI_NAME}", "code": "H99", "created_at": desk.clock()}
        connection.execute(insert(agency).values(**values))
    assert "agency.name" in given_away(dumped(desk.runtime.engine), hidden)
