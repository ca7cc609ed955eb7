"""What leaves for Zalo, and what each answer means: the cases of cases/zalo.json and more."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from bot.channels.channel import Again, SendFailed
from bot.channels.zalo import ChatQuota, ZaloChannel, build_zalo
from bot.core.message import Button, Outgoing
from bot.metrics import own_metrics
from tests.make import make_settings

CASES = json.loads((Path(__file__).parent / "cases" / "zalo.json").read_text(encoding="utf-8"))
OPENAPI = "http://zalo.test/openapi"
CS = f"{OPENAPI}/v3.0/oa/message/cs"
FAULTS = {
    "connect timeout": requests.exceptions.ConnectTimeout("too late"),
    "read timeout": requests.exceptions.ReadTimeout("too late"),
    "cut": requests.exceptions.ConnectionError("Connection aborted."),
}
SUCCESS: dict[str, Any] = {"error": 0, "data": {"message_id": "a1"}}


@dataclass
class ListedTokens:
    """Tokens one after the other, as a guardian would hand them out."""

    tokens: list[str]
    refused: list[str] = field(default_factory=list)

    def current(self) -> str:
        """The first."""
        return self.tokens[0]

    def after_refusal(self, dead: str) -> str | None:
        """The one after it."""
        self.refused.append(dead)
        return self.tokens[1] if len(self.tokens) > 1 else None


def channel_with(*tokens: str) -> ZaloChannel:
    settings = make_settings("sqlite://", zalo_openapi_url=OPENAPI)
    return build_zalo(settings, ListedTokens(list(tokens or ["first"])), own_metrics())


def prepare(wire: responses.RequestsMock, answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        given: dict[str, Any] = {"status": answer.get("status", 200)}
        if "fault" in answer:
            given["body"] = FAULTS[answer["fault"]]
        elif "json" in answer:
            given["json"] = answer["json"]
        else:
            given["body"] = answer["text"]
        wire.add(responses.POST, CS, headers=answer.get("headers"), **given)


def outgoing(given: dict[str, Any]) -> Outgoing:
    buttons = tuple(Button(**button) for button in given.get("buttons", []))
    return Outgoing(1, given["recipient"], given["text"], buttons)


def outcome_of(channel: ZaloChannel, message: Outgoing) -> dict[str, str]:
    try:
        return {"sent": channel.send(message).carrier_id}
    except SendFailed as failed:
        return {"again": str(failed.again), "code": failed.code}


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_every_answer_of_zalo_has_its_outcome(case: dict[str, Any]) -> None:
    message = case.get("message", {"recipient": "1", "text": "Chào ông/bà."})
    tokens = case.get("tokens", ["first"])
    with responses.RequestsMock() as wire:
        prepare(wire, case["answers"])
        assert outcome_of(channel_with(*tokens), outgoing(message)) == case["outcome"]
        calls: list[Any] = [call.request for call in wire.calls]
    assert [call.headers["access_token"] for call in calls] == tokens[: len(case["answers"])]
    assert all(call.headers["Content-Type"] == "application/json" for call in calls)
    if "body" in case:
        assert [json.loads(call.body) for call in calls] == [case["body"]]


@pytest.mark.parametrize(
    "message",
    [
        Outgoing(1, "1", ""),
        Outgoing(1, "1", "a" * 2001),
        Outgoing(1, "1", "a", tuple(Button(str(n), "#A") for n in range(6))),
        Outgoing(1, "1", "a", (Button("t" * 101, "#A"),)),
        Outgoing(1, "1", "a", (Button("", "#A"),)),
        Outgoing(1, "1", "a", (Button("t", "#" * 1001),)),
        Outgoing(1, "1", "a", (Button("t", ""),)),
    ],
    ids=["no text", "2,001", "6 buttons", "long title", "no title", "long payload", "no payload"],
)
def test_a_message_over_zalos_limits_never_leaves(message: Outgoing) -> None:
    with responses.RequestsMock() as wire, pytest.raises(ValueError):
        channel_with().send(message)
    assert not wire.calls


def test_a_refusal_keeps_zalos_own_words() -> None:
    refused = {"error": -230, "message": "User has not interacted " + "x" * 400}
    with responses.RequestsMock() as wire:
        prepare(wire, [{"json": refused}])
        with pytest.raises(SendFailed) as failed:
            channel_with().send(Outgoing(1, "1", "Chào"))
    assert failed.value.said == str(refused["message"])[:300]


def test_two_thousand_letters_count_composed() -> None:
    with responses.RequestsMock() as wire:
        prepare(wire, [{"json": SUCCESS}])
        channel_with().send(Outgoing(1, "1", "e\u0302\u0301" * 2000))
        assert len(json.loads(wire.calls[0].request.body or b"")["message"]["text"]) == 2000


def test_calls_are_counted_by_what_came_of_them() -> None:
    metrics = own_metrics()
    settings = make_settings("sqlite://", zalo_openapi_url=OPENAPI)
    channel = build_zalo(settings, ListedTokens(["first", "second"]), metrics)
    with responses.RequestsMock() as wire:
        prepare(wire, [{"json": {"error": -216}}, {"json": SUCCESS}, {"json": {"error": -32}}])
        for _ in range(2):
            outcome_of(channel, Outgoing(1, "1", "Chào"))
    name = "motcua_carrier_calls_total"
    counted = {
        one: metrics.registry.get_sample_value(
            name, {"carrier": "zalo", "call": "message", "outcome": one}
        )
        for one in ("taken", "refused_token", "pause", "unsure")
    }
    assert counted == {"taken": 1, "refused_token": 1, "pause": 1, "unsure": 0}


def test_one_message_leaves_nothing_behind_for_the_next() -> None:
    channel = channel_with()
    with responses.RequestsMock() as wire:
        prepare(wire, [{"json": SUCCESS}, {"json": SUCCESS}])
        channel.send(Outgoing(1, "1", "dài " * 100))
        channel.send(Outgoing(2, "2", "ngắn"))
        last: Any = wire.calls[1].request
    assert int(last.headers["Content-Length"]) == len(last.body)
    assert json.loads(last.body)["recipient"] == {"user_id": "2"}


def test_an_upload_gives_the_id_to_send_with() -> None:
    with responses.RequestsMock() as wire:
        wire.add(
            responses.POST,
            f"{OPENAPI}/v2.0/oa/upload/image",
            json={"error": 0, "data": {"attachment_id": "att-1"}},
        )
        assert channel_with().upload_image(b"\x89PNG", "Giấy tờ của bà Mẫu.PNG") == "att-1"
        sent: Any = wire.calls[0].request
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'filename="upload.png"' in sent.body
    assert "Mẫu".encode() not in sent.body


def test_an_upload_with_a_dead_token_goes_once_more() -> None:
    with responses.RequestsMock() as wire:
        address = f"{OPENAPI}/v2.0/oa/upload/file"
        wire.add(responses.POST, address, json={"error": -216})
        wire.add(responses.POST, address, json={"error": 0, "data": {"token": "file-1"}})
        assert channel_with("first", "second").upload_file(b"%PDF", "a.pdf") == "file-1"
        assert wire.calls[0].request.body == wire.calls[1].request.body


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.png"), (b"x" * (1024 * 1024 + 1), "a.jpg"), (b"x", "a.gif"), (b"x", "png")],
    ids=["empty", "over 1 MB", "gif", "the whole name is an ending"],
)
def test_pictures_that_zalo_would_refuse_never_leave(content: bytes, name: str) -> None:
    with responses.RequestsMock(), pytest.raises(ValueError):
        channel_with().upload_image(content, name if name != "png" else "picture")


def test_a_followers_detail_is_read_and_no_more_kept_than_needed() -> None:
    data = {"user_id": "77", "user_is_follower": True, "is_sensitive": False}
    data |= {"user_last_interaction_date": "20/11/2026", "display_name": "Bà Mẫu"}
    with responses.RequestsMock() as wire:
        wire.add(responses.GET, f"{OPENAPI}/v3.0/oa/user/detail", json={"error": 0, "data": data})
        detail = channel_with().user_detail("77")
        asked: Any = wire.calls[0].request
    assert asked.params == {"data": '{"user_id":"77"}'}
    assert (detail.is_follower, detail.last_interaction) == (True, "20/11/2026")
    assert "Mẫu" not in repr(detail)


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("1795312345678", datetime(2026, 11, 22, 1, 52, 25, 678000, UTC)),
        (1795312345678, datetime(2026, 11, 22, 1, 52, 25, 678000, UTC)),
        ("0", None),
        ("", None),
        (None, None),
        ("9" * 30, None),
    ],
)
def test_quota_tells_the_last_interaction(told: object, known: datetime | None) -> None:
    answer = {"error": 0, "data": {"last_interaction": told}}
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, f"{OPENAPI}/v3.0/oa/quota/message", json=answer)
        assert channel_with().quota("77") == ChatQuota(known)


def test_a_lost_answer_to_a_question_does_no_harm() -> None:
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, f"{OPENAPI}/v3.0/oa/quota/message", body=FAULTS["read timeout"])
        with pytest.raises(SendFailed) as failed:
            channel_with().quota("77")
    assert failed.value.again is Again.LATER
