"""Numbers that reach nobody are corrected in place, one field each."""

import pytest

from bot.core.staff import Role
from tests.console.counter import deeds, make_counter, take_in
from tests.console.desk import Client, Desk

PLACE = "/console/so-dien-thoai"


@pytest.fixture
def desk(database_url: str) -> Desk:
    return make_counter(database_url)


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK)


def test_a_bad_number_stands_in_the_list_until_it_is_corrected(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk, phone="0258 3 822 333", phone_confirmed="1")
    page = clerk.get(PLACE).text
    assert code in page
    assert "số cố định" in page
    answer = clerk.post(f"{PLACE}/{code}", {"phone": "0905 123 456", "from": "list"})
    assert answer.headers["Location"] == PLACE
    assert "đã sửa số điện thoại" in clerk.get(PLACE).text
    assert "Không có số nào cần sửa" in clerk.get(PLACE).text
    assert "0905" not in str(deeds(desk))


def test_a_number_that_will_not_do_is_explained_in_its_row(clerk: Client) -> None:
    code = take_in(clerk, phone="", phone_confirmed="1")
    answer = clerk.post(f"{PLACE}/{code}", {"phone": "0905 12", "from": "list"})
    assert answer.status_code == 422
    assert f'id="e-{code}"' in answer.text
    assert 'value="0905 12"' in answer.text


def test_from_the_dossier_it_goes_back_to_the_dossier(clerk: Client) -> None:
    code = take_in(clerk)
    assert f"{PLACE}/{code}" in clerk.get(f"/console/ho-so/{code}").text
    answer = clerk.post(f"{PLACE}/{code}", {"phone": "01"})
    assert answer.status_code == 422
    assert 'id="e-phone"' in answer.text
    answer = clerk.post(f"{PLACE}/{code}", {"phone": "0912 345 678"})
    assert answer.headers["Location"] == f"/console/ho-so/{code}"
    assert "0912 345 678" in clerk.get(f"/console/ho-so/{code}").text


def test_another_agencys_number_cannot_be_touched(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    stranger = desk.login(Role.CLERK, agency="H56.15")
    assert stranger.get(f"{PLACE}/{code}").status_code == 404
    answer = stranger.post(f"{PLACE}/{code}", {"phone": "0912 345 678"})
    assert answer.status_code == 422
    assert "0905 123 456" in clerk.get(f"/console/ho-so/{code}").text
