"""One field finds a dossier: a scanned code goes straight there, a name is chosen from a list."""

from urllib.parse import urlsplit

import pytest

from bot.core.staff import Role
from tests.console.counter import make_counter, take_in
from tests.console.desk import Client, Desk
from tests.slips import slip_link

PLACE = "/console/tim"


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    return make_counter(sqlite_url)


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK)


def found(client: Client, typed: str) -> tuple[str, str]:
    """Where the search ends, and what stands there."""
    answer = client.post(PLACE, {"q": typed}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.request.path, answer.text


@pytest.mark.parametrize("shape", ["{code}", "{lower}", "{link}", "0001"])
def test_a_code_however_it_comes_opens_its_dossier(clerk: Client, shape: str) -> None:
    code = take_in(clerk)
    typed = shape.format(code=code, lower=code.lower(), link=slip_link(code))
    assert found(clerk, typed)[0] == f"/console/ho-so/{code}"


def test_a_name_gives_a_list_to_walk_through(clerk: Client) -> None:
    codes = [take_in(clerk), take_in(clerk, name="Trần Thị Mẫu")]
    path, page = found(clerk, "thi mau")
    assert path == PLACE
    assert all(f'data-row href="/console/ho-so/{code}"' in page for code in codes)
    assert "090***3456" in page
    assert "0905 123 456" not in page


def test_what_was_typed_stands_in_no_address(clerk: Client) -> None:
    take_in(clerk)
    answer = clerk.post(PLACE, {"q": "0905 123 456"})
    assert "0905" not in answer.headers["Location"]
    assert 'value="0905 123 456"' in clerk.get(answer.headers["Location"]).text


def test_an_address_that_is_cut_asks_anew(clerk: Client) -> None:
    assert clerk.get(f"{PLACE}?k=gAAAA").status_code == 200
    assert urlsplit(clerk.post(PLACE, {"q": "  "}).headers["Location"]).query == ""


def test_nothing_found_says_what_to_do(clerk: Client) -> None:
    _, page = found(clerk, "H56.14-240823-0009")
    assert "Không có hồ sơ nào với mã này" in page


def test_another_agencys_dossier_is_not_found(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    stranger = desk.login(Role.CLERK, agency="H56.15")
    assert found(stranger, code)[0] == PLACE
    assert stranger.get(f"/console/ho-so/{code}").status_code == 404
