"""Inbound SMS under strain: who guesses, a database in trouble, hostile calls; and privacy."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.sms_text import is_gsm7, sms_parts
from bot.store.tables import lookup, sms_inbound
from tests.conversation import House
from tests.sms_calls import AGGREGATORS, MOBILE, QUERIES, ask, call, esms_query, words_of
from tests.webhooks.sms_asking import DUE, FOUND, LOCAL, counted, make_sms_house, rows
from wsgi import create_app


@pytest.fixture
def house(database_url: str) -> House:
    return make_sms_house(database_url)


@pytest.fixture
def web(house: House) -> FlaskClient:
    return create_app(house.runtime).test_client()


@pytest.fixture
def sqlite_house(sqlite_url: str) -> House:
    """Where it does not matter which database stands behind."""
    return make_sms_house(sqlite_url)


@pytest.fixture
def sqlite_web(sqlite_house: House) -> FlaskClient:
    return create_app(sqlite_house.runtime).test_client()


# Limits


def test_after_ten_unknown_codes_a_sender_is_told_when_to_come_back(
    web: FlaskClient, house: House
) -> None:
    for number in range(10):
        assert "Khong tim thay" in ask(web, "esms", f"MCKH {number:010d}")
        house.clock.move(minutes=1)
    told = ask(web, "1pay", f"MCKH {LOCAL}")
    assert told == (
        "Mot gio qua co 10 ma khong tim thay ho so nen viec tra cuu tam dung. "
        "Moi Ong/Ba xem lai ma tren giay hen va nhan lai tu 10:00 ngay 25/11/2026."
    )
    assert sms_parts(told) == 1
    assert ask(web, "esms", f"MCKH {LOCAL}", mobile="84905000001") == FOUND
    house.clock.move(minutes=50)
    assert ask(web, "esms", f"MCKH {LOCAL}") == FOUND


def test_guessing_on_many_lines_at_once_pays_no_better(house: House) -> None:
    app = create_app(house.runtime)

    def one(number: int) -> str:
        return ask(app.test_client(), "esms", f"MCKH {number:010d}")

    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(one, range(24)))
    assert sum("Khong tim thay" in words for words in told) == 10
    assert sum("nhan lai tu" in words for words in told) == 14


def test_known_codes_have_no_limit_because_each_is_paid(
    sqlite_web: FlaskClient, sqlite_house: House
) -> None:
    for _ in range(62):
        assert ask(sqlite_web, "esms", f"MCKH {LOCAL}") == FOUND
    assert len(rows(sqlite_house, lookup)) == 62


# Privacy


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_no_phone_and_no_words_rest_in_clear_or_reach_a_log(
    web: FlaskClient, house: House, aggregator: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ask(web, aggregator, f"MCKH {LOCAL} toi ten Mau")
    (row,) = rows(house)
    kept = repr(tuple(row)) + repr(rows(house, lookup)) + capfd.readouterr().err
    for secret in (MOBILE, MOBILE[2:], "ten Mau", "Tham dinh"):
        assert secret not in kept
    assert house.runtime.vault.open_text(row.sender) == "+84905123456"


def test_the_same_phone_is_the_same_asker_however_it_is_written(
    sqlite_web: FlaskClient, sqlite_house: House
) -> None:
    for mobile in ("84905123456", "0905123456", "+84 905 123 456", "abc"):
        ask(sqlite_web, "esms", f"MCKH {LOCAL}", mobile=mobile)
    askers = [row.asker for row in rows(sqlite_house, lookup)]
    assert len(set(askers[:3])) == 1
    assert askers[3] != askers[0]


# When the database is in trouble


def test_while_others_write_the_citizen_is_answered_all_the_same(
    sqlite_web: FlaskClient, sqlite_house: House
) -> None:
    ask(sqlite_web, "esms", f"MCKH {LOCAL}", request_id="before")
    later = sqlite_house.clock() + timedelta(minutes=1)
    sqlite_house.feed(local_code=LOCAL, due_at=DUE, step="Trình ký", changed_at=later)
    with sqlite_house.runtime.engine.begin():
        assert "Trinh ky" in ask(sqlite_web, "esms", f"MCKH {LOCAL}")
        assert ask(sqlite_web, "esms", f"MCKH {LOCAL}", request_id="before") == FOUND
    assert counted(sqlite_web, "esms", "not_stored") == 1
    assert len(rows(sqlite_house)) == 1


def test_a_locked_table_keeps_no_citizen_waiting_on_postgresql(postgres_url: str) -> None:
    house = make_sms_house(postgres_url)
    web = create_app(house.runtime).test_client()
    with house.runtime.engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE sms_inbound IN EXCLUSIVE MODE")
        assert ask(web, "esms", f"MCKH {LOCAL}") == FOUND
    assert rows(house) == []


def test_all_who_ask_at_once_while_others_write_are_answered(sqlite_house: House) -> None:
    app = create_app(sqlite_house.runtime)

    def one(_: int) -> str:
        return ask(app.test_client(), "esms", f"MCKH {LOCAL}")

    with sqlite_house.runtime.engine.begin(), ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(8))) == {FOUND}


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_a_broken_database_gets_words_and_no_bill(
    sqlite_web: FlaskClient, sqlite_house: House, aggregator: str
) -> None:
    with sqlite_house.runtime.engine.begin() as connection:
        sms_inbound.drop(connection)
    answer = call(sqlite_web, aggregator, QUERIES[aggregator](f"MCKH {LOCAL}"))
    assert answer.status_code == 200
    assert words_of(aggregator, answer.data) == (
        "He thong dang ban nen chua tra cuu duoc. Moi Ong/Ba nhan lai sau it phut."
    )
    assert aggregator != "1pay" or json.loads(answer.data)["status"] == 0
    assert counted(sqlite_web, aggregator, "trouble") == 1


# Hostile parameters


@given(
    text=st.text(max_size=400),
    mobile=st.text(max_size=60),
    request_id=st.text(max_size=120),
    aggregator=st.sampled_from(AGGREGATORS),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_citizen_writes_gets_plain_words(
    sqlite_web: FlaskClient, text: str, mobile: str, request_id: str, aggregator: str
) -> None:
    words = ask(sqlite_web, aggregator, text, mobile, request_id)
    assert words
    assert is_gsm7(words)
    assert words.isascii()


@given(query=st.text(max_size=300), aggregator=st.sampled_from(AGGREGATORS))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_caller_sends_it_is_answered_or_refused(
    sqlite_web: FlaskClient, query: str, aggregator: str
) -> None:
    assert call(sqlite_web, aggregator, query).status_code in (200, 403)


def test_a_very_long_text_is_answered(sqlite_web: FlaskClient) -> None:
    assert ask(sqlite_web, "esms", f"MCKH {LOCAL} " + "ấ" * 5_000) == FOUND


def test_only_get_is_answered(sqlite_web: FlaskClient) -> None:
    path = f"/webhooks/sms/esms/inbound?{esms_query('MCKH')}"
    assert sqlite_web.post(path).status_code == 405
