"""Zalo's webhook: what is genuine, what is stored under which key, what it means."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_events import (
    Keys,
    NotGenuine,
    Received,
    Refusal,
    expected_mac,
    listen,
    read_event,
)
from bot.core.message import EventKind
from tests.make import NOW
from tests.zalo_calls import (
    CITIZEN,
    MILLISECONDS,
    OTHER_OA,
    SETTINGS,
    content_event,
    echo_event,
    raw,
    relation_event,
    signature,
    text_event,
)

OA = SETTINGS.zalo_oa_id
KEYS = Keys(SETTINGS.zalo_app_id, OA, (SETTINGS.zalo_oa_secret_key, "the key before"))


def heard(event: dict[str, Any], **signed: str) -> Received | None:
    body = raw(event)
    return listen(body, signature(body, **signed), KEYS, NOW)


def refusal(body: bytes, mac: str | None) -> Refusal:
    with pytest.raises(NotGenuine) as caught:
        listen(body, mac, KEYS, NOW)
    return caught.value.why


def test_the_published_test_vector_of_the_signature() -> None:
    mac = b"2f1ef5aabe67e8396a459ca89562e108ad541f82ba5022c85f645bd6b7220cb9"
    assert expected_mac("X", b"BODY", b"1234567890", "Y") == mac


@pytest.mark.parametrize(
    "change",
    [
        lambda mac: mac,
        lambda mac: mac.removeprefix("mac="),
        lambda mac: "mac=" + mac.removeprefix("mac=").upper(),
    ],
    ids=["as documented", "without mac=", "upper-case hex"],
)
def test_the_one_form_is_taken_however_it_is_spelt(change: Any) -> None:
    body = raw(text_event("xin chào"))
    event = listen(body, change(signature(body)), KEYS, NOW)
    assert event is not None
    assert event.key == "user_send_text:5f0c1e77a94d3b2288c1"


def test_the_previous_key_is_taken_while_it_is_configured() -> None:
    assert heard(text_event("xin chào"), key="the key before") is not None


def other_macs() -> dict[str, str]:
    body = raw(text_event("xin chào"))
    secret = SETTINGS.zalo_oa_secret_key.encode()
    respelt = json.dumps(json.loads(body)).encode()
    return {
        "hmac over the body": hmac.new(secret, body, hashlib.sha256).hexdigest(),
        "application secret": signature(body, key=SETTINGS.zalo_app_secret),
        "oa id first": signature(body, app_id=OA),
        "another timestamp": signature(body, timestamp="1795572000001"),
        "re-serialised": signature(respelt),
        "not hex": "mac=không",
        "empty": "mac=",
    }


@pytest.mark.parametrize("form", list(other_macs()))
def test_every_other_form_is_refused(form: str) -> None:
    body = raw(text_event("xin chào"))
    assert refusal(body, other_macs()[form]) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"not json", Refusal.NOT_JSON),
        (b"[]", Refusal.NOT_JSON),
        (b'"text"', Refusal.NOT_JSON),
        (b"\xff\xfe", Refusal.NOT_JSON),
        (b"[" * 100_000, Refusal.NOT_JSON),
        (b'{"event_name":"follow"}', Refusal.NO_TIMESTAMP),
        (b'{"timestamp":null}', Refusal.NO_TIMESTAMP),
        (b'{"timestamp":{}}', Refusal.NO_TIMESTAMP),
        (b'{"timestamp":""}', Refusal.NO_TIMESTAMP),
        (b'{"timestamp":"1795572000000"}', Refusal.NO_SIGNATURE),
    ],
)
def test_what_cannot_be_genuine_is_named(body: bytes, why: Refusal) -> None:
    mac = None if why is Refusal.NO_SIGNATURE else signature(body)
    assert refusal(body, mac) is why


@pytest.mark.parametrize("body", [b"", b"{}", b" {}\n"])
@pytest.mark.parametrize("mac", [None, "mac=00"])
def test_the_consoles_empty_ping_is_forgotten(body: bytes, mac: str | None) -> None:
    assert listen(body, mac, KEYS, NOW) is None


def sample() -> dict[str, Any]:
    event = text_event("This is testing message", msg_id="This is message id")
    event["recipient"]["id"] = OTHER_OA
    return event


def test_the_consoles_signed_sample_is_forgotten() -> None:
    assert heard(sample()) is None


def test_the_consoles_sample_must_be_signed() -> None:
    assert refusal(raw(sample()), "mac=00") is Refusal.WRONG_SIGNATURE


def test_an_event_of_another_oa_is_genuine_but_not_ours() -> None:
    event = text_event("H56.14-240823-0001")
    event["recipient"]["id"] = OTHER_OA
    found = heard(event)
    assert found is not None
    assert not found.own


def test_a_bare_number_as_timestamp_is_signed_by_its_digits() -> None:
    event = text_event("xin chào")
    event["timestamp"] = int(MILLISECONDS)
    found = heard(event)
    assert found is not None
    assert found.at.timestamp() * 1000 == int(MILLISECONDS)


def test_an_event_without_an_application_id_is_checked_with_ours() -> None:
    event = text_event("xin chào")
    del event["app_id"]
    assert heard(event) is not None


@pytest.mark.parametrize("written", ["179557200000", "1795572000", "soon", "-1"])
def test_an_odd_time_is_replaced_by_the_time_of_arrival(written: str) -> None:
    event = text_event("xin chào")
    event["timestamp"] = written
    found = heard(event, timestamp=written)
    assert found is not None
    assert found.at == NOW


def test_an_event_of_the_future_counts_from_its_arrival() -> None:
    later = str(int((NOW + timedelta(hours=1)).timestamp() * 1000))
    found = heard(relation_event("follow", at=later), timestamp=later)
    assert found is not None
    assert found.at == NOW


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (text_event("a", msg_id="m1"), "user_send_text:m1"),
        ({**relation_event("x"), "event_name": "user_click_response_button", "msg_id": "r1"},
         "user_click_response_button:r1"),
        ({**text_event("a"), "message": {"msg_ids": ["a", "b"]}}, "sha256:"),
        (relation_event("follow"), "sha256:"),
        (text_event("a", msg_id="x" * 200), "sha256:"),
        (text_event("a", msg_id="a\u0000b"), "sha256:"),
    ],
    ids=["message id", "id at the root", "many ids", "no id", "endless id", "id with a NUL"],
)  # fmt: skip
def test_the_key_that_an_event_is_stored_once_under(event: dict[str, Any], key: str) -> None:
    found = heard(event)
    assert found is not None
    assert found.key.startswith(key)
    assert len(found.key) <= 160


READINGS = [
    (text_event("tra cứu"), EventKind.TEXT, CITIZEN, "tra cứu"),
    (content_event("user_send_image", text="mã đây"), EventKind.PHOTO, CITIZEN, "mã đây"),
    (content_event("user_send_sticker"), EventKind.OTHER_CONTENT, CITIZEN, ""),
    (content_event("user_send_gif"), EventKind.OTHER_CONTENT, CITIZEN, ""),
    (relation_event("follow"), EventKind.FOLLOW, CITIZEN, ""),
    (relation_event("unfollow"), EventKind.UNFOLLOW, CITIZEN, ""),
    ({"event_name": "user_click_chatnow", "oa_id": OA, "user_id": CITIZEN},
     EventKind.OTHER_CONTENT, CITIZEN, ""),
    (echo_event("Hồ sơ…", "e1"), EventKind.ECHO, CITIZEN, "Hồ sơ…"),
    (content_event("user_seen_message", msg_ids=["a"]), EventKind.RECEIPT, CITIZEN, ""),
    (content_event("user_reacted_message", react_icon="/-heart"), EventKind.IGNORED, "", ""),
    ({"event_name": "user_withdraw", "oa_id": OA, "user_id": CITIZEN},
     EventKind.WITHDRAW, CITIZEN, ""),
    ({**text_event(""), "event_name": "user_submit_info", "info": {"phone": "84905123456"}},
     EventKind.PHONE_SHARED, CITIZEN, "84905123456"),
    ({**text_event(""), "event_name": "user_submit_info", "info": {"phone": 84905123456}},
     EventKind.PHONE_SHARED, CITIZEN, "84905123456"),
    ({**text_event(""), "event_name": "user_submit_info", "info": {"name": "Trần Thị Mẫu"}},
     EventKind.PHONE_SHARED, CITIZEN, ""),
    ({**text_event(""), "event_name": "user_submit_info", "info": "0905123456"},
     EventKind.PHONE_SHARED, CITIZEN, ""),
    (content_event("anonymous_send_text", text="mã"), EventKind.IGNORED, "", ""),
    (content_event("something_new", text="mã"), EventKind.IGNORED, "", ""),
    ({"event_name": "oa_send_group_text", "recipient": {"id": "g"}}, EventKind.IGNORED, "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("event", "kind", "user", "text"), READINGS)
def test_what_an_event_means(event: dict[str, Any], kind: EventKind, user: str, text: str) -> None:
    found = read_event(raw(event), NOW, OA)
    assert (found.kind, found.text) == (kind, text)
    assert found.user_id == user or kind is EventKind.IGNORED


def test_a_link_is_read_by_its_address() -> None:
    link = {"type": "link", "payload": {"url": "https://dvc.example.vn/?mahs=H56.14-240823-0001"}}
    found = read_event(raw(content_event("user_send_link", attachments=[link])), NOW, OA)
    assert "H56.14-240823-0001" in found.text


def test_numeric_ids_are_kept_as_their_digits() -> None:
    body = raw(text_event("a")).replace(f'"{CITIZEN}"'.encode(), CITIZEN.encode())
    assert read_event(body, NOW, OA).user_id == CITIZEN


def test_what_a_person_wrote_in_the_oa_manager_is_no_echo_of_ours() -> None:
    event = echo_event("Chào bác", "e1")
    event["sender"] = {"id": OA, "admin_id": "993"}
    assert read_event(raw(event), NOW, OA).kind is EventKind.IGNORED


def test_a_lone_surrogate_in_a_text_becomes_a_question_mark() -> None:
    body = raw(text_event("x")).replace(b'"x"', b'"\\ud800 m\\u00e3"')
    assert read_event(body, NOW, OA).text == "? mã"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ("sender", "recipient", "message", "follower", "user_id", "oa_id", "attachments", "info")


@given(
    st.sampled_from(
        [
            "user_send_text",
            "user_send_link",
            "follow",
            "oa_send_text",
            "?",
            "user_submit_info",
            "user_seen_message",
            "change_template_status",
        ]
    ),
    st.dictionaries(st.sampled_from(FIELDS), anything),
)
def test_no_signed_form_breaks_the_reading(name: str, fields: dict[str, Any]) -> None:
    body = json.dumps({"event_name": name, "timestamp": MILLISECONDS, **fields}).encode()
    found = listen(body, signature(body), KEYS, NOW)
    assert found is not None
    assert len(read_event(body, NOW, OA).user_id) <= 64
