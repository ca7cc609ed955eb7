"""`/webhooks/sms/<aggregator>/inbound` from outside: what comes back, once, and to whom."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from bot.core.sms_text import is_gsm7, sms_parts
from bot.store.tables import lookup
from tests.conversation import CODE, House, make_house
from tests.sms_calls import AGGREGATORS, KEYS, MOBILE, QUERIES, ask, call, words_of
from tests.webhooks.sms_asking import DUE, FOUND, LOCAL, counted, make_sms_house, rows
from wsgi import create_app

TYPES = {"esms": "text/xml", "1pay": "application/json", "cpurl": "text/plain"}


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
