"""Results by post at the desk: wanted at the intake, completed, followed, handed over, counted."""

import csv
import re
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from bot.agencies import set_agency
from bot.channels.channel import Again, SendFailed
from bot.channels.post_service import Cancelled, OrderTaken, TrackedPage
from bot.core.post_order import PostOrder
from bot.core.snapshot import Ticks
from bot.core.staff import Role
from bot.order_post import order_post
from tests.console.counter import deeds, feed, make_counter, move, send, take_in
from tests.console.desk import Client, Desk

PLACE = "/console/buu-dien"
ITEM = "EE123456785VN"
HOME = "12 Lê Lợi, phường Lộc Thọ, Khánh Hòa"
RECEIVER = {
    "name": "Trần Thị Nhận",
    "tel": "0258 3822 111",
    "line": "Thôn Phú Bình",
    "commune": "xã Vạn Ninh",
    "province": "Khánh Hòa",
}


@dataclass
class Post:
    """A postal service that takes every order, or refuses it with these words."""

    refuses: str = ""
    orders: list[PostOrder] = field(default_factory=list)
    name: str = "post"

    def order(self, order: PostOrder) -> OrderTaken:
        """Take it, under the same item code every time."""
        if self.refuses:
            raise SendFailed(Again.NEVER, "status 202", "202", self.refuses)
        self.orders.append(order)
        return OrderTaken(ITEM)

    def cancel(self, _number: str) -> Cancelled:
        """Always in time."""
        return Cancelled.DONE

    def track(self, after: int) -> TrackedPage:
        """Nothing has moved."""
        return TrackedPage((), after)


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = make_counter(
        database_url,
        post_service="vnpost",
        post_url="http://127.0.0.1:9",
        post_user="u",
        post_password="p",
        post_customer_code="KH1",
        post_province="Khánh Hòa",
    )
    set_agency(desk.runtime, "H56.14", address="Số 1 Trần Phú", hotline="0258 3 800 800")
    return desk


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK)


def ordered(desk: Desk, clerk: Client, post: Post) -> str:
    """A dossier whose result was ordered from the post; its code."""
    code = take_in(clerk, post="1", address=HOME)
    move(clerk, code, "result")
    assert order_post(desk.runtime, post) == 1
    return code


def text_of(page: str) -> str:
    """The words of a page, as they are read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_at_the_intake_the_citizens_own_facts_are_enough(desk: Desk, clerk: Client) -> None:
    code = take_in(
        clerk, post="1", address=HOME, post_fee="người nhận trả khi phát", fees="8.000 đồng"
    )
    page = text_of(clerk.get(f"{PLACE}/{code}").text)
    assert "Đã đăng ký, chờ kết quả" in page
    form = clerk.get(f"{PLACE}/{code}").text
    for value in ("Nguyễn Thị Mẫu", "0905123456", "12 Lê Lợi", "phường Lộc Thọ"):
        assert f'value="{value}"' in form
    dossier = text_of(clerk.get(f"/console/ho-so/{code}").text)
    assert "8.000 đồng; cước bưu chính: người nhận trả khi phát" in dossier
    assert "Trả qua bưu điện Đã đăng ký, chờ kết quả" in dossier
    assert "Lê Lợi" not in str(deeds(desk))


def test_a_postman_must_find_the_door_before_anything_is_stored(desk: Desk, clerk: Client) -> None:
    answer = send(clerk, post="1", address="", receiver_line="12 Lê Lợi", note="giữ nguyên")
    assert answer.status_code == 422
    assert "Ghi xã, phường hoặc đặc khu" in answer.text
    assert 'value="12 Lê Lợi"' in answer.text
    assert "giữ nguyên" in answer.text
    assert "intake.saved" not in {action for action, _ in deeds(desk)}


def test_what_software_wants_by_post_waits_for_its_address(desk: Desk, clerk: Client) -> None:
    code = feed(desk, notify=Ticks(post=True))
    home = text_of(clerk.get("/console/").text)
    assert re.search(r"1 Kết quả trả qua bưu điện cần xử lý|cần xử lý 1", home)
    page = clerk.get(PLACE).text
    assert code in page
    assert "Thiếu địa chỉ" in page
    form = clerk.get(f"{PLACE}/{code}").text
    assert 'value="Trần Văn Phần Mềm"' in form
    assert 'value="0905 999 888"' in form
    answer = clerk.post(f"{PLACE}/{code}", {**RECEIVER, "commune": "", "tel": "12"})
    assert answer.status_code == 422
    assert 'value="Thôn Phú Bình"' in answer.text
    assert 'id="e-tel"' in answer.text
    assert 'id="e-commune"' in answer.text
    answer = clerk.post(f"{PLACE}/{code}", RECEIVER)
    assert answer.headers["Location"] == f"{PLACE}/{code}"
    assert "Không có kết quả nào ở mục này" in clerk.get(PLACE).text
    assert code in clerk.get(f"{PLACE}?xem=cho").text
    done = [action for action, about in deeds(desk) if about == code]
    assert "post.registered" in done


def test_a_dossier_that_wanted_none_is_registered_and_taken_back(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    assert "Đăng ký trả qua bưu điện" in clerk.get(f"/console/ho-so/{code}").text
    assert clerk.post(f"{PLACE}/{code}", RECEIVER).status_code == 303
    answer = clerk.post(f"{PLACE}/{code}/bo", follow_redirects=True)
    assert "đã bỏ trả qua bưu điện" in answer.text
    assert "Đã hủy" in answer.text
    assert {"post.registered", "post.dropped"} <= {action for action, _ in deeds(desk)}


def test_an_ordered_result_is_found_by_its_item_code_and_handed_to_the_postman(
    desk: Desk, clerk: Client
) -> None:
    code = ordered(desk, clerk, Post())
    answer = clerk.post(f"{PLACE}/tim", {"typed": ITEM.lower()})
    assert answer.headers["Location"] == f"{PLACE}/{code}"
    page = clerk.get(f"{PLACE}/{code}").text
    assert "Đã đặt bưu điện đến nhận" in page
    assert 'name="line"' not in page  # too late to correct it here
    assert "12 Lê Lợi, phường Lộc Thọ, Khánh Hòa" in page
    answer = clerk.post(f"{PLACE}/{code}", RECEIVER)
    assert answer.status_code == 422
    assert "Gọi bưu điện" in answer.text
    pdf = clerk.get(f"{PLACE}/ban-giao.pdf?co_quan=H56.14")
    assert (pdf.content_type, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert ("post.list_printed", None) in deeds(desk)
    assert clerk.post(f"{PLACE}/tim", {"typed": "EE987654326VN"}).status_code == 422


def test_what_the_post_refuses_is_told_in_its_words_and_tried_again(
    desk: Desk, clerk: Client
) -> None:
    post = Post(refuses="Không có bưu cục phát")
    code = ordered(desk, clerk, post)
    page = text_of(clerk.get(PLACE).text)
    assert code in page
    assert "Không có bưu cục phát" in page
    post.refuses = ""
    desk.clock.move(minutes=1)
    assert clerk.post(f"{PLACE}/{code}", RECEIVER).status_code == 303
    assert order_post(desk.runtime, post) == 1
    assert [one.receiver.name for one in post.orders] == ["Trần Thị Nhận"]
    assert code in clerk.get(f"{PLACE}?xem=da-dat").text


def test_another_agency_sees_nothing_of_it(desk: Desk, clerk: Client) -> None:
    code = ordered(desk, clerk, Post())
    stranger = desk.login(Role.CLERK, agency="H56.15")
    assert code not in stranger.get(f"{PLACE}?xem=da-dat&co_quan=H56.14").text
    assert stranger.post(f"{PLACE}/tim", {"typed": ITEM}).status_code == 422
    for answer in (
        stranger.get(f"{PLACE}/{code}"),
        stranger.post(f"{PLACE}/{code}", RECEIVER),
        stranger.post(f"{PLACE}/{code}/bo"),
        stranger.get(f"{PLACE}/ban-giao.pdf?co_quan=H56.14"),
    ):
        assert answer.status_code == 404
    told = stranger.get(f"{PLACE}/tong-hop.csv").text
    assert "H56.14" not in told


def test_returns_are_counted_by_agency_and_state(desk: Desk, clerk: Client) -> None:
    ordered(desk, clerk, Post())
    feed(desk, notify=Ticks(post=True))
    head, ours, total = csv.reader(clerk.get(f"{PLACE}/tong-hop.csv").text.splitlines())
    told = dict(zip(head, ours, strict=True))
    assert (told["Thiếu địa chỉ"], told["Đã đặt bưu điện đến nhận"], told["Cộng"]) == (
        "1",
        "1",
        "2",
    )
    assert total[-1] == "2"
    assert clerk.get(f"{PLACE}/tong-hop.xlsx").data[:2] == b"PK"
    assert clerk.get(f"{PLACE}/tong-hop.exe").status_code == 404


def test_where_orders_go_by_file_a_day_is_drawn_and_the_codes_come_back(
    sqlite_url: str,
) -> None:
    by_file = make_counter(
        sqlite_url, post_service="file", post_customer_code="KH1", post_province="Khánh Hòa"
    )
    clerk = by_file.login(Role.CLERK)
    code = take_in(clerk, post="1", address=HOME)
    move(clerk, code, "result")
    by_file.clock.move(minutes=1)
    asked = {"ngay": f"{by_file.runtime.today():%d/%m/%Y}", "co_quan": "H56.14", "dang": "csv"}
    left_out = clerk.post(f"{PLACE}/don-hang", asked)
    assert code not in left_out.text
    assert f"Hồ sơ {code} không vào tệp" in clerk.get(PLACE).text
    set_agency(by_file.runtime, "H56.14", address="Số 1 Trần Phú", hotline="0258 3 800 800")
    drawn = clerk.post(f"{PLACE}/don-hang", asked)
    assert code in drawn.text
    assert clerk.post(f"{PLACE}/don-hang", asked).text == drawn.text
    assert clerk.post(f"{PLACE}/don-hang", {**asked, "ngay": "hôm nay"}).status_code == 303
    assert "“hôm nay” không phải ngày" in clerk.get(PLACE).text
    wrong = upload(clerk, f"OrderNumber,ItemCode\n{code},{ITEM}\nH56.14-261101-0001,{ITEM[:-1]}X\n")
    assert wrong.status_code == 422
    assert "Dòng 3" in wrong.text
    assert code in clerk.get(f"{PLACE}?xem=da-dat").text
    answer = upload(clerk, f"OrderNumber,ItemCode\n{code},{ITEM}\n")
    assert answer.headers["Location"] == f"{PLACE}?xem=dang-di"
    assert ITEM in clerk.get(f"{PLACE}?xem=dang-di").text
    assert upload(clerk, "").status_code == 422


def upload(client: Client, content: str) -> TestResponse:
    """Send the file of the postal service."""
    return client.post(
        f"{PLACE}/ma-buu-gui", {"file": (BytesIO(content.encode()), "ma.csv")}
    )  # fmt: skip


def test_item_codes_are_entered_in_blocks_by_the_administrator(desk: Desk, clerk: Client) -> None:
    place = f"{PLACE}/dai-ma"
    assert clerk.get(place).status_code == 403
    assert desk.login(Role.ADMINISTRATOR).get(place).status_code == 404  # one agency's
    chief = desk.login(Role.ADMINISTRATOR, agency=None)
    assert "Còn 0 trên 0 mã" in text_of(chief.get(place).text)
    answer = chief.post(place, {"block": "EE123456785VN-EF123456799VN"})
    assert answer.status_code == 422
    assert "khác loại" in answer.text
    assert "EE123456785VN-EF123456799VN" in answer.text
    answer = chief.post(place, {"block": ITEM}, follow_redirects=True)
    assert "1 mã bưu gửi" in answer.text
    answer = chief.post(place, {"block": "EE123456785VN - EE123456808VN"})
    assert "1 mã đã nhập trước đây" in answer.text
    assert ("post.block_entered", None) in deeds(desk)
    assert "Sắp hết" not in chief.get(place).text
    ordered(desk, clerk, Post())
    assert "Sắp hết" in chief.get(PLACE).text
