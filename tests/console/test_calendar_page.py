"""The working calendar at the console: read by many, changed by the province's administrators."""

import re
from html import unescape
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from bot.core.staff import Role
from bot.show_calendar import Origin, show_year
from tests.console.desk import Client, Desk

PLACE, ENTRY = "/console/lich", "/console/lich/nhap"
TEXT = "Nghỉ Tết Nguyên đán từ 05/02/2027 đến 14/02/2027\nKính gửi các sở\nHọp ngày 01/3/2027"
NOTICE = {"year": "2027", "text": TEXT, "number": "1234/TB-BNV", "issued": "15/10/2026"}
STORM = {"year": "2026", "day": "01/12/2026", "kind": "off", "reason": "Bão số 12"}


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


@pytest.fixture
def boss(desk: Desk) -> Client:
    return desk.login(Role.ADMINISTRATOR, agency=None, login="quan.tri")


def hidden(answer: TestResponse, name: str) -> str:
    [value] = re.findall(rf'name="{name}" value="([^"]*)"', answer.text)
    return unescape(value)


def looked(client: Client, **typed: object) -> TestResponse:
    answer = client.post(ENTRY, {**NOTICE, "then": "look", **typed})
    assert answer.status_code == 200, answer.text
    return answer


def stored(client: Client, looked_at: str, **typed: str) -> TestResponse:
    return client.post(ENTRY, {**NOTICE, "then": "store", "looked_at": looked_at, **typed})


def test_clerks_and_supervisors_read_every_day_with_its_reason(desk: Desk) -> None:
    for role in (Role.CLERK, Role.SUPERVISOR):
        page = desk.login(role).get(f"{PLACE}?nam=2026").text
        assert page.count('<table class="month">') == 12
        assert "Đã xác nhận theo thông báo" in page
        assert "> nghỉ, Tết Nguyên đán</span>" in page
        assert "> làm việc, Làm bù</span>" in page
        assert "thứ Bảy 22/08/2026" in page
        assert "Nhập riêng một ngày" not in page
        assert f"{ENTRY}?nam=2026" not in page
    assert desk.login(Role.CLERK).post(f"{PLACE}/ngay", STORM).status_code == 403
    assert "Chưa có thông báo chính thức" in desk.login(Role.CLERK).get(f"{PLACE}?nam=2027").text


@pytest.mark.parametrize("year", ["1999", "2100", "abc", "-1", "99999"])
def test_a_year_that_is_not_kept_is_not_found(desk: Desk, year: str) -> None:
    client = desk.login(Role.CLERK)
    assert client.get(f"{PLACE}?nam={year}").status_code == 404
    assert client.get(f"{PLACE}/{year}.csv").status_code == 404


def test_a_notice_is_looked_at_and_then_stored(desk: Desk, boss: Client) -> None:
    preview = looked(boss)
    assert "thứ Năm 04/02/2027" in preview.text
    assert "3 ngày thay đổi so với lịch đang dùng" in preview.text
    assert "Dòng 3: “Họp ngày 01/3/2027”" in preview.text
    assert "1 dòng không nêu ngày nào" in preview.text
    assert show_year(desk.runtime, 2027).origin is Origin.PACKAGED
    answer = stored(boss, hidden(preview, "looked_at"))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PLACE}?nam=2027")
    page = boss.get(f"{PLACE}?nam=2027").text
    assert "Đã ghi lịch năm 2027 theo 1234/TB-BNV ngày 15/10/2026." in page
    assert "Nhập theo thông báo (25/11/2026 09:00, quan.tri)" in page
    assert "Ghi lịch làm việc của một năm" in boss.get("/console/audit").text


def test_a_file_of_ours_comes_back_as_it_went_out(desk: Desk, boss: Client) -> None:
    boss.post(f"{PLACE}/ngay", STORM)
    answer = boss.get(f"{PLACE}/2026.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=lich-2026.csv"
    assert "01/12/2026,nghỉ,Bão số 12\r\n" in answer.text
    preview = looked(boss, year="2026", text="", file=(BytesIO(answer.data), "lich.csv"))
    assert "1 ngày thay đổi" in preview.text
    assert "22/08/2026,làm bù,Làm bù" in preview.text, "the file stands in the form"
    events = boss.get(f"{PLACE}/2026.ics")
    assert events.content_type == "text/calendar; charset=utf-8"
    assert "SUMMARY:Nghỉ: Bão số 12\r\n" in events.text


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(boss: Client) -> None:
    answer = boss.post(ENTRY, {**NOTICE, "year": "27", "then": "look"})
    assert answer.status_code == 422
    assert 'id="e-year"' in answer.text
    assert "Nghỉ Tết Nguyên đán từ 05/02/2027" in answer.text
    preview = looked(boss, number="", issued="")
    answer = stored(boss, hidden(preview, "looked_at"), number="", issued="")
    assert answer.status_code == 422
    assert 'id="e-number"' in answer.text
    assert 'id="e-issued"' in answer.text
    assert "Ghi vào lịch năm 2027" in answer.text
    answer = boss.post(ENTRY, {**NOTICE, "file": (BytesIO(b"PK\x03"), "lich.xlsx"), "then": "look"})
    assert 'id="e-file"' in answer.text


def test_the_second_administrator_is_told_what_the_first_changed(desk: Desk, boss: Client) -> None:
    other = desk.login(Role.ADMINISTRATOR, agency=None, login="hoa")
    seen = hidden(looked(boss), "looked_at")
    assert stored(other, hidden(looked(other), "looked_at")).status_code == 303
    answer = stored(boss, seen)
    assert answer.status_code == 409
    assert "Chưa ghi: lịch hoặc nội dung đã khác lúc bạn xem trước (hoa, 25/11/2026 09:00)" in (
        " ".join(answer.text.split())
    )
    assert "thứ Năm 04/02/2027 không còn là ngày nghỉ" in answer.text
    assert stored(boss, hidden(answer, "looked_at")).status_code == 303


def test_a_day_is_closed_by_hand_and_taken_back(boss: Client) -> None:
    assert boss.post(f"{PLACE}/ngay", STORM).headers["Location"] == f"{PLACE}?nam=2026"
    page = boss.get(f"{PLACE}?nam=2026")
    assert "Đã ghi: 01/12/2026 là ngày nghỉ." in page.text
    assert "Nhập riêng 25/11/2026 09:00, quan.tri" in page.text
    form = {"year": "2026", "day": "2026-12-01", "entered_at": hidden(page, "entered_at")}
    assert boss.post(f"{PLACE}/ngay/bo", form).status_code == 303
    again = boss.post(f"{PLACE}/ngay/bo", form)
    assert again.status_code == 422
    assert "đã được bỏ" in again.text
    assert boss.post(f"{PLACE}/ngay/bo", {**form, "day": "hôm qua"}).status_code == 400


def test_a_day_that_is_wrong_is_said_and_kept(boss: Client) -> None:
    answer = boss.post(f"{PLACE}/ngay", {**STORM, "day": "29/11/2026"})
    assert answer.status_code == 422
    assert 'id="e-day"' in answer.text
    assert 'value="Bão số 12"' in answer.text


def test_an_administrator_of_one_agency_reads_and_is_told_why_no_more(desk: Desk) -> None:
    local = desk.login(Role.ADMINISTRATOR)
    page = local.get(f"{PLACE}?nam=2027").text
    assert "chỉ quản trị viên của mọi cơ quan (cấp tỉnh) sửa được" in page
    assert "Nhập riêng một ngày" not in page
    assert "<textarea" not in local.get(ENTRY).text
    answer = local.post(ENTRY, {**NOTICE, "then": "store", "looked_at": "x"})
    assert (answer.status_code, "áp dụng cho toàn tỉnh" in answer.text) == (422, True)
    assert local.post(f"{PLACE}/ngay", STORM).status_code == 422
    root = desk.login(Role.ADMINISTRATOR, agency="H56")
    assert "Nhập riêng một ngày" in root.get(PLACE).text
