"""`/webhooks/sms/<aggregator>/inbound` from outside: what comes back, once, and to whom."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.core.sms_text import is_gsm7, sms_parts
from bot.store.tables import lookup, sms_inbound
from tests.conversation import CODE, House, make_house
from tests.sms_calls import AGGREGATORS, KEYS, MOBILE, QUERIES, ask, call, esms_query, words_of
from wsgi import create_app

LOCAL = "0101701234"
DUE = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)
FOUND = (
    f"Ho so cua quy Ong/Ba ({LOCAL}) hien dang o buoc Tham dinh ho so, trang thai ho so: Dung han."
)
TYPES = {"esms": "text/xml", "1pay": "application/json", "cpurl": "text/plain"}


@pytest.fixture
def house(database_url: str) -> House:
    made = make_house(database_url, **KEYS)
    made.feed(local_code=LOCAL, due_at=DUE)
    return made


@pytest.fixture
def web(house: House) -> Iterator[FlaskClient]:
    with create_app(house.runtime).test_client() as client:
        yield client


@pytest.fixture
def sqlite_house(sqlite_url: str) -> House:
    """Where it does not matter which database stands behind."""
    made = make_house(sqlite_url, **KEYS)
    made.feed(local_code=LOCAL, due_at=DUE)
    return made


@pytest.fixture
def sqlite_web(sqlite_house: House) -> FlaskClient:
    return create_app(sqlite_house.runtime).test_client()


def rows(house: House, table: Any = sms_inbound) -> list[Any]:
    with house.runtime.engine.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def counted(web: FlaskClient, aggregator: str, outcome: str) -> float:
    name = f'motcua_sms_inbound_total{{aggregator="{aggregator}",outcome="{outcome}"}} '
    lines = [line for line in web.get("/metrics").text.splitlines() if line.startswith(name)]
    return sum(float(line.removeprefix(name)) for line in lines)


# What comes back


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_a_known_code_gets_the_provinces_sentence_in_one_part(
    web: FlaskClient, house: House, aggregator: str
) -> None:
    answer = call(web, aggregator, QUERIES[aggregator](f"MCKH {LOCAL}"))
    assert (answer.status_code, answer.mimetype) == (200, TYPES[aggregator])
    assert words_of(aggregator, answer.data) == FOUND
    assert sms_parts(FOUND) == 1
    (asked,) = rows(house, lookup)
    assert (asked.way, asked.code, len(asked.asker)) == ("sms", LOCAL, 64)
    assert asked.dossier_id is not None


@pytest.mark.parametrize(
    "text",
    [
        f"mckh_{LOCAL}",
        f"MCKH{LOCAL}",
        f"MCHK {LOCAL}",
        f"MCKH mã số biên nhận {LOCAL}",
        f"MCKH. {LOCAL} ạ 😀",
        f"MCKH  0101.701.234{chr(0)}",
    ],
)
def test_the_usual_slips_of_typing_are_forgiven(sqlite_web: FlaskClient, text: str) -> None:
    assert ask(sqlite_web, "esms", text) == FOUND


def test_the_national_code_is_answered_as_it_was_asked_for(sqlite_web: FlaskClient) -> None:
    assert f"({CODE})" in ask(sqlite_web, "cpurl", f"MCKH {CODE.lower()}")


def test_an_unknown_code_is_repeated_with_where_to_look(sqlite_web: FlaskClient) -> None:
    words = ask(sqlite_web, "1pay", "MCKH 0000000001")
    assert words == (
        "Khong tim thay ho so ma 0000000001. Moi Ong/Ba xem ma o dong "
        '"Ma ho so" hoac "So" phia tren giay hen roi nhan lai.'
    )


def test_of_several_codes_the_first_is_answered_and_the_sender_told(
    sqlite_web: FlaskClient, sqlite_house: House
) -> None:
    words = ask(sqlite_web, "esms", f"MCKH {LOCAL} {CODE} 0000000001")
    assert words == f"{FOUND} Moi tin nhan chi tra cuu mot ma."
    assert sms_parts(words) == 1
    assert [row.code for row in rows(sqlite_house, lookup)] == [LOCAL]


@pytest.mark.parametrize(
    "text", ["", "MCKH", "help", "MCKH help", f"ABCD {LOCAL}", LOCAL, "MCKH 0905 12", "😀"]
)
def test_a_wrong_syntax_is_told_how_to_write_and_costs_nothing(
    web: FlaskClient, house: House, text: str
) -> None:
    answer = call(web, "1pay", QUERIES["1pay"](text))
    assert json.loads(answer.data) == {
        "status": 0,
        "sms": "Tin nhan chua dung cu phap. Moi soan MCKH, dau cach, roi ma in tren giay hen. "
        "Vi du: MCKH 0101701234",
        "type": "text",
    }
    assert rows(house, lookup) == []


@pytest.mark.parametrize("text", [f"MCKH {LOCAL}", "MCKH 0000000001"])
def test_1pay_charges_for_known_and_unknown_codes_alike(sqlite_web: FlaskClient, text: str) -> None:
    answer = call(sqlite_web, "1pay", QUERIES["1pay"](text))
    assert json.loads(answer.data)["status"] == 1


def test_a_long_step_is_one_message_word_for_word_however_many_parts_it_needs(
    sqlite_web: FlaskClient, sqlite_house: House
) -> None:
    step = "Chuyển thông tin địa chính & thuế [2] – “chờ” xác định nghĩa vụ tài chính " * 2
    sqlite_house.feed(code="H56.14-240823-0002", step=step.strip())
    words = ask(sqlite_web, "esms", "MCKH H56.14-240823-0002")
    plain = 'Chuyen thong tin dia chinh & thue [2] - "cho" xac dinh nghia vu tai chinh'
    assert f"buoc {plain} {plain}, trang thai" in words
    assert is_gsm7(words)
    assert sms_parts(words) == 2


# Who may ask


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_a_call_that_is_not_genuine_is_told_nothing(
    web: FlaskClient, house: House, aggregator: str
) -> None:
    query = QUERIES[aggregator](f"MCKH {LOCAL}").replace(MOBILE, "84905000009")
    query = query.replace("sign=", "sign=A").replace("signature=", "signature=0")
    answer = call(web, aggregator, query, address="198.51.100.1")
    assert (answer.status_code, answer.mimetype) == (403, TYPES[aggregator])
    assert words_of(aggregator, answer.data) == ""
    assert "84905000009" not in answer.text
    assert (rows(house), counted(web, aggregator, "refused")) == ([], 1)


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_without_its_setting_an_aggregator_is_refused(sqlite_url: str, aggregator: str) -> None:
    web = create_app(make_house(sqlite_url).runtime).test_client()
    assert call(web, aggregator, QUERIES[aggregator](f"MCKH {LOCAL}")).status_code == 403


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [("203.0.113.10", 200), ("203.0.113.10, 198.51.100.1", 403), ("", 403)],
    ids=["the aggregator", "a stranger who lies", "the proxy itself"],
)
def test_behind_a_trusted_proxy_the_caller_is_who_it_names(
    sqlite_url: str, forwarded: str, status: int
) -> None:
    house = make_house(sqlite_url, trusted_proxies=("10.0.0.7",), **KEYS)
    answer = (
        create_app(house.runtime)
        .test_client()
        .get(
            f"/webhooks/sms/cpurl/inbound?{QUERIES['cpurl']('MCKH')}",
            headers={"X-Forwarded-For": forwarded},
            environ_overrides={"REMOTE_ADDR": "10.0.0.7"},
        )
    )
    assert answer.status_code == status


# Repeats


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_a_repeat_gets_the_stored_answer_again(
    web: FlaskClient, house: House, aggregator: str
) -> None:
    query = QUERIES[aggregator](f"MCKH {LOCAL}")
    first = call(web, aggregator, query)
    house.clock.move(minutes=9)
    house.feed(local_code=LOCAL, due_at=DUE, step="Trình ký")
    again = call(web, aggregator, query)
    assert again.data == first.data
    assert (len(rows(house)), len(rows(house, lookup))) == (1, 1)
    assert counted(web, aggregator, "repeat") == 1


def test_the_id_counts_for_ever_and_for_its_aggregator_alone(
    web: FlaskClient, house: House
) -> None:
    first = ask(web, "esms", f"MCKH {LOCAL}", request_id="7")
    house.clock.move(days=90)
    house.feed(local_code=LOCAL, due_at=DUE, step="Trình ký")
    assert ask(web, "esms", f"MCKH {LOCAL}", request_id="7") == first
    assert "Trinh ky" in ask(web, "1pay", f"MCKH {LOCAL}", request_id="7")


def test_without_an_id_the_same_words_are_a_new_question_after_ten_minutes(
    web: FlaskClient, house: House
) -> None:
    ask(web, "cpurl", f"MCKH {LOCAL}")
    house.clock.move(minutes=10)
    house.feed(local_code=LOCAL, due_at=DUE, step="Trình ký")
    assert "Trinh ky" in ask(web, "cpurl", f"MCKH {LOCAL}")
    house.clock.move(minutes=9)
    house.feed(local_code=LOCAL, due_at=DUE, step="Ban hành")
    assert "Trinh ky" in ask(web, "cpurl", f"MCKH {LOCAL}")
    assert [row.turn for row in rows(house)] == [0, 1]


def test_without_an_id_another_phone_asks_for_itself(web: FlaskClient, house: House) -> None:
    ask(web, "cpurl", f"MCKH {LOCAL}")
    ask(web, "cpurl", f"MCKH {LOCAL}", mobile="84905000001")
    assert len(rows(house)) == 2


def test_an_id_that_cannot_be_one_is_replaced_by_the_whole_message(
    sqlite_web: FlaskClient, sqlite_house: House
) -> None:
    for text in (f"MCKH {LOCAL}", "MCKH 0000000001"):
        assert ask(sqlite_web, "esms", text, request_id="số 7") != ""
    assert len(rows(sqlite_house)) == 2


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_twenty_calls_at_once_are_one_sms(house: House, aggregator: str) -> None:
    app, query = create_app(house.runtime), QUERIES[aggregator](f"MCKH {LOCAL}")

    def one(_: int) -> tuple[int, bytes]:
        answer = call(app.test_client(), aggregator, query)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(one, range(20)))
    assert [status for status, _ in answers] == [200]
    assert (len(rows(house)), len(rows(house, lookup))) == (1, 1)


def test_one_id_with_two_phones_at_once_is_one_sms(house: House) -> None:
    app = create_app(house.runtime)
    mobiles = [f"849050000{number:02d}" for number in range(20)]

    def one(mobile: str) -> str:
        return ask(app.test_client(), "1pay", f"MCKH {LOCAL}", mobile, request_id="same")

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(one, mobiles)) == {FOUND}
    assert (len(rows(house)), len(rows(house, lookup))) == (1, 1)


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
    house = make_house(postgres_url, **KEYS)
    house.feed(local_code=LOCAL, due_at=DUE)
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
