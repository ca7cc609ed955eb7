"""`/console/kenh`, `/console/van-hanh` and their twins for machines."""

import json
import re
from datetime import timedelta

import pytest
import responses
from sqlalchemy import insert, update

from bot.bell import WORKER_LANES
from bot.channels import esms, speedsms, vietguys
from bot.core.message import TemplateNews
from bot.core.notice import NoticeEvent
from bot.core.staff import Role
from bot.note_feeds import note_fed
from bot.renew import link
from bot.runbook import runbook
from bot.settings import TemplateSetting
from bot.status_form import status_form
from bot.store.channel_states import Held, hold_channel
from bot.store.gateway_balances import put_balance
from bot.store.notice_tables import attempt, notice
from bot.store.prompt_days import PromptDay, put_prompt_day
from bot.store.template_states import remember_template
from bot.store.workers import sign
from bot.upkeep import JOBS, prepare_jobs, run_due_jobs
from bot.watch_house import watch_house
from console import house_words
from console.carrier_words import code_words
from console.house_words import span_words
from tests.console.desk import Desk

SETTINGS = {
    "public_url": "https://dichvucong.example.vn",
    "sms_gateway": "esms",
    "esms_url": "http://127.0.0.1:9/MainService.svc/json/SendMultipleMessage_V4_post_json/",
    "sms_gateway_reserve": "vietguys",
    "zalo_templates": {NoticeEvent.RESULT: TemplateSetting(id="412233", params={})},
}


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url, settings=SETTINGS)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def hand_over(desk: Desk, state: str, code: str, count: int, hours_ago: float = 0.5) -> None:
    """So many SMS handed to eSMS, all of which ended so."""
    at = desk.clock() - timedelta(hours=hours_ago)
    with desk.runtime.engine.begin() as connection:
        owed = {
            "key": f"{state}-{code}-{hours_ago}",
            "lane": "normal",
            "event": "result",
            "changed_at": at,
            "recipient": "",
            "agency_code": "H56",
            "procedure_code": "1",
            "state": "failed" if state == "failed" else "delivered",
            "created_at": at,
            "expires_at": at,
            "closed_at": at,
            "reason": f"{code} refused",
        }
        notice_id = connection.execute(
            insert(notice).values(**owed).returning(notice.c.id)
        ).scalar_one()
        taken = state in ("sent", "delivered")
        rows = [
            {
                "notice_id": notice_id,
                "rung": "sms",
                "recipient": str(number),
                "carrier": "esms",
                "request_id": f"{state}-{code}-{hours_ago}-{number}",
                "text_mark": b"",
                "state": state,
                "code": code,
                "carrier_id": f"c-{number}" if taken else None,
                "begun_at": at,
                "answered_at": at,
                "delivered_at": at if state == "delivered" else None,
            }
            for number in range(count)
        ]
        connection.execute(insert(attempt), rows)


def test_each_way_shows_its_hold_its_errors_and_what_to_do(desk: Desk) -> None:
    hand_over(desk, "failed", "146", 6)
    hand_over(desk, "delivered", "100", 14)
    hand_over(desk, "sent", "100", 20, hours_ago=5)
    hand_over(desk, "failed", "108", 50, hours_ago=30)
    since = desk.clock() - timedelta(hours=2)
    with desk.runtime.engine.begin() as connection:
        hold_channel(
            connection,
            Held("zalo-wallet", desk.clock(), "-321 ZBS account out of money", since, loud=True),
        )
        put_balance(connection, "esms", 120_000, "", desk.clock())
        news = TemplateNews("412233", status="DISABLE", quality="", reason="spam")
        remember_template(connection, news, desk.clock())
    page = words(desk.login(Role.SUPERVISOR).get("/console/kenh").text)
    assert "6 × 146 Nội dung không khớp mẫu đã đăng ký" in page
    assert "30,0 % 6/20" in page  # of the last hour
    assert "15,0 % 6/40" in page  # of the last day
    assert "41,2 % 14/34" in page  # reported as arrived, of what was taken
    assert "Tạm dừng từ 25/11/2026 07:00 Ví ZBS hết tiền" in page
    assert "120.000 đồng, hỏi lúc 25/11/2026 09:00" in page
    assert "VietGuys Không rõ: nhà cung cấp này không cho hỏi số dư" in page
    assert "bị khóa spam" in page
    for name in ("ErrorsMany", "ReceiptsFew", "ChannelHeld", "BalanceLow", "TemplateBad"):
        assert f"Sổ tay: Motcua{name}" in page
        assert runbook()[f"Motcua{name}"].act.split("`")[0].strip() in page.replace("&#39;", "'")
    assert "Thử kết nối" in page
    assert "<form" not in desk.login(Role.SUPERVISOR).get("/console/kenh").text.split("<main")[1]


def test_zalo_is_asked_when_an_administrator_tries(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR)
    with responses.RequestsMock():
        page = words(boss.post("/console/kenh/thu").text)
    assert "Token Zalo: hỏng" in page
    link(desk.runtime, "access", "refresh", 90_000)
    with responses.RequestsMock() as wire:
        wire.add(
            responses.GET, f"{desk.runtime.settings.zalo_openapi_url}/v2.0/oa/getoa",
            json={"error": 0},
        )  # fmt: skip
        page = words(boss.post("/console/kenh/thu").text)
    assert "Token Zalo: tốt" in page
    assert "Máy chủ Zalo: tốt" in page
    assert "còn 1 ngày 1 giờ" in page
    assert "nạp cặp token mới" in page
    assert "Thử kết nối kênh gửi" in boss.get("/console/audit").text
    assert desk.login(Role.SUPERVISOR).post("/console/kenh/thu").status_code == 403


def test_the_house_tells_what_is_owed_who_runs_and_who_is_silent(desk: Desk) -> None:
    prepare_jobs(desk.runtime)
    run_due_jobs(desk.runtime)
    hand_over(desk, "failed", "108", 1)
    for day in range(10, 1, -1):
        desk.clock.move(days=-day)
        note_fed(desk.runtime, {"H56.14": 5, "H56.15": 1})
        desk.clock.move(days=day)
    with desk.runtime.engine.begin() as connection:
        sign(connection, "w1", "chat", desk.clock())
        connection.execute(
            update(notice).values(state="held", due_at=desk.clock() - timedelta(minutes=10))
        )
        put_prompt_day(connection, PromptDay(desk.runtime.today(), 1000, 870, desk.clock()))
    desk.clock.move(hours=7)
    boss = desk.login(Role.SUPERVISOR)
    page = words(boss.get("/console/van-hanh").text)
    assert "Thông báo – đang bị giữ 1 7 giờ 30 phút trước" in page
    assert "Rà soát tin đến hạn 7 giờ trước Quá hạn" in page
    assert "Trả lời chat Không có" in page  # it gave no sign for seven hours
    assert "UBND thành phố Nha Trang" in page
    assert "UBND huyện Vạn Ninh" not in page  # another agency's feed
    assert "87,0 %" in page
    for name in ("WorkerGone", "NoticesOld", "SweepLate", "AgencySilent", "PromptnessLow"):
        assert f"Motcua{name}" in page
    told = json.loads(boss.get("/console/van-hanh.json").text)
    assert {one["agency"] for one in told["feeds"]} == {"H56.14"}
    assert told["jobs"]["sweep"]["late"] is True
    assert told["owed"][0]["state"] == "held"
    assert told == json.loads(
        json.dumps(status_form(watch_house(desk.runtime, {"H56.14", "H56.14.1"})))
    ) | {"clock": told["clock"], "disk": told["disk"]}


def test_every_alarm_has_its_place_in_the_book(desk: Desk) -> None:
    page = desk.login(Role.ADMINISTRATOR).get("/console/van-hanh/so-tay").text
    assert re.findall(r'<section class="panel" id="(\w+)">', page) == list(runbook())
    assert desk.login(Role.CLERK).get("/console/van-hanh/so-tay").status_code == 403


@pytest.mark.parametrize(
    ("way", "rules"),
    [
        ("sms:esms", esms.RULES),
        ("sms:speedsms", speedsms.RULES),
        ("sms:vietguys", vietguys.RULES),
    ],
)
def test_every_code_of_a_gateway_has_words(way: str, rules: dict[str, object]) -> None:
    assert {code for code in rules if not code_words(way, code)} == set()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 giây"), (59, "59 giây"), (60, "1 phút"), (3_661, "1 giờ 1 phút"), (-5, "0 giây"),
     (90_000, "1 ngày 1 giờ"), (86_400 * 89, "89 ngày")],
)  # fmt: skip
def test_a_length_of_time_is_told_in_two_units(seconds: int, told: str) -> None:
    assert span_words(timedelta(seconds=seconds)) == told


def test_every_timed_job_and_lane_has_words() -> None:
    assert set(JOBS) == set(house_words.JOBS)
    assert set(WORKER_LANES) <= set(house_words.LANES)
