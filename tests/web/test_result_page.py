"""The page on which anybody asks whether a result is in force."""

import re
from datetime import date

import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.bot.results import NUMBER, SYMBOL, result, told
from tests.conversation import House, make_house
from wsgi import create_app

PLACE = "/kiem-tra-ket-qua"


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url)
    house.feed(status=9, documents=told(result()))
    return house


@pytest.fixture
def web(house: House) -> FlaskClient:
    return create_app(house.runtime).test_client()


def ask(web: FlaskClient, number: str, address: str = "203.0.113.7") -> TestResponse:
    """Open the page and send its form, as a browser does."""
    token = re.findall(r'name="token" value="(\w+)"', web.get(PLACE).text)[0]
    return web.post(
        PLACE,
        data={"so": number, "token": token},
        environ_overrides={"REMOTE_ADDR": address},
    )


def answer(response: TestResponse) -> str:
    return "".join(re.findall(r'<h2 id="answer"[^>]*>([^<]*)</h2>', response.text))


def form(response: TestResponse) -> str:
    """The page without what differs from reader to reader."""
    return re.sub(r'(?:value|class)="[^"]*"', "", response.text)


def test_a_result_is_in_force_until_it_is_not(house: House, web: FlaskClient) -> None:
    for number in (NUMBER, SYMBOL, f"  số {SYMBOL.lower()}"):
        assert answer(ask(web, number)) == "Còn hiệu lực"
    house.clock.move(minutes=1)
    house.feed(status=9, documents=told(result(revoked_on=date(2026, 11, 25))))
    found = ask(web, NUMBER)
    assert answer(found) == "Đã bị thu hồi"
    for hidden in ("hộ kinh doanh", "H56", "UBND phường Mẫu", "Cấp lần đầu", "24/11/2026"):
        assert hidden not in found.text


def test_what_is_unknown_looks_like_what_is_not_unique(house: House, web: FlaskClient) -> None:
    house.feed(
        "H56.14-240823-0002",
        status=9,
        documents=told(result(owner_identifier="1", revoked_on=date(2026, 1, 1))),
    )
    unknown, shared = ask(web, "77/QĐ-UBND"), ask(web, SYMBOL)
    assert answer(unknown) == answer(shared) == "Không tìm thấy"
    assert form(unknown) == form(shared)
    assert unknown.status_code == shared.status_code == 200


def test_nothing_of_the_number_is_kept_or_cached(web: FlaskClient) -> None:
    with structlog.testing.capture_logs() as lines:
        found = ask(web, NUMBER)
    assert NUMBER not in repr(lines)
    assert found.headers.getlist("Content-Security-Policy") == [
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ]
    assert found.headers["Cache-Control"] == "no-store"
    assert "noindex" in found.headers["X-Robots-Tag"]


def test_a_form_of_another_page_is_not_taken(house: House, web: FlaskClient) -> None:
    assert web.post(PLACE, data={"so": NUMBER}).status_code == 400
    other = create_app(house.runtime).test_client()
    token = re.findall(r'name="token" value="(\w+)"', web.get(PLACE).text)[0]
    refused = other.post(PLACE, data={"so": NUMBER, "token": token})
    assert refused.status_code == 400
    assert "hiệu lực</h2>" not in refused.text
    assert NUMBER in refused.text  # nothing typed is lost
    house.clock.move(hours=4)
    assert web.post(PLACE, data={"so": NUMBER, "token": token}).status_code == 400


@pytest.mark.parametrize("typed", ["", "ab", "không có số", "1" * 200])
def test_what_can_be_no_number_is_explained(web: FlaskClient, typed: str) -> None:
    refused = ask(web, typed)
    assert refused.status_code == 422
    assert "từ 3 đến 120 ký tự" in refused.text
    assert 'aria-invalid="true"' in refused.text


def test_an_address_that_guesses_has_to_wait(house: House, web: FlaskClient) -> None:
    for number in range(40):
        assert ask(web, f"{number}00/GP").status_code == 200
    refused = ask(web, NUMBER)
    assert refused.status_code == 429
    assert "quá nhiều lần tra cứu" in refused.text
    assert answer(ask(web, NUMBER, "198.51.100.4")) == "Còn hiệu lực"
    house.clock.move(minutes=61)
    assert answer(ask(web, NUMBER)) == "Còn hiệu lực"
