"""Talks at the console: read by the desk's clerks alone, answered by the chat lane."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.channels.channel import Again
from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.core.staff import Role
from bot.deliver import Pump
from bot.register import register_dossiers
from bot.store.counter_tables import handover_line
from bot.store.feed_keys import FeedKey
from bot.store.tables import outbox
from tests.bot.post import Post, drain, make_pump
from tests.console.desk import Client, Desk
from tests.conversation import CODE, House
from tests.proving import stored
from tests.talks import tell

HOUR = timedelta(hours=1)
AGENCY = "UBND thành phố Nha Trang"
LIST = "/console/trao-doi"


def feed(desk: Desk, code: str = CODE) -> None:
    """The one-stop software tells of a dossier."""
    dossier = FeedDossier(
        code=code,
        agency="H56.14",
        procedure=Procedure("1.003560", "Đăng ký khai sinh"),
        step="Thẩm định hồ sơ",
        status=4,
        changed_at=desk.clock(),
        times=Times(),
    )
    [result] = register_dossiers(desk.runtime, FeedKey("test", "H56", True), [dossier])
    assert result.why is None


def path_of_only_talk(clerk: Client) -> str:
    """The address of the one talk that the list leads to."""
    [path] = set(re.findall(rf"{LIST}/\d+", clerk.get(LIST).text))
    return str(path)


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url)
    feed(desk)
    return desk


@pytest.fixture
def house(desk: Desk) -> House:
    """The same application, as citizens speak to it."""
    return House(desk.runtime, desk.clock)


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK, name="Trần Thị Lan")


@pytest.fixture
def talk(house: House, clerk: Client) -> str:
    """The address of a talk that waits."""
    tell(house, f"gặp cán bộ {CODE}")
    tell(house, "sao <b>lâu</b> vậy")
    return path_of_only_talk(clerk)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def pump(desk: Desk, post: Post) -> Iterator[Pump]:
    pump = make_pump(desk.runtime, post)
    yield pump
    pump.stop()


def press(page: str) -> str:
    """The press of the answer's form."""
    return str(re.findall(r'name="press" value="([0-9a-f]+)"', page)[0])


def test_from_the_citizens_words_to_the_answer_on_their_phone(
    house: House, clerk: Client, talk: str, post: Post, pump: Pump
) -> None:
    page = clerk.get(talk).text
    assert "sao &lt;b&gt;lâu&lt;/b&gt; vậy" in page
    assert "hiện đang ở bước Thẩm định hồ sơ" in page
    assert "Còn trả lời được <strong>2 ngày</strong>" in page
    answered = clerk.post(f"{talk}/tra-loi", {"text": "Đang xác minh.", "press": press(page)})
    assert answered.status_code == 303
    drain(pump)
    assert post.taken[-1] == f"Cán bộ {AGENCY}: Đang xác minh."
    page = clerk.get(talk).text
    assert "Trần Thị Lan" in page
    assert "(đã gửi)" in page
    assert "Ông/Bà đang nhận trả lời." in page
    assert tell(house, "dạ cảm ơn") == "Đã chuyển cán bộ."
    assert "dạ cảm ơn" in clerk.get(f"{talk}/moi").text


def test_the_list_shows_who_waits_and_nothing_that_was_said(clerk: Client, talk: str) -> None:
    page = clerk.get(LIST).text
    assert "1 đang chờ trả lời" in page
    assert CODE in page
    assert "lâu" not in page
    assert "1 đang chờ trả lời" in clerk.get(f"{LIST}/moi").text


def test_the_talk_waits_on_the_first_page_too(clerk: Client, talk: str) -> None:
    page = clerk.get("/console/").text
    assert re.search(r'<span class="count">1</span> <span>Cuộc trao đổi đang chờ', page)


def test_a_supervisor_sees_that_it_waits_and_reads_no_word(desk: Desk, talk: str) -> None:
    supervisor = desk.login(Role.SUPERVISOR)
    page = supervisor.get(LIST).text
    assert "1 đang chờ trả lời" in page
    assert f'href="{talk}"' not in page
    assert supervisor.get(talk).status_code == 403
    assert supervisor.get(f"{talk}/moi").status_code == 403
    assert supervisor.post(f"{talk}/tra-loi", {"text": "x"}).status_code == 403


@pytest.mark.parametrize(("agency", "status"), [("H56", 200), (None, 200), ("H56.15", 404)])
def test_who_covers_the_agency_reads_and_answers(
    desk: Desk, talk: str, agency: str | None, status: int
) -> None:
    other = desk.login(Role.CLERK, agency=agency)
    assert other.get(talk).status_code == status
    assert (talk in other.get(LIST).text) is (status == 200)
    answer = other.post(f"{talk}/tra-loi", {"text": "Chào Ông/Bà.", "press": "a1"})
    assert answer.status_code == (303 if status == 200 else 404)


@pytest.mark.parametrize("number", ["999", "0", "x", "-1", "9" * 30, "١"])
def test_an_address_of_no_talk_is_not_found(clerk: Client, number: str) -> None:
    assert clerk.get(f"{LIST}/{number}").status_code == 404
    assert clerk.post(f"{LIST}/{number}/nhan").status_code == 404


def test_pressing_twice_sends_once(desk: Desk, clerk: Client, talk: str) -> None:
    form = {"text": "Đang xác minh.", "press": press(clerk.get(talk).text)}
    clerk.post(f"{talk}/tra-loi", form)
    again = clerk.post(f"{talk}/tra-loi", form, follow_redirects=True)
    assert "không gửi lại" in again.text
    sent = [
        row for row in stored(House(desk.runtime, desk.clock), outbox) if row["event"] == "clerk"
    ]
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("text", "hours", "why"),
    [
        ("", 0, "chưa có nội dung"),
        ("ồ" * 2100, 0, "ký tự. Mời rút gọn"),
        ("Đang xác minh.", 48, "Zalo chỉ cho trả lời đến 09:00 ngày 27/11/2026"),
    ],
    ids=["empty", "too long", "window closed"],
)
def test_what_was_not_sent_says_why_and_keeps_what_was_typed(
    desk: Desk, talk: str, text: str, hours: int, why: str
) -> None:
    desk.clock.moment += hours * HOUR
    clerk = desk.login(Role.CLERK, login="mai")
    answer = clerk.post(f"{talk}/tra-loi", {"text": text, "press": "a1"})
    assert answer.status_code == 422
    assert why in answer.text
    assert f"\n{text}</textarea>" in answer.text
    lines = stored(House(desk.runtime, desk.clock), handover_line)
    assert not [row for row in lines if row["staff_id"]]


def test_two_clerks_see_who_holds_the_talk_and_hand_it_over(
    desk: Desk, clerk: Client, talk: str
) -> None:
    mai = desk.login(Role.CLERK, login="mai", name="Lê Thị Mai")
    page = mai.get(talk).text
    clerk.post(f"{talk}/nhan", {"before": ""})
    late = mai.post(f"{talk}/tra-loi", {"text": "Chào.", "press": press(page)})
    assert late.status_code == 422
    assert "cán bộ khác" in late.text
    assert "Chào.</textarea>" in late.text
    assert "Trần Thị Lan đang nhận trả lời." in late.text
    [held_by] = set(re.findall(r'name="before" value="(\d+)"', late.text))
    assert mai.post(f"{talk}/nhan", {"before": held_by}).status_code == 303
    [lan] = re.findall(r'<option value="(\d+)"[^>]*>Trần Thị Lan</option>', mai.get(talk).text)
    [me] = set(re.findall(r'name="before" value="(\d+)"', mai.get(talk).text))
    handed = mai.post(f"{talk}/chuyen", {"before": me, "to": lan}, follow_redirects=True)
    assert "Trần Thị Lan đang nhận trả lời." in handed.text


def test_closing_sends_the_goodbye_that_stands_there(
    house: House, clerk: Client, talk: str, post: Post, pump: Pump
) -> None:
    page = clerk.get(talk).text
    [goodbye] = re.findall(r'name="goodbye"[^>]*>\n([^<]+)</textarea>', page)
    closed = clerk.post(f"{talk}/ket-thuc", {"goodbye": goodbye, "press": "b1"})
    assert closed.headers["Location"] == LIST
    drain(pump)
    assert "Trao đổi này đã kết thúc" in post.taken[-1]
    page = clerk.get(talk).text
    assert "cán bộ kết thúc" in page
    assert "<form" in page  # of logging out
    assert "/tra-loi" not in page
    assert "Kết thúc trong 7 ngày qua" in clerk.get(LIST).text


def test_an_answer_that_was_refused_is_shown_with_its_reason(
    clerk: Client, talk: str, post: Post, pump: Pump
) -> None:
    drain(pump)
    clerk.post(f"{talk}/tra-loi", {"text": "Đang xác minh.", "press": "c1"})
    post.refuse(Again.CLOSED, "-213")
    drain(pump)
    page = clerk.get(talk).text
    assert "không gửi được: -213" in page


def test_a_talk_that_names_no_dossier_says_how_to_ask_for_it(
    house: House, desk: Desk, clerk: Client
) -> None:
    second = "H56.14-240823-0002"
    feed(desk, second)
    tell(house, f"gặp cán bộ {CODE} {second}")
    assert "chưa nêu một hồ sơ nào" in clerk.get(path_of_only_talk(clerk)).text
