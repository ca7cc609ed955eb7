"""The announcement pages: written, approved by another, released, watched, and whom they let in."""

import json
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select

from bot.channels.channel import Again
from bot.core.staff import Account, Actor, Role
from bot.store.announcement_tables import announcement, announcement_recipient
from bot.store.counter_tables import audit_entry
from bot.store.tables import follower
from tests.bot.announcement_stage import PNG, TEXT, TITLE, Stage, Zalo
from tests.console.desk import Client, Desk
from tests.make import NOW

JSON = {"Accept": "application/json", "Origin": "http://localhost"}
FORM: dict[str, Any] = {
    "kind": "event",
    "title": TITLE,
    "text": TEXT,
    "link": "https://dichvucong.gov.vn/lich",
    "audience": "followers",
    "roads": "chat",
    "roads_sent": "1",
    "send_at": "",
}


ANYBODY = Actor(Account(0, "", "", frozenset(), None), "", frozenset())


@dataclass(slots=True)
class House:
    """A desk with a writer, an approver and some followers."""

    desk: Desk
    writer: Client
    approver: Client

    def begin(self) -> str:
        """A new draft's address."""
        return str(self.writer.post("/console/thong-bao").headers["Location"])

    def save(self, place: str, revision: int = 1, **changes: Any) -> Any:
        """Save it by hand."""
        return self.writer.post(place, {**FORM, "revision": str(revision), **changes})

    def handed_in(self) -> str:
        """A draft that waits for its approver: revision 2."""
        place = self.begin()
        assert self.save(place).status_code == 303
        asked = self.writer.post(f"{place}/trinh-duyet", {"revision": "2"})
        assert asked.headers["Location"].endswith("/theo-doi"), asked.text
        return place

    def state(self) -> str:
        with self.desk.runtime.engine.connect() as connection:
            return str(connection.scalar(select(announcement.c.state)))


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    desk = Desk(database_url, settings={"var_dir": tmp_path})
    with desk.runtime.engine.begin() as connection:
        rows = [
            {
                "user_id": f"u{n}",
                "following": True,
                "first_seen_at": NOW,
                "last_interaction_at": NOW,
            }
            for n in range(3)
        ]
        connection.execute(insert(follower), rows)
    return House(desk, desk.login(Role.ANNOUNCER), desk.login(Role.APPROVER))


def test_one_writes_and_another_approves_and_it_is_released(house: House) -> None:
    place = house.handed_in()
    page = house.approver.get(f"{place}/duyet").text
    assert TITLE in page
    assert "3 người" in page
    house.approver.post(f"{place}/duyet", {"revision": "2"})
    assert house.state() == "approved"
    house.writer.post(f"{place}/phat-hanh", {"revision": "2"})
    assert house.state() == "scheduled"
    watched = house.approver.get(f"{place}/tien-do", headers=JSON)
    assert json.loads(watched.text)["state"] == "scheduled"


def test_each_step_stands_in_the_audit_trail(house: House) -> None:
    place = house.handed_in()
    house.approver.post(f"{place}/tra-lai", {"revision": "2", "note": "Sai ngày"})
    with house.desk.runtime.engine.connect() as connection:
        actions = list(connection.scalars(select(audit_entry.c.action)))
    for action in ("begun", "written", "asked", "given_back"):
        assert f"announcement.{action}" in actions


def test_what_is_given_back_says_why_and_needs_a_reason(house: House) -> None:
    place = house.handed_in()
    answer = house.approver.post(f"{place}/tra-lai", {"revision": "2", "note": " "})
    assert answer.status_code == 422
    house.approver.post(f"{place}/tra-lai", {"revision": "2", "note": "Sai ngày họp"})
    assert "Sai ngày họp" in house.writer.get(place).text
    assert house.state() == "draft"


def test_an_edit_after_approval_needs_a_new_one(house: House) -> None:
    place = house.handed_in()
    house.approver.post(f"{place}/duyet", {"revision": "2"})
    house.save(place, revision=2, title="Tiêu đề khác hẳn")
    assert house.state() == "draft"
    house.writer.post(f"{place}/phat-hanh", {"revision": "3"})
    assert house.state() == "draft"


def test_opening_and_saving_the_same_again_keeps_the_approval(house: House) -> None:
    place = house.handed_in()
    house.approver.post(f"{place}/duyet", {"revision": "2"})
    house.save(place, revision=2)
    assert house.state() == "approved"


def test_who_wrote_does_not_approve(house: House) -> None:
    both = house.desk.login(Role.ANNOUNCER, Role.APPROVER)
    place = str(both.post("/console/thong-bao").headers["Location"])
    both.post(place, {**FORM, "revision": "1"})
    both.post(f"{place}/trinh-duyet", {"revision": "2"})
    assert "không tự duyệt được" in both.get(f"{place}/duyet").text
    both.post(f"{place}/duyet", {"revision": "2"})
    assert house.state() == "waiting_approval"


def test_what_was_typed_is_kept_with_its_faults(house: House) -> None:
    place = house.begin()
    house.save(place, title="", link="dichvucong")
    answer = house.writer.post(f"{place}/trinh-duyet", {"revision": "2"})
    assert answer.status_code == 422
    assert "Chưa có tiêu đề" in answer.text
    assert "phải bắt đầu bằng https://" in answer.text
    assert TEXT in answer.text


def test_it_is_saved_by_itself_and_two_windows_do_not_overwrite_each_other(house: House) -> None:
    place = house.begin()
    token = house.writer.token()
    first = house.writer.web.post(
        place, data={**FORM, "revision": "1", "csrf_token": token}, headers=JSON
    )
    told = json.loads(first.text)
    assert (told["revision"], told["faults"]) == (2, {})
    late = house.writer.web.post(
        place, data={**FORM, "revision": "1", "title": "x", "csrf_token": token}, headers=JSON
    )
    assert late.status_code == 409
    by_hand = house.save(place, revision=1, title="Đang gõ dở")
    assert by_hand.status_code == 409
    assert "Đang gõ dở" in by_hand.text


def test_versions_show_what_changed(house: House) -> None:
    place = house.handed_in()
    house.save(place, revision=2, title=TITLE.replace("12", "01"))
    page = house.writer.get(f"{place}/phien-ban").text
    assert "<del>12</del>" in page
    assert "<ins>01</ins>" in page


def test_a_picture_that_zalo_does_not_take_is_named(house: House) -> None:
    place = house.begin()
    answer = house.save(place, picture=(BytesIO(b"GIF8" + b"0" * 20), "a.gif"))
    assert answer.status_code == 422
    assert "không phải ảnh JPG hoặc PNG" in answer.text
    house.save(place, revision=2, picture=(BytesIO(PNG), "a.png"))
    assert house.writer.get(f"{place}/anh").data == PNG


def test_a_list_of_phones_is_read_and_its_faults_named(house: House) -> None:
    place = house.begin()
    rows = b"sdt\n0905123456\n0905123456\n0258382210\n"
    house.save(place, audience="phones", roads="template_phone", phones=(BytesIO(rows), "so.csv"))
    page = house.writer.get(place).text
    assert "Đã đọc 1 số, bỏ 1 số trùng" in page
    assert "Dòng 4" in page
    assert "Đang có 1 số" in page


def test_a_test_send_goes_to_the_testers_alone(house: House) -> None:
    place = house.handed_in()
    answer = house.writer.post(f"{place}/gui-thu", follow_redirects=True)
    assert "Chưa có máy nào" in answer.text
    made = house.writer.post("/console/nhom-nhan-tin", {"purpose": "tester"}, follow_redirects=True)
    assert re.search(r"MOI-[A-Z2-9]{4}-[A-Z2-9]{4}", made.text)
    with house.desk.runtime.engine.connect() as connection:
        assert connection.execute(select(announcement_recipient)).all() == []


def test_another_agencys_announcement_is_not_there(house: House) -> None:
    place = house.handed_in()
    other = house.desk.login(Role.ANNOUNCER, Role.APPROVER, agency="H56.15")
    for page in ("", "/duyet", "/theo-doi", "/ket-qua", "/ket-qua.csv", "/tien-do", "/phien-ban"):
        assert other.get(f"{place}{page}").status_code == 404, page
    for step in ("duyet", "dung", "tam-dung", "phat-hanh", "gui-thu", "soan-lai"):
        assert other.post(f"{place}/{step}", {"revision": "2"}).status_code == 404, step
    assert TITLE not in other.get("/console/thong-bao").text


def test_a_short_link_is_counted_and_names_nobody(house: House) -> None:
    house.handed_in()
    with house.desk.runtime.engine.connect() as connection:
        token = connection.scalar(select(announcement.c.link_token))
    web = house.desk.app.test_client()
    answer = web.get(f"/l/{token}?gidzl=abc")
    assert (answer.status_code, answer.headers["Location"]) == (302, FORM["link"])
    assert "Set-Cookie" not in answer.headers
    assert web.get("/l/nothing").status_code == 404
    with house.desk.runtime.engine.connect() as connection:
        assert connection.scalar(select(announcement.c.clicks)) == 1


def test_the_picture_of_a_draft_is_not_public(house: House) -> None:
    place = house.begin()
    house.save(place, picture=(BytesIO(PNG), "a.png"))
    with house.desk.runtime.engine.connect() as connection:
        from_table = connection.exec_driver_sql("SELECT token FROM announcement_picture").scalar()
    assert house.desk.app.test_client().get(f"/l/anh/{from_table}.png").status_code == 404


def test_the_report_opens_in_a_spreadsheet_reader_and_its_figures_are_the_pages(
    house: House,
) -> None:
    place = house.handed_in()
    house.approver.post(f"{place}/duyet", {"revision": "2"})
    house.writer.post(f"{place}/phat-hanh", {"revision": "2"})
    stage = Stage(house.desk.runtime, house.desk.clock, Zalo(), ANYBODY, ANYBODY)
    stage.zalo.refuse(Again.CLOSED, "-213")
    stage.send_all()
    book = load_workbook(BytesIO(house.writer.get(f"{place}/ket-qua.xlsx").data), read_only=True)
    figures = {row[0]: row[1] for row in book["Kết quả"].iter_rows(values_only=True)}
    assert (figures["Người nhận"], figures["Đã gửi"], figures["Không gửi được"]) == (3, 2, 1)
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert [row[2] for row in rows[1:]].count("đã gửi") == 2
    page = house.writer.get(f"{place}/ket-qua").text
    assert "Người nhận không quan tâm trang" in page
    text = house.writer.get(f"{place}/ket-qua.csv").data.decode("utf-8-sig")
    assert len(text.splitlines()) == 4
