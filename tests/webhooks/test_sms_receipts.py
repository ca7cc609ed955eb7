"""`/webhooks/sms/<gateway>/receipt` from outside: what a report settles, what changes nothing."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text
from structlog.testing import capture_logs

from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.notice_tables import attempt, notice, phone_state
from bot.vault import blind_index
from tests.make import NOW, ListBell, make_runtime
from wsgi import create_app

GATEWAYS = ("esms", "speedsms", "vietguys")
REQUEST_ID, CARRIER_ID = "r-0123456789abcdef", "g-4711"
E164 = "+84905123456"


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    return make_runtime(database_url)


@pytest.fixture
def web(runtime: Runtime) -> FlaskClient:
    return create_app(runtime).test_client()


@pytest.fixture
def sqlite_web(sqlite_url: str) -> FlaskClient:
    """Where it does not matter which database stands behind."""
    return create_app(make_runtime(sqlite_url)).test_client()


def sent_by(runtime: Runtime, gateway: str) -> None:
    """An SMS that this gateway took an hour ago."""
    then = NOW - timedelta(hours=1)
    recipient = blind_index(index_key(runtime), E164).hex()
    with runtime.engine.begin() as connection:
        owed = connection.execute(
            insert(notice)
            .returning(notice.c.id)
            .values(
                key=f"result:{gateway}", lane="normal", event="result", changed_at=then,
                recipient=recipient, agency_code="H32.15", procedure_code="1.004873",
                late=False, state="sent", refusals=0, created_at=then,
                due_at=NOW + timedelta(days=3), expires_at=NOW + timedelta(days=3),
            )
        )  # fmt: skip
        connection.execute(
            insert(attempt).values(
                notice_id=owed.scalar_one(), rung="sms", recipient=recipient,
                turn=1, carrier=gateway, request_id=REQUEST_ID, text_mark=b"mark", state="sent",
                carrier_id=CARRIER_ID, begun_at=then, answered_at=then,
            )
        )  # fmt: skip


def report(web: FlaskClient, gateway: str, arrived: bool, name: str = CARRIER_ID) -> Any:
    """A final report, in the gateway's form, of the message that it knows under this name."""
    address = f"/webhooks/sms/{gateway}/receipt"
    if gateway == "esms":
        counts = {"SendSuccess": int(arrived), "SendFailed": int(not arrived)}
        query = {"SMSID": name, "SendStatus": 5, **counts, "phonenumber": "0905123456"}
        return web.get(f"{address}?{urlencode(query)}")
    if gateway == "speedsms":
        status = 0 if arrived else 99
        body: Any = {"type": "report", "tranId": name, "phone": "84905123456", "status": status}
    else:
        body = {"data": {"message_id": name, "status": "delivered" if arrived else "fail"}}
    return web.post(address, json=body)


def states(runtime: Runtime) -> tuple[str, str]:
    """Where the message and its notice stand."""
    with runtime.engine.connect() as connection:
        tried = connection.execute(select(attempt.c.state)).scalar_one()
        told = connection.execute(select(notice.c.state)).scalar_one()
    return tried, told


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_delivered_sms_closes_its_notice(
    web: FlaskClient, runtime: Runtime, gateway: str
) -> None:
    sent_by(runtime, gateway)
    for _ in range(2):  # eSMS repeats a report up to five times
        answer = report(web, gateway, arrived=True)
        assert (answer.status_code, answer.text) == (200, "OK")
        assert states(runtime) == ("delivered", "delivered")


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_an_sms_that_failed_gives_its_notice_another_turn_and_counts_against_the_number(
    web: FlaskClient, runtime: Runtime, gateway: str
) -> None:
    sent_by(runtime, gateway)
    assert report(web, gateway, arrived=False).status_code == 200
    assert states(runtime) == ("failed", "waiting")
    with runtime.engine.connect() as connection:
        assert connection.execute(select(phone_state.c.failures)).scalar_one() == 1
    assert isinstance(runtime.bell, ListBell)
    assert runtime.bell.rung == ["notice"]


def test_a_report_of_another_phone_is_a_strangers_guess(web: FlaskClient, runtime: Runtime) -> None:
    sent_by(runtime, "speedsms")
    body = {"type": "report", "tranId": CARRIER_ID, "phone": "84905999999", "status": 99}
    assert web.post("/webhooks/sms/speedsms/receipt", json=body).status_code == 200
    assert states(runtime) == ("sent", "sent")


@pytest.mark.parametrize(
    ("gateway", "fields"),
    [("esms", {"RequestId": REQUEST_ID, "SMSID": ""}), ("vietguys", {"bid": REQUEST_ID})],
)
def test_our_own_request_id_is_enough(
    sqlite_url: str, gateway: str, fields: dict[str, str]
) -> None:
    runtime = make_runtime(sqlite_url)
    sent_by(runtime, gateway)
    web = create_app(runtime).test_client()
    if gateway == "esms":
        query = urlencode({**fields, "SendStatus": 5, "SendSuccess": 1})
        web.get(f"/webhooks/sms/esms/receipt?{query}")
    else:
        web.post("/webhooks/sms/vietguys/receipt", json={"data": {**fields, "status": "delivered"}})
    assert states(runtime) == ("delivered", "delivered")


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_an_unknown_id_is_answered_alike_and_changes_nothing(
    web: FlaskClient, runtime: Runtime, gateway: str
) -> None:
    sent_by(runtime, gateway)
    answer = report(web, gateway, arrived=True, name="g-4712")
    assert (answer.status_code, answer.text) == (200, "OK")
    assert states(runtime) == ("sent", "sent")


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_another_gateways_report_does_not_count(sqlite_url: str, gateway: str) -> None:
    runtime = make_runtime(sqlite_url)
    other = GATEWAYS[GATEWAYS.index(gateway) - 1]
    sent_by(runtime, other)
    assert report(create_app(runtime).test_client(), gateway, arrived=True).status_code == 200
    assert states(runtime) == ("sent", "sent")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"[1]", b"null", b"\xff\xfe0905123456", b'{"data":[]}', b"[" * 60_000,
     b'{"type":"report","tranId":"\\u0000","status":0}',
     b'{"data":{"bid":"\\ud800","status":"fail"}}'],
)  # fmt: skip
def test_what_is_no_report_is_answered_and_left_alone(sqlite_web: FlaskClient, body: bytes) -> None:
    with capture_logs() as logs:
        for gateway in ("speedsms", "vietguys"):
            assert sqlite_web.post(f"/webhooks/sms/{gateway}/receipt", data=body).text == "OK"
    assert {line["event"] for line in logs} <= {"sms.no_report"}
    assert "905123456" not in str(logs)


@pytest.mark.parametrize(
    "query", ["", "SendStatus=5", "RequestId=%00&SendStatus=5&SendSuccess=1", "%ff=%fe", "&" * 900]
)
def test_a_query_that_is_no_report_is_answered_and_left_alone(
    sqlite_web: FlaskClient, query: str
) -> None:
    answer = sqlite_web.get(f"/webhooks/sms/esms/receipt?{query}")
    assert (answer.status_code, answer.text) == (200, "OK")


@pytest.mark.parametrize("gateway", ["speedsms", "vietguys"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_64_kib_is_refused(
    sqlite_web: FlaskClient, gateway: str, chunked: bool
) -> None:
    address, limit = f"/webhooks/sms/{gateway}/receipt", 64 * 1024
    for size, status in ((limit, 200), (limit + 1, 413), (10 * limit, 413)):
        body = json.dumps({"x": ""}).encode().ljust(size)
        given: dict[str, Any] = {"data": body}
        if chunked:
            environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
            given = {"input_stream": BytesIO(body), "environ_overrides": environ}
        assert sqlite_web.post(address, **given).status_code == status


def test_a_query_over_64_kib_is_refused(sqlite_web: FlaskClient) -> None:
    answer = sqlite_web.get("/webhooks/sms/esms/receipt?RequestId=" + "r" * 64 * 1024)
    assert answer.status_code == 413


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_without_the_database_the_gateway_is_asked_to_repeat(sqlite_url: str, gateway: str) -> None:
    runtime = make_runtime(sqlite_url)
    web = create_app(runtime).test_client()
    with runtime.engine.begin() as connection:
        connection.execute(text("ALTER TABLE attempt RENAME TO attempt_away"))
    assert report(web, gateway, arrived=True).status_code == 503
    with runtime.engine.begin() as connection:
        connection.execute(text("ALTER TABLE attempt_away RENAME TO attempt"))
    assert report(web, gateway, arrived=True).status_code == 200


@pytest.mark.parametrize(
    ("gateway", "method"), [("esms", "POST"), ("speedsms", "GET"), ("vietguys", "GET")]
)
def test_each_gateway_has_one_method(sqlite_web: FlaskClient, gateway: str, method: str) -> None:
    answer = sqlite_web.open(f"/webhooks/sms/{gateway}/receipt", method=method)
    assert answer.status_code == 405
