"""A day's slips from the page: asked for, watched without and with a script, opened."""

import pytest

from bot.core.staff import Role
from bot.draw_batch import draw_due
from tests.console.counter import make_counter, take_in
from tests.console.desk import Client, Desk

PLACE = "/console/in-theo-ngay"
TODAY = {"day": "25/11/2026", "paper": "A5"}


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    return make_counter(sqlite_url)


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK)


def test_a_day_is_asked_for_watched_and_opened(desk: Desk, clerk: Client) -> None:
    take_in(clerk)
    place = clerk.post(PLACE, TODAY).headers["Location"]
    page = clerk.get(place).text
    assert '<meta http-equiv="refresh"' in page  # for who has no script
    assert clerk.get(f"{place}/tien-do").get_json() == {
        "open": True,
        "done": 0,
        "total": 1,
        "percent": 0,
    }
    assert clerk.get(f"{place}/phieu.pdf").status_code == 404
    draw_due(desk.runtime)
    assert clerk.get(f"{place}/tien-do").get_json()["percent"] == 100
    page = clerk.get(place).text
    assert "refresh" not in page
    assert f'src="{place}/phieu.pdf"' in page
    assert clerk.get(f"{place}/phieu.pdf").data.startswith(b"%PDF")
    assert place in clerk.get(PLACE).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "hôm qua"}, "Không đọc được ngày “hôm qua”"),
        ({"day": "24/11/2026"}, "không tiếp nhận hồ sơ nào"),
        ({"paper": "A3"}, "A5 hoặc A4"),
    ],
)
def test_what_cannot_be_drawn_is_said_at_its_field(
    clerk: Client, typed: dict[str, str], words: str
) -> None:
    take_in(clerk)
    answer = clerk.post(PLACE, TODAY | typed)
    assert answer.status_code == 422
    assert words in answer.text


def test_another_agencys_day_is_as_if_it_were_not_there(desk: Desk, clerk: Client) -> None:
    take_in(clerk)
    place = clerk.post(PLACE, TODAY).headers["Location"]
    draw_due(desk.runtime)
    stranger = desk.login(Role.CLERK, agency="H56.15")
    for path in (place, f"{place}/tien-do", f"{place}/phieu.pdf"):
        assert stranger.get(path).status_code == 404
