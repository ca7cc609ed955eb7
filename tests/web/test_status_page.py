"""The page behind a slip's QR: what it shows, to whom, and what it never shows."""

import sqlite3
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from bot.agencies import set_agency
from bot.core.snapshot import Ticks
from bot.slip_link import slip_key
from receipts.qr import slip_address
from tests.conversation import CODE, House, make_house
from tests.make import NOW, SECRET_KEY, make_settings
from tests.slips import slip_link
from wsgi import create_app

LOCAL = "0101701234"
OLD_KEY = "the key before, for the tests, 32 or more characters"
DUE = NOW + timedelta(days=9)
PERSONAL: dict[str, Any] = {
    "phone": "0905 123 456",
    "owner_name": "Trần Thị Mẫu",
    "handler": "Lê Văn Mẫu",
    "needed": ("Bản sao giấy chứng sinh",),
    "notify": Ticks(zalo=True, sms=True),
}


class Reading(HTMLParser):
    """A page as a program that reads it aloud sees it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words = f"{self.words} {data}"

    @property
    def text(self) -> str:
        """All words, blanks made single."""
        return " ".join(self.words.split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such element."""
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, sms_short_code="8083")


@pytest.fixture
def web(house: House) -> FlaskClient:
    return create_app(house.runtime).test_client()


def path_of(code: str = CODE, signature: str = "") -> str:
    return urlsplit(slip_link(code, signature)).path


def shown(web: FlaskClient, path: str = "") -> Reading:
    answer = web.get(path or path_of())
    assert answer.status_code == 200, answer.text
    return Reading(answer.text)


@pytest.mark.parametrize("code", [CODE, LOCAL])
@pytest.mark.parametrize("case", [str, str.lower, str.title])
def test_whoever_holds_the_slip_sees_where_the_dossier_stands(
    house: House, web: FlaskClient, code: str, case: type[str]
) -> None:
    house.feed(local_code=LOCAL, due_at=DUE)
    for prefix in ("/T/", "/t/"):
        said = shown(web, prefix + case(path_of(code)[3:])).text
        assert (
            f"Hồ sơ của quý Ông/Bà ({code}) hiện đang ở bước Thẩm định hồ sơ, "
            "trạng thái hồ sơ: Đúng hạn."
        ) in said
        assert "Ngày hẹn trả kết quả 04/12/2026" in said
        assert "Nơi giải quyết UBND phường Mẫu" in said
        assert "Tình trạng lúc 09 giờ 00 phút ngày 25/11/2026." in said


def test_nothing_of_a_person_is_on_the_page(house: House, web: FlaskClient) -> None:
    house.feed(**PERSONAL, status=5, step="Chờ bổ sung", at_desk=True)
    answer = web.get(path_of())
    for word in ("0905", "905123456", "Trần", "Lê Văn", "chứng sinh", "khai sinh", "1.003560"):
        assert word not in answer.text
    assert "Mời Ông/Bà đến Bộ phận Một cửa UBND phường Mẫu để nhận thông báo." in answer.text


@pytest.mark.parametrize(
    ("status", "present", "passed", "ahead"),
    [
        (1, "Đã nộp", 0, 4),
        (2, "Tiếp nhận", 1, 3),
        (4, "Đang xử lý", 2, 2),
        (6, "Chờ nghĩa vụ tài chính", 2, 2),
        (9, "Có kết quả", 3, 1),
        (10, "Đã trả", 4, 0),
        (3, "Không được tiếp nhận", 1, 0),
    ],
)
def test_the_line_says_also_without_colours_where_the_dossier_stands(
    house: House, web: FlaskClient, status: int, present: str, passed: int, ahead: int
) -> None:
    house.feed(status=status)
    page = shown(web)
    assert [item.get("aria-current") for item in page.all("li")].count("step") == 1
    assert f"{present} (hiện tại)" in page.text
    assert (page.text.count("(đã qua)"), page.text.count("(chưa tới)")) == (passed, ahead)


def test_a_late_dossier_is_told_whom_to_ask(house: House, web: FlaskClient) -> None:
    house.feed(due_at=NOW - timedelta(days=1))
    said = shown(web).text
    assert "trạng thái hồ sơ: Trễ hạn." in said
    assert "Mời Ông/Bà liên hệ Bộ phận Một cửa UBND phường Mẫu." in said


def test_a_dossier_without_a_promised_day_shows_none(house: House, web: FlaskClient) -> None:
    house.feed()
    assert "Ngày hẹn" not in shown(web).text


def test_the_desks_address_and_hours_stand_there_once_they_are_known(
    house: House, web: FlaskClient
) -> None:
    house.feed(due_at=DUE)
    bare = shown(web).text
    for words in ("Địa chỉ", "Giờ tiếp dân", "Điện thoại"):
        assert words not in bare
    set_agency(house.runtime, "H56.14", address="Số 1 <Hùng Vương>", hotline="0258 3 800 800")
    said = shown(web).text
    assert "Địa chỉ Số 1 <Hùng Vương>" in said
    assert "Điện thoại 0258 3 800 800" in said
    assert "Giờ tiếp dân" not in said
    set_agency(house.runtime, "H56.14", open_hours="Thứ Hai đến Thứ Sáu", hotline="")
    said = shown(web).text
    assert "Giờ tiếp dân Thứ Hai đến Thứ Sáu" in said
    assert "Điện thoại" not in said


def test_nobody_is_called_for_a_result_that_is_still_held(house: House, web: FlaskClient) -> None:
    set_agency(house.runtime, "H56.14", result_hold_minutes=30)
    house.feed(status=9, step="Trả kết quả")
    assert "chưa cần làm gì thêm" in shown(web).text
    house.clock.move(minutes=30)
    assert "mang giấy hẹn đến Bộ phận Một cửa UBND phường Mẫu để nhận kết quả" in shown(web).text


def test_the_page_tells_how_to_be_told(house: House, web: FlaskClient) -> None:
    house.feed()
    page = shown(web, path_of().lower())
    links = [link["href"] for link in page.all("a")]
    assert links == [
        "https://zalo.me/579745863508352884",
        "sms:8083?body=MCKH%20H56.14-240823-0001",
    ]
    assert slip_link(CODE) in page.text
    assert f"MCKH {CODE}" in page.text
    assert slip_link(CODE) == slip_address(
        "http://127.0.0.1:8000", slip_key(house.runtime.settings), CODE
    )
    assert all("hidden" in button for button in page.all("button"))  # they need the script


def test_what_the_page_says_to_send_makes_a_follower(house: House, web: FlaskClient) -> None:
    house.feed()
    [sent] = [word for word in shown(web).text.split() if "/T/" in word]
    assert "được theo dõi theo giấy hẹn" in house.say(sent)


def test_without_a_short_code_and_without_zalo_neither_is_spoken_of(sqlite_url: str) -> None:
    house = make_house(sqlite_url, zalo_oa_id="")
    house.feed()
    page = shown(create_app(house.runtime).test_client())
    assert page.all("a") == []
    assert "SMS" not in page.text


WRONG = {
    "a guessed signature": path_of(CODE, "ABCDEFGHIJ"),
    "an unknown code, rightly signed": path_of("H56.14-240823-0009"),
    "an unknown code, wrongly signed": path_of("H56.14-240823-0009", "ABCDEFGHIJ"),
    "a signature of another slip": path_of(CODE, path_of("H56.14-240823-0009")[-10:]),
    "cut": path_of()[:-1],
    "longer": path_of() + "A",
    "no signature": f"/T/{CODE}",
    "no code": "/T/.ABCDEFGHIJ",
    "not ASCII": "/t/h%E1%BB%93-s%C6%A1.abcdefghij",
    "broken UTF-8": "/t/%ED%A0%80%FF.abcdefghij",
    "a NUL": "/t/%00.abcdefghij",
    "markup": "/t/%3Cscript%3E.abcdefghij",
    "endless": "/t/" + "9" * 5000 + ".abcdefghij",
    "SQL": "/t/' OR 1=1 --.abcdefghij",
}


def answer_to_unknown(web: FlaskClient) -> TestResponse:
    return web.get(path_of("H56.14-240823-0008"))


@pytest.mark.parametrize("path", WRONG.values(), ids=list(WRONG))
def test_wrong_signature_and_unknown_code_get_the_same_page(
    house: House, web: FlaskClient, path: str
) -> None:
    house.feed()
    answer, unknown = web.get(path), answer_to_unknown(web)
    assert answer.status_code == 404
    assert answer.data == unknown.data
    # Every request has an id of its own; it says nothing of the code.
    own, other = (
        {name: value for name, value in one.headers.items() if name != "X-Request-Id"}
        for one in (answer, unknown)
    )
    assert own == other
    assert "Mời Ông/Bà quét lại mã QR trên giấy hẹn" in answer.text


def test_refusing_asks_the_database_as_often_as_not_finding(sqlite_url: str) -> None:
    house = make_house(sqlite_url)
    house.feed()
    said: list[str] = []
    house.runtime.engine.dispose()

    @event.listens_for(house.runtime.engine, "connect")
    def listen(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(said.append)

    web = create_app(house.runtime).test_client()
    web.get(path_of())  # connections are kept from now on
    asked = []
    for path in (WRONG["a guessed signature"], path_of("H56.14-240823-0009"), path_of()):
        said.clear()
        web.get(path)
        asked.append([statement.partition(" ")[0] for statement in said])
    assert asked == [["SELECT"]] * 3


def test_a_connection_that_was_cut_is_not_noticed(postgres_url: str) -> None:
    house = make_house(postgres_url)
    house.feed()
    web = create_app(house.runtime).test_client()
    assert shown(web).text
    with house.runtime.engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> :own").params(
                own=connection.scalar(text("SELECT pg_backend_pid()"))
            )
        )
    assert "Thẩm định hồ sơ" in shown(web).text
    house.feed(step="Trình ký")
    assert "Trình ký" in shown(web).text


@pytest.mark.parametrize("query", ["?gidzl=aB3-0101701234_x", "?utm_source=zalo&x=%FF", "?"])
def test_what_others_append_to_the_link_does_not_matter(
    house: House, web: FlaskClient, query: str
) -> None:
    house.feed()
    assert web.get(path_of() + query).data == web.get(path_of()).data


def test_slips_of_an_earlier_key_stay_good(sqlite_url: str) -> None:
    """A slip was printed; then SECRET_KEY was changed, the old one kept as the previous."""
    old = make_settings(sqlite_url, secret_key=OLD_KEY)
    printed = slip_address(old.public_url, slip_key(old), CODE)
    house = make_house(sqlite_url, secret_key_previous=(OLD_KEY,))
    house.feed()
    web = create_app(house.runtime).test_client()
    assert printed in shown(web, urlsplit(printed).path).text
    assert "được theo dõi theo giấy hẹn" in house.say(printed)
    # What is printed from now on has the present key alone.
    assert slip_key(house.runtime.settings) == slip_key(
        make_settings(sqlite_url, secret_key=SECRET_KEY)
    )
    forgotten = make_house(sqlite_url)
    refused = create_app(forgotten.runtime).test_client().get(urlsplit(printed).path)
    assert refused.status_code == 404


@pytest.mark.parametrize("known", [True, False])
def test_nobody_keeps_indexes_or_is_told_of_the_page(
    house: House, web: FlaskClient, known: bool
) -> None:
    if known:
        house.feed()
    answer = web.get(path_of())
    headers = answer.headers
    assert answer.status_code == (200 if known else 404)
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = Reading(answer.text)
    assert {"name": "robots", "content": "noindex, nofollow, noarchive"} in page.all("meta")
    assert not [attrs for _, attrs in page.tags if attrs.keys() & {"style", "onclick", "onload"}]
    assert not page.all("style")
    assert all(script.get("src") for script in page.all("script"))


def test_head_answers_as_get_does(house: House, web: FlaskClient) -> None:
    house.feed()
    for path in (path_of(), path_of("H56.14-240823-0009")):
        head, get = web.head(path), web.get(path)
        assert (head.status_code, head.data) == (get.status_code, b"")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_everything_the_page_needs_is_ours_and_small(house: House, web: FlaskClient) -> None:
    house.feed(step="Ở" * 200, due_at=DUE)
    answer = web.get(path_of())
    page = Reading(answer.text)
    needed = [tag["href"] for tag in page.all("link")] + [tag["src"] for tag in page.all("script")]
    parts = [web.get(str(address)) for address in needed]
    assert [str(address)[:8] for address in needed] == ["/t/page/"] * 3
    assert [part.status_code for part in parts] == [200, 200, 200]
    assert len(answer.data) + sum(len(part.data) for part in parts) <= 50 * 1024
    assert web.get("/t/page/other.css").status_code == 404


def test_a_name_with_markup_is_shown_as_it_is_written(house: House, web: FlaskClient) -> None:
    house.feed(step='<script>alert("1")</script> & {{ 7*7 }}')
    answer = web.get(path_of())
    assert "<script>alert" not in answer.text
    assert '<script>alert("1")</script> & {{ 7*7 }}' in unescape(answer.text)


def test_while_the_database_is_away_the_page_says_when_to_come_back(sqlite_url: str) -> None:
    house = make_house(sqlite_url)
    broken = make_house(sqlite_url).runtime
    web = create_app(broken).test_client()
    with house.runtime.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE receipt_code RENAME TO gone")
    answer = web.get(path_of())
    assert answer.status_code == 503
    assert "Mời Ông/Bà tải lại trang này sau ít phút." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_scans_are_counted_and_nobody_is_written_down(house: House, web: FlaskClient) -> None:
    house.feed()
    for path in (path_of(), path_of(), path_of("H56.14-240823-0009"), path_of(CODE, "A" * 10)):
        web.get(path)
    lookups = house.runtime.metrics.lookups
    counts = {
        result: lookups.labels("qr", result)._value.get()
        for result in ("known", "unknown", "unsigned")
    }
    assert counts == {"known": 2, "unknown": 1, "unsigned": 1}
