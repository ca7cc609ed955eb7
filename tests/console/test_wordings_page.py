"""`/console/cau-chu`: read by three roles, changed by one, and never a text that is fixed."""

import re
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bot.core.staff import Role
from bot.keep_wordings import keep_shipped
from tests.console.desk import Client, Desk

PLACE = "/console/cau-chu"
THANKS = f"{PLACE}/talk.thanks"
WORDS = "Cảm ơn bà con. Cần tra cứu, bà con gửi mã trên giấy hẹn."


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url)
    keep_shipped(desk.runtime.engine, desk.runtime.wording.shipped, desk.clock())
    return desk


def text_of(answer: TestResponse) -> str:
    """What stands on a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def hidden(answer: TestResponse, name: str) -> str:
    """What a page gives along in its form."""
    [value] = re.findall(rf'name="{name}"[^>]* value="([^"]*)"', answer.text)[:1]
    return str(value)


def send(client: Client, path: str, words: str, **more: Any) -> TestResponse:
    """Save words as a person without a script does: look at them, then save."""
    typed = {"words": words, "why": "Thống nhất xưng hô", **more}
    version = hidden(client.get(path), "version")
    looked = client.post(path, {**typed, "version": version, "step": "xem"})
    if looked.status_code != 200:
        return looked
    seen = hidden(looked, "seen")
    return client.post(path, {"version": version, "seen": seen, "step": "luu", **typed})


def test_every_text_is_listed_with_its_use_its_example_and_its_length(desk: Desk) -> None:
    page = text_of(desk.login(Role.SUPERVISOR).get(PLACE))
    for key in desk.runtime.texts.texts:
        assert f" {key} " in page
    assert "H56.14-240823-0001 để biết" not in page  # that is, filled with our own example:
    assert "ví dụ: H56.14-240823-0001" in page
    assert "Cố định: Tin báo về hồ sơ có nội dung cố định từng chữ" in page
    assert re.search(r"SMS dài nhất 2 tin \(\d+ ký tự GSM-7, H56\.\S+\)", page)
    only = text_of(desk.login(Role.APPROVER).get(f"{PLACE}?loc=doi-duoc"))
    assert "talk.thanks" in only
    assert "notice.result" not in only


def test_a_text_is_looked_at_then_saved_and_said(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, agency=None, login="lan")
    looked = boss.post(THANKS, {"words": WORDS, "why": "", "version": "1", "step": "xem"})
    page = text_of(looked)
    assert looked.status_code == 200
    assert WORDS in page
    assert re.search(r"Dài nhất 56/600 ký tự", page)
    assert "<del>Ông/Bà.</del>" in looked.text
    assert "<ins>bà</ins>" in looked.text or "<ins>bà con.</ins>" in looked.text
    saved = send(boss, THANKS, WORDS)
    assert saved.status_code == 303
    assert "Người dân nhận câu chữ mới" in text_of(boss.get(THANKS))
    assert desk.runtime.texts.render("talk.thanks") == WORDS
    trail = text_of(boss.get("/console/audit"))
    assert "Đổi câu chữ gửi người dân" in trail
    assert f"sau: {WORDS}".replace(", ", ",  ") in trail or f"sau: {WORDS}" in trail


def test_what_was_not_looked_at_is_shown_before_it_is_saved(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, agency=None)
    typed = {"words": WORDS, "why": "Thống nhất xưng hô", "version": "1", "step": "luu"}
    answer = boss.post(THANKS, {**typed, "seen": "of other words"})
    assert answer.status_code == 200
    assert "Mời xem lại dưới đây rồi lưu" in text_of(answer)
    assert desk.runtime.texts.render("talk.thanks") != WORDS
    assert boss.post(THANKS, {**typed, "seen": hidden(answer, "seen")}).status_code == 303


def test_a_fault_names_the_field_and_keeps_what_was_typed(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, agency=None)
    answer = send(boss, f"{PLACE}/talk.welcome", "Chào <b>{exampel}</b>")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Có phải là {example}?" in page
    assert "Chào &lt;b&gt;{exampel}&lt;/b&gt;" in answer.text
    assert "Thống nhất xưng hô" in answer.text
    assert send(boss, THANKS, WORDS, why="").status_code == 422
    link = send(boss, THANKS, f"{WORDS} https://example.com/x")
    assert link.status_code == 422
    assert "Tôi đã kiểm tra liên kết ra ngoài" in text_of(link)


def test_who_saves_upon_another_sees_both(desk: Desk) -> None:
    first = desk.login(Role.ADMINISTRATOR, agency=None, login="lan")
    second = desk.login(Role.ADMINISTRATOR, agency=None, login="minh")
    typed = {"why": "Thống nhất xưng hô", "version": "1", "step": "luu", "words": "Cảm ơn."}
    seen = hidden(second.post(THANKS, {**typed, "step": "xem"}), "seen")
    send(first, THANKS, WORDS)
    answer = second.post(THANKS, {**typed, "seen": seen})
    assert answer.status_code == 409
    assert "vừa được người khác đổi" in text_of(answer)
    assert "Cảm ơn.</textarea>" in answer.text
    again = {**typed, "version": hidden(answer, "version"), "seen": hidden(answer, "seen")}
    assert second.post(THANKS, again).status_code == 303


def test_earlier_and_shipped_words_come_back(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, agency=None)
    shipped = desk.runtime.texts.texts["talk.thanks"].words
    send(boss, THANKS, WORDS)
    send(boss, THANKS, "Cảm ơn.")
    assert f"{WORDS}</textarea>" in unescape(boss.get(f"{THANKS}?ban=2").text)
    back = boss.post(f"{THANKS}/ban-goc", {"version": "3", "why": "Theo công văn"})
    assert back.status_code == 303
    page = text_of(boss.get(THANKS))
    assert desk.runtime.texts.texts["talk.thanks"].words == shipped
    for one in ("Bản 1: câu chữ gốc", "Bản 2: tỉnh đổi", "Bản 4: về câu chữ gốc", "Theo công văn"):
        assert one in page


def test_the_words_of_a_day_are_looked_up(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, agency=None)
    send(boss, THANKS, WORDS)
    page = text_of(boss.get(f"{PLACE}/ngay?ngay=25/11/2026"))
    assert "Câu chữ ngày 25/11/2026" in page
    assert WORDS in page
    assert desk.runtime.texts.texts["notice.result"].words in page
    assert "Chưa có câu chữ nào" in text_of(boss.get(f"{PLACE}/ngay?ngay=24/11/2026"))
    assert boss.get(f"{PLACE}/ngay?ngay=31/02/2026").status_code == 422
    assert boss.get(f"{PLACE}/ngay?ngay=01/01/2030").status_code == 422


def test_a_notice_is_shown_with_its_length_for_each_agency(desk: Desk) -> None:
    page = text_of(desk.login(Role.APPROVER).get(f"{PLACE}/notice.result"))
    assert "Vì sao cố định" in page
    assert "Lưu câu chữ này" not in page
    assert re.search(r"H56\.14\.1 UBND phường Lộc Thọ GSM-7 \d+ [12] 1", page)
    assert "Da nhan" not in page
    assert "TB: Ho so cua quy ong/ba (MS: 000.00.17.H32-261122-0001)" in page


def test_the_status_page_takes_changed_words_over(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, agency=None)
    assert send(boss, f"{PLACE}/page.unknown", "Chưa tìm thấy hồ sơ").status_code == 303
    assert "Chưa tìm thấy hồ sơ" in desk.stranger().get("/t/x.y").text


def test_what_is_typed_is_shown_as_text_and_runs_nothing(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, agency=None)
    answer = boss.post(f"{THANKS}/xem", {"words": "<img src=x onerror=alert(1)>"})
    assert answer.status_code == 200
    assert "&lt;img" in answer.text
    assert "<img" not in answer.text
