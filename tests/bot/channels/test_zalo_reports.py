"""What Zalo reports by itself: receipts in all their forms, news of templates and quotas."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_events import listen, read_event
from bot.core.message import Event, EventKind, TemplateNews
from bot.core.receipt import Reported
from bot.take_in import zalo_keys
from tests.make import NOW
from tests.zalo_calls import CITIZEN, MILLISECONDS, OTHER_OA, SETTINGS, raw, signature

OA = SETTINGS.zalo_oa_id
PHONE = "84905123456"
AT = datetime.fromtimestamp(int(MILLISECONDS) / 1000, UTC)


def receipt_event(name: str, sender: str, recipient: str, **message: Any) -> dict[str, Any]:
    return {
        "event_name": name,
        "app_id": SETTINGS.zalo_app_id,
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "message": message,
        "timestamp": MILLISECONDS,
    }


def news_event(name: str, **fields: Any) -> dict[str, Any]:
    return {"event_name": name, "oa_id": OA, "timestamp": MILLISECONDS, **fields}


def read(event: dict[str, Any]) -> Event:
    return read_event(raw(event), AT, OA)


def milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


@pytest.mark.parametrize(
    ("sender", "recipient"), [(OA, CITIZEN), (CITIZEN, OA)], ids=["from the OA", "to the OA"]
)
@pytest.mark.parametrize(
    ("name", "state"),
    [("user_received_message", Reported.DELIVERED), ("user_seen_message", Reported.SEEN)],
)
@pytest.mark.parametrize(
    ("message", "refs"),
    [
        ({"msg_id": "m1"}, [("m1",)]),
        ({"msg_ids": ["m1", "m2"]}, [("m1",), ("m2",)]),
        ({"msg_id": "m1", "msg_ids": ["m1", "m2"]}, [("m1",), ("m2",)]),
        ({"msg_ids": ["m1", None, {"id": "m2"}, "m\u0000", "m3"]}, [("m1",), ("m3",)]),
    ],
)
def test_a_chat_receipt_is_read_in_either_direction(
    sender: str,
    recipient: str,
    name: str,
    state: Reported,
    message: dict[str, Any],
    refs: list[tuple[str, ...]],
) -> None:
    event = read(receipt_event(name, sender, recipient, **message))
    assert (event.kind, event.user_id, event.interaction) == (EventKind.RECEIPT, CITIZEN, False)
    assert [one.refs for one in event.receipts] == refs
    assert {(one.carrier, one.state, one.at) for one in event.receipts} == {("zalo", state, AT)}


@pytest.mark.parametrize(
    ("message", "refs"),
    [
        ({"tracking_id": "t1", "msg_id": "m1", "delivery_time": MILLISECONDS}, ("t1", "m1")),
        ({"tracking_id": "t1", "msg_id": "m1"}, ("t1", "m1")),
        ({"tracking_id": "t1"}, ("t1",)),
        ({"msg_id": "m1", "delivery_time": int(MILLISECONDS)}, ("m1",)),
        ({"tracking_id": "m1", "msg_id": "m1"}, ("m1",)),
    ],
)
@pytest.mark.parametrize(
    "recipient", [PHONE, f"+{PHONE}", "a" * 64], ids=["phone", "phone with a plus", "hash"]
)
def test_a_template_receipt_names_the_message_and_takes_no_phone_along(
    recipient: str, message: dict[str, Any], refs: tuple[str, ...]
) -> None:
    event = read(receipt_event("user_received_message", OA, recipient, **message))
    [receipt] = event.receipts
    assert (event.kind, event.user_id) == (EventKind.RECEIPT, "")
    assert (receipt.carrier, receipt.refs, receipt.state) == ("zbs", refs, Reported.DELIVERED)
    assert recipient not in repr(event)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        (milliseconds(AT - timedelta(seconds=3)), AT - timedelta(seconds=3)),
        (milliseconds(AT - timedelta(days=2)), AT - timedelta(days=2)),
        (milliseconds(AT + timedelta(hours=1)), AT),
        (milliseconds(AT - timedelta(days=30)), AT),
        ("1795312346", AT),
        ("yesterday", AT),
        ({}, AT),
    ],
    ids=["before", "days before", "in the future", "too old", "seconds", "words", "an object"],
)
def test_the_time_of_delivery_is_believed_while_it_can_be(told: object, at: datetime) -> None:
    event = receipt_event("user_received_message", OA, PHONE, tracking_id="t1", delivery_time=told)
    assert read(event).receipts[0].at == at


@pytest.mark.parametrize(
    "event",
    [
        receipt_event("user_received_message", OTHER_OA, CITIZEN, msg_id="m1"),
        receipt_event("user_received_message", OA, OA, msg_id="m1"),
        receipt_event("user_received_message", OA, CITIZEN),
        receipt_event("user_seen_message", OA, CITIZEN, msg_ids="m1"),
        {"event_name": "user_seen_message", "timestamp": MILLISECONDS},
    ],
    ids=["another OA's", "nobody's", "no message", "ids are no list", "bare"],
)
def test_a_receipt_that_names_no_message_of_ours_is_ignored(event: dict[str, Any]) -> None:
    assert read(event).kind is EventKind.IGNORED


def test_a_receipt_of_very_many_messages_stays_bounded() -> None:
    ids = [f"m{number}" for number in range(5000)]
    assert len(read(receipt_event("user_seen_message", OA, CITIZEN, msg_ids=ids)).receipts) == 100


@pytest.mark.parametrize(
    ("event", "news"),
    [
        (news_event("change_template_status", template_id="412233", reason="",
                    status={"prev_status": "PENDING_REVIEW", "new_status": "ENABLE"}),
         TemplateNews("412233", status="ENABLE")),
        (news_event("change_template_status", template_id=412233, reason="Sai\u0000 mẫu\n",
                    status={"prev_status": "ENABLE", "new_status": "reject"}),
         TemplateNews("412233", status="REJECT", reason="Sai mẫu")),
        (news_event("change_template_status", template_id="412233", status="DISABLE"),
         TemplateNews("412233", status="DISABLE")),
        (news_event("change_template_quality", template_id="412233", quality="LOW"),
         TemplateNews("412233", quality="LOW")),
        ({"event_name": "change_oa_daily_quota", "oaId": OA, "timestamp": MILLISECONDS,
          "quota": {"prev_value": "5000", "new_value": 2000}},
         TemplateNews("", reason="daily quota 5000 to 2000")),
        (news_event("change_template_quota"), TemplateNews("", reason="daily quota ? to ?")),
        (news_event("change_template_status", template_id={}, status=[], reason=7),
         TemplateNews("", reason="7")),
        (news_event("change_template_quality", template_id="4", quality="x" * 40),
         TemplateNews("4")),
    ],
    ids=["approved", "refused, with a reason", "status as a word", "quality", "daily quota",
         "a shape nobody knows", "odd types", "an endless word"],
)  # fmt: skip
def test_news_of_templates_and_quota(event: dict[str, Any], news: TemplateNews) -> None:
    found = read(event)
    assert (found.kind, found.user_id, found.interaction) == (EventKind.TEMPLATE_NEWS, "", False)
    assert found.news == news
    assert found.at == AT


def test_news_is_ours_by_the_oa_it_names() -> None:
    for event, own in (
        (news_event("change_template_quality", template_id="4", quality="LOW"), True),
        (news_event("change_oa_daily_quota", oaId=OTHER_OA) | {"oa_id": OTHER_OA}, False),
    ):
        body = raw(event)
        found = listen(body, signature(body), zalo_keys(SETTINGS), NOW)
        assert found is not None
        assert found.own is own


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
MESSAGE = st.dictionaries(
    st.sampled_from(["msg_id", "msg_ids", "tracking_id", "delivery_time"]), anything
)


@given(
    st.sampled_from(["user_seen_message", "user_received_message", "change_template_status",
                     "change_template_quality", "change_oa_daily_quota"]),
    st.dictionaries(st.sampled_from(["status", "quality", "quota", "template_id", "reason",
                                     "message", "sender"]), anything),
    MESSAGE,
)  # fmt: skip
def test_no_form_breaks_the_reading(
    name: str, fields: dict[str, Any], message: dict[str, Any]
) -> None:
    sides = {"sender": {"id": OA}, "recipient": {"id": CITIZEN}, "message": message}
    event = {"event_name": name, "timestamp": MILLISECONDS, **sides, **fields}
    found = read_event(json.dumps(event).encode(), AT, OA)
    assert all(0 < len(ref) <= 64 for one in found.receipts for ref in one.refs)
    assert found.news is None or len(found.news.reason) <= 300
