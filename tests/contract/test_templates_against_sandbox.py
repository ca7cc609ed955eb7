"""Our template client, receipts and doctor against the rehearsal Zalo, over HTTP."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Wire
from bot.channels.zalo_calls import TemplateAtFault
from bot.channels.zalo_events import read_event
from bot.channels.zalo_template import (
    TemplateChannel,
    TemplateFate,
    TemplateTaken,
    build_templates,
)
from bot.core.message import EventKind
from bot.core.phone import Phone
from bot.core.receipt import Reported
from bot.renew import TokenSource, link, status
from bot.runtime import Runtime
from tests.make import HandClock, make_runtime
from tests.sandbox.rehearsal import APP_ID, APP_SECRET, OA_ID, Product, Rehearsal

DATA = {"ma_ho_so": "H32.01-261116-0001", "co_quan": "UBND phường Lộc Thọ"}
RESULT, NOT_APPROVED, OLD, OTP = "412233", "412299", "398001", "412238"
AN, NOBODY = Phone("+84905000001"), Phone("+84905999999")
TRACKING = "attempt-000123"


@pytest.fixture
def product() -> Iterator[Product]:
    """A product that takes webhooks down."""
    made = Product()
    yield made
    made.close()


@pytest.fixture
def zalo(product: Product) -> Iterator[Rehearsal]:
    """A rehearsal Zalo."""
    rehearsal = Rehearsal(product)
    yield rehearsal
    rehearsal.close()


@pytest.fixture
def runtime(zalo: Rehearsal, sqlite_url: str) -> Runtime:
    """A product that is linked with the OA."""
    made = make_runtime(
        sqlite_url,
        HandClock(),
        zalo_app_id=APP_ID,
        zalo_app_secret=APP_SECRET,
        zalo_oauth_url=f"{zalo.url}/oauth",
        zalo_openapi_url=f"{zalo.url}/openapi",
        zalo_business_url=f"{zalo.url}/business",
    )
    pair = zalo.control("token")
    link(made, pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))
    return made


@pytest.fixture
def channel(runtime: Runtime) -> TemplateChannel:
    """The client, which gives up on an answer after half a second."""
    built = build_templates(runtime.settings, TokenSource(runtime), runtime.metrics)
    return replace(built, wire=Wire((0.5, 0.5)))


def failed(send: Callable[[], TemplateTaken]) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        send()
    return caught.value


def texts(zalo: Rehearsal) -> list[str]:
    """What the citizen has received."""
    shown = zalo.get("/control/messages?user=an")["messages"]
    return [one["text"] for one in shown if one["from"] == "oa"]


def test_a_template_by_phone_arrives_and_its_receipt_names_our_id(
    zalo: Rehearsal, product: Product, channel: TemplateChannel
) -> None:
    taken = channel.by_phone(AN, RESULT, DATA, TRACKING)
    assert (taken.code, taken.said, taken.remaining_quota) == ("0", "Success", 4999)
    assert taken.sent_at is not None
    assert channel.status(taken.carrier_id) is TemplateFate.PUSHED
    zalo.control("clock", advance_seconds=3)
    [arrived] = product.wait(1, name="user_received_message")
    event = read_event(arrived.raw, taken.sent_at, OA_ID)
    [receipt] = event.receipts
    assert (event.kind, event.user_id, event.interaction) == (EventKind.RECEIPT, "", False)
    assert (receipt.carrier, receipt.refs) == ("zbs", (TRACKING, taken.carrier_id))
    assert receipt.state is Reported.DELIVERED
    assert channel.status(taken.carrier_id) is TemplateFate.DELIVERED
    assert DATA["ma_ho_so"] in texts(zalo)[-1]


@pytest.mark.parametrize("swapped", [False, True], ids=["sender is the OA", "sender is she"])
def test_a_template_by_user_id_is_known_by_its_message_id(
    zalo: Rehearsal, product: Product, channel: TemplateChannel, swapped: bool
) -> None:
    for fault in ("receipts", "seen", *(["receipts_swapped"] if swapped else [])):
        zalo.fault(fault)
    taken = channel.by_uid(zalo.uid(), RESULT, DATA)
    assert taken.sent_at is not None
    zalo.control("clock", advance_seconds=5)
    for name, state in (
        ("user_received_message", Reported.DELIVERED),
        ("user_seen_message", Reported.SEEN),
    ):
        [arrived] = product.wait(1, name=name)
        event = read_event(arrived.raw, taken.sent_at, OA_ID)
        [receipt] = event.receipts
        assert event.user_id == zalo.uid()
        assert (receipt.carrier, receipt.refs, receipt.state) == (
            "zalo",
            (taken.carrier_id,),
            state,
        )


@pytest.mark.parametrize(
    ("template", "data", "code"),
    [
        ("1", DATA, "-109"),
        (NOT_APPROVED, {"ma_ho_so": "x"}, "-131"),
        (RESULT, {"ma_ho_so": "x"}, "-1122"),
        (RESULT, DATA | {"ma_ho_so": "x" * 31}, "-1121"),
    ],
)
def test_a_template_at_fault_moves_on_this_citizen_and_shouts(
    channel: TemplateChannel, template: str, data: dict[str, str], code: str
) -> None:
    with capture_logs() as logs:
        refused = failed(lambda: channel.by_phone(AN, template, data, TRACKING))
    assert isinstance(refused, TemplateAtFault)
    assert (refused.again, refused.code) == (Again.CLOSED, code)
    assert refused.said
    [line] = [one for one in logs if one["event"] == "template.at_fault"]
    assert (line["log_level"], line["template"], line["code"]) == ("error", template, code)
    assert not any(one in json.dumps(line) for one in (AN.zalo, AN.national, *DATA.values()))


@pytest.mark.parametrize(
    ("template", "data", "code"),
    [(OLD, DATA, "-249"), (OTP, {"otp": "123456"}, "-249"), (RESULT, {}, "-201")],
    ids=["made before 10/12/2025", "one-time code", "a parameter is missing"],
)
def test_a_template_at_fault_by_user_id(
    zalo: Rehearsal, channel: TemplateChannel, template: str, data: dict[str, str], code: str
) -> None:
    refused = failed(lambda: channel.by_uid(zalo.uid(), template, data))
    assert isinstance(refused, TemplateAtFault)
    assert (refused.again, refused.code) == (Again.CLOSED, code)


@pytest.mark.parametrize(
    ("change", "by_phone", "by_uid"),
    [("refuses", "-139", "-244"), ("inactive_45d", "-114", "-227"), ("banned", "-119", "-227")],
)
def test_who_cannot_get_it_is_told_otherwise(
    zalo: Rehearsal, channel: TemplateChannel, change: str, by_phone: str, by_uid: str
) -> None:
    zalo.control("person", user="an", **{change: True})
    refusals = [
        failed(lambda: channel.by_phone(AN, RESULT, DATA, TRACKING)),
        failed(lambda: channel.by_uid(zalo.uid(), RESULT, DATA)),
    ]
    assert [one.code for one in refusals] == [by_phone, by_uid]
    assert all(one.again is Again.CLOSED for one in refusals)
    assert not any(isinstance(one, TemplateAtFault) for one in refusals)


def test_strangers_are_told_otherwise(channel: TemplateChannel) -> None:
    refusals = [
        failed(lambda: channel.by_phone(NOBODY, RESULT, DATA, TRACKING)),
        failed(lambda: channel.by_uid("1234567890123456789", RESULT, DATA)),
    ]
    assert [(one.again, one.code) for one in refusals] == [
        (Again.CLOSED, "-118"),
        (Again.CLOSED, "-201"),
    ]
    assert not any(isinstance(one, TemplateAtFault) for one in refusals)


@pytest.mark.parametrize(
    ("fault", "value", "expected"),
    [
        ("zbs_quota_empty", -144, (Again.LATER, "-144")),
        ("zbs_quota_empty", -147, (Again.LATER, "-147")),
        ("zbs_quota_empty", -115, (Again.HALT, "-115")),
        ("error_code", -137, (Again.HALT, "-137")),
        ("error_code", -135, (Again.HALT, "-135")),
        ("proof_required", None, (Again.HALT, "-1241")),
        ("http_500_after", None, (Again.UNSURE, "HTTP 500")),
        ("cut_after", None, (Again.UNSURE, "")),
        ("timeout_after", 3, (Again.UNSURE, "")),
        ("timeout_before", 3, (Again.UNSURE, "")),
    ],
)
def test_every_fault_has_its_outcome(
    zalo: Rehearsal,
    channel: TemplateChannel,
    fault: str,
    value: float | None,
    expected: tuple[Again, str],
) -> None:
    zalo.fault(fault, value, count=1)
    refused = failed(lambda: channel.by_phone(AN, RESULT, DATA, TRACKING))
    assert (refused.again, refused.code) == expected


def test_at_night_it_waits(zalo: Rehearsal, channel: TemplateChannel) -> None:
    zalo.fault("zbs_night")
    zalo.control("clock", now="2026-11-23T22:01:00+07:00")
    refused = failed(lambda: channel.by_phone(AN, RESULT, DATA, TRACKING))
    assert (refused.again, refused.code) == (Again.LATER, "-133")


def test_many_threads_with_a_revoked_token_need_one_renewal(
    zalo: Rehearsal, channel: TemplateChannel, runtime: Runtime
) -> None:
    uid = zalo.uid()
    zalo.fault("token_revoked")

    def send(number: int) -> TemplateTaken:
        if number % 2:
            return channel.by_uid(uid, RESULT, DATA)
        return channel.by_phone(AN, RESULT, DATA, f"{TRACKING}-{number}")

    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(send, range(32)))
    assert len({one.carrier_id for one in taken}) == 32
    assert status(runtime).version == 2


def test_a_withdrawn_grant_stops_everything_loudly(
    zalo: Rehearsal, channel: TemplateChannel, runtime: Runtime
) -> None:
    zalo.fault("grant_lost")
    refused = failed(lambda: channel.by_phone(AN, RESULT, DATA, TRACKING))
    assert (refused.again, refused.code, refused.said) == (
        Again.HALT,
        "-124",
        "Access token invalid",
    )
    assert status(runtime).consent_needed


def test_a_zalo_that_is_switched_off_was_never_reached(
    zalo: Rehearsal, channel: TemplateChannel
) -> None:
    uid = zalo.uid()
    zalo.close()
    refusals = [
        failed(lambda: channel.by_phone(AN, RESULT, DATA, TRACKING)),
        failed(lambda: channel.by_uid(uid, RESULT, DATA)),
    ]
    assert [one.again for one in refusals] == [Again.LATER, Again.LATER]


def test_quota_and_declared_parameters_are_read(channel: TemplateChannel) -> None:
    quota = channel.quota()
    assert (quota.daily, quota.remaining) == (5000, 5000)
    info = channel.template_info("412236")
    assert (info.status, info.quality, info.tag) == ("ENABLE", "HIGH", "TRANSACTION")
    assert (info.price_phone, info.price_uid) == (120, 60)
    declared = [(one.name, one.required, one.max_length) for one in info.params]
    assert declared == [("ma_ho_so", True, 30), ("co_quan", True, 200), ("ngay_hen", False, 20)]
    assert channel.status("never seen") is TemplateFate.UNKNOWN
    with pytest.raises(TemplateAtFault):
        channel.template_info("1")
