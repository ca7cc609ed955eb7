"""The panels beside the phones: one-stop software, clock, faults, log."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.places import BINH, field, phone
from tests.page.stage import CODE, Stage, make_dossier


def test_the_clerk_moves_a_dossier_and_the_citizen_asks_again(page: Page, stage: Stage) -> None:
    stage.message("citizen", CODE)
    page.get_by_role("button", name=f"Chuyển sang bước tiếp theo, hồ sơ {CODE}").click()
    assert stage.next_post() == ("/control/dossier", {"action": "next", "code": CODE})
    stage.tell("dossier", make_dossier(CODE, "Trình ký", "Trả kết quả", last_answer="changed"))
    expect(page.locator("#office")).to_contain_text("Cổng nhận hồ sơ: đã ghi bước mới")
    expect(page.locator("#office")).to_contain_text("Tiếp theo: Trả kết quả")
    phone(page).get_by_role("button", name=f"Hỏi lại: {CODE}").click()
    assert stage.next_post() == ("/control/say", {"user": "9001", "text": CODE})


def test_three_steps_lead_a_newcomer_through_the_product(page: Page, stage: Stage) -> None:
    present = page.locator('#coach [aria-current="step"]')
    expect(present).to_contain_text("gửi mã hồ sơ")
    stage.message("citizen", CODE)
    stage.message("oa", "Hồ sơ hiện đang ở bước Thẩm định hồ sơ")
    expect(present).to_contain_text("chuyển bước")
    stage.tell("dossier", make_dossier(CODE, "Trình ký", "Trả kết quả"))
    expect(present).to_contain_text("hỏi lại")
    stage.message("oa", "Hồ sơ hiện đang ở bước Trình ký")
    expect(present).to_have_count(0)


@pytest.mark.parametrize(
    ("now", "badge"),
    [
        pytest.param("2026-11-27T23:59:00+07:00", "Đúng hạn", id="last minute of the due day"),
        pytest.param("2026-11-28T00:00:00+07:00", "Trễ hạn", id="first minute after it"),
        pytest.param("2026-11-27T16:59:00+00:00", "Đúng hạn", id="the same in universal time"),
    ],
)
def test_a_dossier_is_late_from_the_day_after_its_due_date(
    page: Page, stage: Stage, now: str, badge: str
) -> None:
    stage.tell("clock", {"now": now, "offset_seconds": 0})
    expect(page.locator(f'[data-code="{CODE}"]')).to_contain_text(badge)


def test_a_code_goes_from_the_desk_into_the_phone_used_last(page: Page) -> None:
    field(page, BINH).click()
    page.get_by_role("button", name=f"Điền mã {CODE} vào máy của {BINH}").click()
    expect(field(page, BINH)).to_have_value(CODE)
    expect(field(page, BINH)).to_be_focused()


@pytest.mark.parametrize(
    ("press", "body"),
    [
        ("+1 giờ", {"advance_seconds": 3600}),
        ("+1 ngày", {"advance_seconds": 86400}),
        ("Về giờ thật", {"offset_seconds": 0}),
        ("Đến 17:30", {"now": "2026-11-22T17:30:00+07:00"}),
    ],
)
def test_the_clock_is_moved(page: Page, stage: Stage, press: str, body: object) -> None:
    page.get_by_role("button", name=press).click()
    assert stage.next_post() == ("/control/clock", body)


def test_half_past_five_is_tomorrows_once_todays_has_passed(page: Page, stage: Stage) -> None:
    stage.tell("clock", {"now": "2026-12-31T17:30:30+07:00", "offset_seconds": 90_000})
    expect(page.locator("#clock")).to_contain_text("nhanh 1 ngày 1 giờ")
    page.get_by_role("button", name="Đến 17:30").click()
    assert stage.next_post() == ("/control/clock", {"now": "2027-01-01T17:30:00+07:00"})


def test_a_fault_is_switched_on_with_its_amount(page: Page, stage: Stage) -> None:
    page.locator("#faults summary").click()
    expect(page.get_by_role("switch", name="Sự cố mới toanh")).to_be_visible()
    page.get_by_role("spinbutton", name="Tin bị từ chối với mã lỗi tự chọn").fill("-216")
    page.get_by_role("switch", name="Tin bị từ chối với mã lỗi tự chọn").check()
    body = {"name": "error_code", "on": True, "value": -216}
    assert stage.next_post() == ("/control/fault", body)


def test_the_log_tells_good_calls_from_bad_ones(page: Page, stage: Stage) -> None:
    call = {"method": "POST", "path": "/openapi/v3.0/oa/message/cs", "ms": 3.2}
    call["at"] = "2026-11-22T15:06:00+07:00"
    stage.tell("request", {**call, "direction": "in", "status": 200, "error": 0})
    stage.tell("request", {**call, "direction": "in", "status": 200, "error": -216})
    entries = page.locator("#journal li")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("mã lỗi -216")
    page.get_by_role("switch", name="Chỉ lỗi").check()
    expect(entries.first).to_be_visible()
    expect(entries.last).to_be_hidden()


def test_the_postman_fetches_and_brings_what_was_ordered(page: Page, stage: Stage) -> None:
    panel = page.locator("#post-office")
    expect(panel).to_be_hidden()
    parcel = {
        "order_number": CODE,
        "item_code": "EE123456785VN",
        "receiver": {"name": "Nguyễn Mẫu", "address": "12 Lê Lợi, phường Lộc Thọ"},
        "stage": "ordered",
        "message": "",
        "times_ordered": 2,
    }
    stage.tell("parcel", parcel)
    expect(panel).to_contain_text("EE123456785VN")
    expect(panel).to_contain_text("Đơn được gửi 2 lần, bưu điện giữ một")
    expect(page.get_by_role("button", name=f"Phát, hồ sơ {CODE}")).to_be_disabled()
    page.get_by_role("button", name=f"Đến lấy, hồ sơ {CODE}").click()
    assert stage.next_post() == ("/control/post", {"action": "collected", "order": CODE})
    stage.tell("parcel", {**parcel, "stage": "delivered", "message": "Phát thành công"})
    expect(panel).to_contain_text("Phát thành công")
