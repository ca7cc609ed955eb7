"""What a desk says of itself is set by administrators; whoever sits there prints its poster."""

import pytest

from bot.core.staff import Role
from tests.console.counter import deeds, make_counter
from tests.console.desk import Desk
from tests.receipts.slip.printed import Printed

PLACE = "/console/quay"


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    return make_counter(sqlite_url)


def test_an_administrator_sets_what_slips_and_pages_say(desk: Desk) -> None:
    administrator = desk.login(Role.ADMINISTRATOR)
    answer = administrator.post(PLACE, {"hotline": "0258 3 800", "address": "Số 1 Hùng Vương"})
    assert answer.status_code == 303
    page = administrator.get(PLACE).text
    assert 'value="0258 3 800"' in page
    assert ("agency.desk", "H56.14") in deeds(desk)


def test_a_fault_stands_at_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    administrator = desk.login(Role.ADMINISTRATOR)
    answer = administrator.post(PLACE, {"work_hours": "sáng chiều", "hotline": "0258 3 800"})
    assert answer.status_code == 422
    assert 'id="e-work_hours"' in answer.text
    assert 'value="0258 3 800"' in answer.text


def test_a_clerk_reads_it_and_prints_the_poster(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK)
    assert "Người quản trị" in clerk.get(PLACE).text
    assert clerk.post(PLACE, {"hotline": "1"}).status_code == 403
    assert "ap-phich.pdf" in clerk.get(f"{PLACE}/ap-phich?kho=A3").text
    poster = Printed(clerk.get(f"{PLACE}/ap-phich.pdf?kho=A3").data)
    assert poster.size() == (297.0, 420.0)
    assert "MCKH H56.14-261125-0001" in poster.text()
    assert poster.symbols()["qrcode"] == "https://zalo.me/579745863508352884"


def test_without_a_zalo_page_there_is_no_poster_and_it_is_said_why(sqlite_url: str) -> None:
    desk = make_counter(sqlite_url, zalo_oa_id="")
    clerk = desk.login(Role.CLERK)
    assert "chưa khai báo trang Zalo" in clerk.get(PLACE).text
    answer = clerk.get(f"{PLACE}/ap-phich.pdf")
    assert answer.status_code == 422
    assert "Không in được" in answer.text
