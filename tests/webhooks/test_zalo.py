"""`/webhooks/zalo` from outside: what is answered, what is stored, what is rung for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bot.runtime import Runtime
from bot.store.tables import inbox
from tests.make import ListBell, make_runtime
from tests.zalo_calls import OTHER_OA, raw, relation_event, signature, text_event
from wsgi import create_app


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    return make_runtime(database_url)


@pytest.fixture
def web(runtime: Runtime) -> Iterator[FlaskClient]:
    with create_app(runtime).test_client() as client:
        yield client


def post(web: FlaskClient, body: bytes, mac: str | None = None) -> int:
    headers = {"X-ZEvent-Signature": mac or signature(body), "Content-Type": "application/json"}
    return web.post("/webhooks/zalo", data=body, headers=headers).status_code


def stored(runtime: Runtime) -> int:
    with runtime.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(inbox)).scalar_one()


def rings(runtime: Runtime) -> list[str]:
    assert isinstance(runtime.bell, ListBell)
    return runtime.bell.rung


def test_an_event_is_stored_and_rung_for(web: FlaskClient, runtime: Runtime) -> None:
    assert post(web, raw(text_event("H56.14-240823-0001"))) == 200
    assert stored(runtime) == 1
    assert rings(runtime) == ["chat"]


def test_a_repeat_is_answered_200_stored_once_and_not_rung_for(
    web: FlaskClient, runtime: Runtime
) -> None:
    body = raw(text_event("H56.14-240823-0001"))
    assert [post(web, body) for _ in range(3)] == [200, 200, 200]
    assert stored(runtime) == 1
    assert rings(runtime) == ["chat"]


def test_the_same_event_twenty_times_at_once_is_stored_once(runtime: Runtime) -> None:
    app = create_app(runtime)
    body = raw(text_event("H56.14-240823-0001"))

    def call(_: int) -> int:
        return post(app.test_client(), body)

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(call, range(20))) == {200}
    assert stored(runtime) == 1


def test_an_unknown_kind_is_stored(web: FlaskClient, runtime: Runtime) -> None:
    assert post(web, raw(relation_event("a_kind_of_next_year"))) == 200
    assert stored(runtime) == 1


def test_an_event_of_another_oa_is_stored_and_nobody_is_rung(
    web: FlaskClient, runtime: Runtime
) -> None:
    event = text_event("H56.14-240823-0001")
    event["recipient"]["id"] = OTHER_OA
    assert post(web, raw(event)) == 200
    assert stored(runtime) == 1
    assert rings(runtime) == []


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_the_consoles_ping_is_answered_and_forgotten(
    web: FlaskClient, runtime: Runtime, body: bytes
) -> None:
    assert web.post("/webhooks/zalo", data=body).status_code == 200
    assert stored(runtime) == 0


def test_a_wrong_signature_is_401_and_stores_nothing(web: FlaskClient, runtime: Runtime) -> None:
    assert post(web, raw(text_event("x")), "mac=00") == 401
    assert stored(runtime) == 0


def test_the_operator_can_count_refusals_by_reason(web: FlaskClient) -> None:
    post(web, raw(text_event("x")), "mac=00")
    text = web.get("/metrics").text
    assert 'motcua_webhook_refused_total{why="wrong_signature"} 1.0' in text


@pytest.mark.parametrize("declared", [True, False], ids=["with its length", "chunked"])
def test_too_large_comes_before_everything_else(web: FlaskClient, declared: bool) -> None:
    body = b"x" * (256 * 1024 + 1)
    if declared:
        answer = web.post("/webhooks/zalo", data=body)
    else:
        answer = web.post(
            "/webhooks/zalo",
            input_stream=BytesIO(body),
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
    assert answer.status_code == 413


def test_the_largest_body_allowed_is_read(web: FlaskClient) -> None:
    event = text_event("")
    event["message"]["text"] = "a" * (256 * 1024 - len(raw(event)))
    assert len(raw(event)) == 256 * 1024
    assert post(web, raw(event)) == 200


def test_what_could_not_be_stored_is_503_so_that_it_comes_again(runtime: Runtime) -> None:
    app = create_app(runtime)
    with runtime.engine.begin() as connection:
        inbox.drop(connection)
    assert post(app.test_client(), raw(text_event("x"))) == 503


def test_asking_with_get_is_answered_200(web: FlaskClient) -> None:
    assert web.get("/webhooks/zalo?hub.challenge=1").status_code == 200


def test_no_citizens_text_or_number_rests_in_clear(web: FlaskClient, runtime: Runtime) -> None:
    post(web, raw(text_event("số của tôi 0905123456")))
    with runtime.engine.connect() as connection:
        row = connection.execute(select(inbox)).one()
    assert "0905123456" not in repr(tuple(row))
