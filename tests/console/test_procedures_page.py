"""The list of procedures: read by clerks, taken in from a file by administrators."""

from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from bot.core.staff import Role
from console.procedures import MOST_FILE
from tests.console.counter import BIRTH, make_counter
from tests.console.desk import ORIGIN, Client, Desk
from tests.receipts.slip.printed import Printed

PLACE = "/console/thu-tuc"
MORE = "ma,ten,so_ngay\n2.000884,Chứng thực chữ ký,1\n"


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    return make_counter(sqlite_url)


@pytest.fixture
def administrator(desk: Desk) -> Client:
    return desk.login(Role.ADMINISTRATOR)


def send(client: Client, text: str, **typed: str) -> TestResponse:
    file = (BytesIO(text.encode()), "danh-muc.csv")
    return client.post(PLACE, {"file": file, "then": "store", **typed})


def test_a_file_is_looked_at_first_and_then_taken_in(administrator: Client) -> None:
    looked = send(administrator, MORE, then="look")
    assert (looked.status_code, "thêm 1" in looked.text) == (200, True)
    assert "Chứng thực chữ ký" not in administrator.get(PLACE).text
    assert send(administrator, MORE).status_code == 303
    page = administrator.get(PLACE).text
    assert "Đã nạp danh mục: thêm 1" in page
    assert "Chứng thực chữ ký" in page


def test_every_fault_of_a_file_is_named_and_nothing_is_stored(administrator: Client) -> None:
    answer = send(administrator, "ma,ten,so_ngay\n1.1,,5\n1.2,Đổi giấy phép,nhiều\n")
    assert answer.status_code == 422
    assert "Dòng 2" in answer.text
    assert "Dòng 3" in answer.text
    assert "Đổi giấy phép" not in administrator.get(PLACE).text


def test_no_file_is_said_at_the_field(administrator: Client) -> None:
    answer = administrator.post(PLACE, {"then": "store"})
    assert answer.status_code == 422
    assert 'id="e-file"' in answer.text


def test_a_file_that_is_too_large_gets_a_page_and_no_import(administrator: Client) -> None:
    answer = administrator.web.post(
        PLACE,
        data=b"x" * (MOST_FILE + 1),
        content_type="multipart/form-data; boundary=x",
        headers={"Origin": ORIGIN},
    )
    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_a_clerk_reads_the_list_and_cannot_change_it(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK)
    assert "Đăng ký khai sinh" in clerk.get(PLACE).text
    assert 'type="file"' not in clerk.get(PLACE).text
    assert send(clerk, MORE).status_code == 403


def test_the_guide_tells_a_citizen_what_to_bring(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK)
    assert f"{PLACE}/{BIRTH}/huong-dan.pdf" in clerk.get(f"{PLACE}/{BIRTH}/huong-dan").text
    told = Printed(clerk.get(f"{PLACE}/{BIRTH}/huong-dan.pdf?kho=A5").data)
    assert told.size() == (148.0, 210.0)
    assert "1. Tờ khai (01 bản chính)" in told.text()
    assert "Mang theo căn cước." in told.text()
    assert clerk.get(f"{PLACE}/9.9/huong-dan").status_code == 404
