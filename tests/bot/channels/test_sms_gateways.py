"""What leaves for each SMS gateway, over real HTTP, and what each answer and report means."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from structlog.testing import capture_logs

from bot.channels import esms, speedsms, vietguys
from bot.channels.channel import Again, SendFailed
from bot.channels.http import Wire
from bot.channels.sms_gateway import OutgoingSms, SmsGateway, SmsTaken
from bot.channels.sms_gateways import BUILDERS, build_gateway
from bot.channels.sms_receipts import RECEIPT_FORMS
from bot.core.phone import Phone
from bot.metrics import Metrics, own_metrics
from bot.settings import GATEWAY_NEEDS
from tests.make import NOW, make_settings
from tests.rig.answering_server import AnsweringServer, Told
from tests.rig.child import free_port

GATEWAYS = ("esms", "speedsms", "vietguys")
PLACE = Path(__file__).parent / "sms_cases"
CASES = {
    name: json.loads((PLACE / f"{name}.json").read_text(encoding="utf-8")) for name in GATEWAYS
}
RULES = {"esms": esms.RULES, "speedsms": speedsms.RULES, "vietguys": vietguys.RULES}
FORMS = {form.gateway: form for form in RECEIPT_FORMS}
SMS: dict[str, Any] = {
    "request_id": "r-0123456789abcdef0123456789abcdef",
    "phone": Phone("+84905123456"),
    "text": "TB: Ho so",
    "brandname": "MotcuaSMS",
}


def cases_of(part: str) -> list[Any]:
    """Every case of one kind, of all gateways."""
    return [
        pytest.param(name, case, id=f"{name}: {case['case']}")
        for name in GATEWAYS
        for case in CASES[name][part]
    ]


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with ExitStack() as stack:
        server = AnsweringServer()
        stack.callback(server.close)
        yield server


def gateway_at(
    url: str, name: str, metrics: Metrics | None = None, seconds: float = 5
) -> SmsGateway:
    changes = {f"{name}_url": url + CASES[name]["path"], **CASES[name]["settings"]}
    settings = make_settings("sqlite://", **changes)
    return build_gateway(name, settings, metrics or own_metrics(), Wire((seconds, seconds)))


def failure(gateway: SmsGateway) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        gateway.send(OutgoingSms(**SMS))
    return failed.value


def success_of(name: str) -> bytes:
    """An answer that takes a message."""
    return json.dumps(
        next(one["json"] for one in CASES[name]["answers"] if "taken" in one)
    ).encode()


# What leaves


@pytest.mark.parametrize(("name", "case"), cases_of("requests"))
def test_a_request_is_what_the_manual_asks_for(
    server: AnsweringServer, name: str, case: dict[str, Any]
) -> None:
    server.told[0] = Told(success_of(name))
    gateway_at(server.url, name).send(OutgoingSms(**{**SMS, **case["sms"]}))
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", CASES[name]["path"])
    assert case.get("headers", {}).items() <= asked.headers.items()
    if "json" in case:
        assert json.loads(asked.body) == case["json"]
    else:
        assert dict(parse_qsl(asked.body.decode(), keep_blank_values=True)) == case["form"]


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize("text", ["Hồ sơ", "hồ so", "", " \n"])
def test_a_text_that_would_lose_letters_never_leaves(
    server: AnsweringServer, name: str, text: str
) -> None:
    with pytest.raises(ValueError):
        gateway_at(server.url, name).send(OutgoingSms(**{**SMS, "text": text}))
    assert not server.asked


@pytest.mark.parametrize("name", GATEWAYS)
def test_many_threads_do_not_mix_their_messages(server: AnsweringServer, name: str) -> None:
    server.told[0] = Told(success_of(name))
    gateway = gateway_at(server.url, name)
    phones = [Phone(f"+849051234{number:02d}") for number in range(40)]

    def send(phone: Phone) -> SmsTaken:
        text = f"for {phone.national}, {'x' * int(phone.national[-2:])}."
        return gateway.send(OutgoingSms(**{**SMS, "phone": phone, "text": text}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, phones))
    bodies = [asked.body.decode().replace("+", " ").replace("%2C", ",") for asked in server.asked]
    for phone in phones:
        text = f"for {phone.national}, {'x' * int(phone.national[-2:])}."
        (mine,) = [body for body in bodies if text in body]
        assert mine.count(phone.national[1:]) == 2


# What an answer means


@pytest.mark.parametrize(("name", "case"), cases_of("answers"))
def test_every_answer_has_its_outcome(
    server: AnsweringServer, name: str, case: dict[str, Any]
) -> None:
    server.told[0] = Told(json.dumps(case["json"]).encode(), case.get("status", 200))
    gateway = gateway_at(server.url, name)
    with capture_logs() as logs:
        if "taken" in case:
            assert gateway.send(OutgoingSms(**SMS)) == SmsTaken(**case["taken"])
        else:
            failed = failure(gateway)
            told = {"again": str(failed.again), "code": failed.code, "said": failed.said}
            assert told == case["failed"]
            assert name in failed.reason
    assert [line["event"] for line in logs] == ([case["alarm"]] if "alarm" in case else [])
    assert "905123456" not in str(logs)


@pytest.mark.parametrize(
    ("name", "code", "again"),
    [(name, code, again) for name in GATEWAYS for code, again in CASES[name]["codes"].items()],
)
def test_every_documented_code_has_its_class(
    server: AnsweringServer, name: str, code: str, again: str
) -> None:
    body = json.dumps(CASES[name]["refusal"]).replace("{code}", code)
    server.told[0] = Told(body.encode())
    failed = failure(gateway_at(server.url, name))
    assert (str(failed.again), failed.code, failed.said) == (again, code, f"loi {code}")


@pytest.mark.parametrize("name", GATEWAYS)
def test_no_code_is_in_the_table_without_a_case(name: str) -> None:
    assert set(RULES[name]) == set(CASES[name]["codes"])


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(
    ("told", "again"),
    [
        (Told(cut=True), Again.UNSURE),
        (Told(late=1), Again.UNSURE),
        (Told(b"{}", 500), Again.UNSURE),
        (Told(b"{}", 503), Again.UNSURE),
        (Told(b"<html>OK</html>"), Again.UNSURE),
        (Told(b"[]"), Again.UNSURE),
        (Told(b""), Again.UNSURE),
        (Told(b"<html>", 404), Again.LATER),
        (Told(b"", 302), Again.LATER),
        (Told(b"slow down", 429), Again.PAUSE),
        (Told(b"{}", 429), Again.PAUSE),
        (Told(b"who are you", 401), Again.HALT),
    ],
    ids=[
        "cut",
        "late",
        "500",
        "503",
        "HTML",
        "list",
        "empty",
        "404",
        "302",
        "429",
        "429 {}",
        "401",
    ],
)
def test_an_answer_that_is_none_says_whether_it_may_have_been_taken(
    server: AnsweringServer, name: str, told: Told, again: Again
) -> None:
    server.told[0] = told
    assert failure(gateway_at(server.url, name, seconds=0.3)).again is again
    assert len(server.asked) == 1


@pytest.mark.parametrize("name", GATEWAYS)
def test_a_gateway_that_was_not_reached_may_be_tried_again(name: str) -> None:
    assert failure(gateway_at(f"http://127.0.0.1:{free_port()}", name)).again is Again.LATER


@pytest.mark.parametrize("name", GATEWAYS)
def test_calls_are_counted_by_what_came_of_them(server: AnsweringServer, name: str) -> None:
    metrics = own_metrics()
    gateway = gateway_at(server.url, name, metrics)
    server.told.extendleft([Told(b"{}", 503), Told(success_of(name)), Told(success_of(name))])
    gateway.send(OutgoingSms(**SMS))
    gateway.send(OutgoingSms(**SMS))
    assert failure(gateway).again is Again.UNSURE
    labels = {"carrier": name, "call": "sms"}
    value = metrics.registry.get_sample_value
    counted = {
        outcome: value("motcua_carrier_calls_total", {**labels, "outcome": outcome})
        for outcome in ("taken", "unsure", "halt")
    }
    assert counted == {"taken": 2, "unsure": 1, "halt": 0}
    assert value("motcua_carrier_call_seconds_count", labels) == 3


def test_every_gateway_of_the_settings_can_be_built_and_reports() -> None:
    assert set(GATEWAYS) == set(BUILDERS) == set(GATEWAY_NEEDS) == set(FORMS)
    for name in GATEWAYS:
        assert build_gateway(name, make_settings("sqlite://"), own_metrics()).name == name


@pytest.mark.parametrize("name", ["none", "", "ESMS", "twilio"])
def test_a_name_that_is_no_gateway_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ValueError, match="esms, speedsms, vietguys"):
        build_gateway(name, make_settings("sqlite://"), own_metrics())


# What a report says


@pytest.mark.parametrize(("name", "case"), cases_of("receipts"))
def test_every_report_has_its_meaning(name: str, case: dict[str, Any]) -> None:
    given = case["given"]
    raw = given if name == "esms" else json.dumps(given)
    heard = FORMS[name].hear(raw.encode(), NOW)
    expected = []
    if case.get("receipt"):
        receipt = {"phone": None, **case["receipt"], "refs": tuple(case["receipt"]["refs"])}
        expected = [{"carrier": name, "at": NOW, **receipt}]
    assert [asdict(one) for one in heard.receipts] == expected
    assert heard.unread == case.get("unread", 0)


@pytest.mark.parametrize("name", ["speedsms", "vietguys"])
@pytest.mark.parametrize(
    "given", [b"", b"{", b"\xff\xfe", b"[" * 5000, b'"x"', b"1e999", b"[{}]", b"9" * 5000]
)
def test_what_is_no_report_is_counted_and_breaks_nothing(name: str, given: bytes) -> None:
    heard = FORMS[name].hear(given, NOW)
    assert (heard.receipts, heard.unread) == ((), 1)


def test_a_call_with_more_reports_than_any_gateway_sends_is_not_read() -> None:
    many = json.dumps([{"type": "report", "tranId": 1, "status": 0}] * 1001).encode()
    assert FORMS["speedsms"].hear(many, NOW).receipts == ()
