"""Our Zalo client and token guardian against the rehearsal Zalo, over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.channels.channel import Again, SendFailed, Sent
from bot.channels.http import Wire
from bot.channels.zalo import ZaloChannel, build_zalo
from bot.core.message import Button, Outgoing
from bot.renew import TokenSource, link, renew_if_due, renew_now, status
from bot.renewal import Renewal
from bot.runtime import Runtime
from tests.make import HandClock, make_runtime
from tests.sandbox.rehearsal import APP_ID, APP_SECRET, PNG, Product, Rehearsal

TEXT = "Hồ sơ của quý Ông/Bà hiện đang ở bước Thẩm định."


@pytest.fixture
def zalo() -> Iterator[Rehearsal]:
    """A rehearsal Zalo, and a product that takes its webhooks down."""
    product = Product()
    rehearsal = Rehearsal(product)
    yield rehearsal
    rehearsal.close()
    product.close()


@pytest.fixture
def clock() -> HandClock:
    """Our clock."""
    return HandClock()


@pytest.fixture
def runtime(zalo: Rehearsal, sqlite_url: str, clock: HandClock) -> Runtime:
    """A product that is linked with the OA."""
    made = make_runtime(
        sqlite_url,
        clock,
        zalo_app_id=APP_ID,
        zalo_app_secret=APP_SECRET,
        zalo_oauth_url=f"{zalo.url}/oauth",
        zalo_openapi_url=f"{zalo.url}/openapi",
    )
    pair = zalo.control("token")
    link(made, pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))
    return made


@pytest.fixture
def channel(runtime: Runtime) -> ZaloChannel:
    """The client, which gives up on an answer after half a second."""
    built = build_zalo(runtime.settings, TokenSource(runtime), runtime.metrics)
    return ZaloChannel(Wire((0.5, 0.5)), built.tokens, built.calls)


def to(zalo: Rehearsal, text: str = TEXT, *buttons: Button) -> Outgoing:
    """A message to a citizen who has just written."""
    zalo.control("say", user="an", text="xin chào")
    return Outgoing(1, zalo.uid("an"), text, buttons)


def bubbles(zalo: Rehearsal) -> list[Any]:
    """What the citizen has received."""
    shown = zalo.get("/control/messages?user=an")["messages"]
    return [one for one in shown if one["from"] == "oa"]


def again(channel: ZaloChannel, message: Outgoing) -> tuple[Again, str]:
    with pytest.raises(SendFailed) as failed:
        channel.send(message)
    return failed.value.again, failed.value.code


def test_a_citizen_sees_the_text_and_presses_the_button(
    zalo: Rehearsal, channel: ZaloChannel
) -> None:
    buttons = (Button("Tra cứu mã khác", "#TRACUU"), Button("Cách xem", "#XEM", shown=False))
    sent = channel.send(to(zalo, TEXT, *buttons))
    bubble = bubbles(zalo)[-1]
    assert (bubble["msg_id"], bubble["text"]) == (sent.carrier_id, TEXT)
    assert [one["title"] for one in bubble["buttons"]] == ["Tra cứu mã khác", "Cách xem"]
    zalo.control("press", user="an", msg_id=sent.carrier_id, button=0)
    assert zalo.get("/control/messages?user=an")["messages"][-1]["text"] == "#TRACUU"


def test_a_revoked_token_is_renewed_and_the_message_goes(
    zalo: Rehearsal, channel: ZaloChannel, runtime: Runtime
) -> None:
    message = to(zalo)
    zalo.fault("token_revoked")
    assert isinstance(channel.send(message), Sent)
    assert len(bubbles(zalo)) == 1
    assert status(runtime).version == 2


def test_many_threads_with_a_revoked_token_need_one_renewal(
    zalo: Rehearsal, channel: ZaloChannel, runtime: Runtime
) -> None:
    message = to(zalo)
    zalo.fault("token_revoked")
    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(lambda _: channel.send(message), range(32)))
    assert len({one.carrier_id for one in sent}) == 32
    assert status(runtime).version == 2


def test_a_withdrawn_grant_stops_everything_loudly(
    zalo: Rehearsal, channel: ZaloChannel, runtime: Runtime
) -> None:
    message = to(zalo)
    zalo.fault("grant_lost")
    assert again(channel, message) == (Again.HALT, "-216")
    assert status(runtime).consent_needed
    asked = [one for one in zalo.get("/control/requests")["requests"] if "oauth" in one["path"]]
    again(channel, message)
    later = [one for one in zalo.get("/control/requests")["requests"] if "oauth" in one["path"]]
    assert len(asked) == len(later) == 1


def test_a_forced_refresh_gives_a_pair_that_works(
    zalo: Rehearsal, channel: ZaloChannel, runtime: Runtime
) -> None:
    renew_now(runtime)
    renew_now(runtime)
    assert channel.send(to(zalo)).carrier_id


def test_after_twenty_six_hours_the_token_is_renewed_in_time(
    zalo: Rehearsal, channel: ZaloChannel, runtime: Runtime, clock: HandClock
) -> None:
    zalo.control("clock", advance_seconds=26 * 3600)
    clock.move(hours=26)
    assert channel.send(to(zalo)).carrier_id
    assert renew_if_due(runtime) is Renewal.NOT_DUE


@pytest.mark.parametrize(
    "fault", ["oauth_500_after", "oauth_error"], ids=["rotated, answer lost", "error"]
)
def test_a_refresh_that_went_wrong_ends_in_a_loud_state_and_not_in_a_loop(
    zalo: Rehearsal, runtime: Runtime, clock: HandClock, fault: str
) -> None:
    zalo.fault(fault, count=1)
    clock.move(hours=21)
    outcomes = []
    for _ in range(4):
        outcomes.append(renew_if_due(runtime))
        clock.move(minutes=1)
    assert Renewal.CONSENT_NEEDED in outcomes
    assert outcomes[-1] is Renewal.NOT_DUE
    assert status(runtime).version == 1


@pytest.mark.parametrize(
    ("fault", "value", "expected", "arrives"),
    [
        ("rate_limited", None, (Again.PAUSE, "-32"), 0),
        ("send_failed", None, (Again.LATER, "-200"), 0),
        ("error_code", -248, (Again.NEVER, "-248"), 0),
        ("error_code", -227, (Again.CLOSED, "-227"), 0),
        ("error_code", -204, (Again.HALT, "-204"), 0),
        ("proof_required", None, (Again.HALT, "-242"), 0),
        ("http_500_after", None, (Again.UNSURE, "HTTP 500"), 1),
        ("cut_after", None, (Again.UNSURE, ""), 1),
        ("timeout_after", 3, (Again.UNSURE, ""), 1),
        ("timeout_before", 3, (Again.UNSURE, ""), 0),
    ],
)
def test_every_fault_has_its_outcome(
    zalo: Rehearsal,
    channel: ZaloChannel,
    fault: str,
    value: float | None,
    expected: tuple[Again, str],
    arrives: int,
) -> None:
    message = to(zalo)
    zalo.fault(fault, value, count=1)
    assert again(channel, message) == expected
    assert len(bubbles(zalo)) == arrives


def test_a_message_to_a_stranger_closes_this_way(zalo: Rehearsal, channel: ZaloChannel) -> None:
    assert again(channel, Outgoing(1, "1234567890123456789", TEXT)) == (Again.CLOSED, "-201")


def test_a_message_after_seven_silent_days_closes_this_way(
    zalo: Rehearsal, channel: ZaloChannel
) -> None:
    message = to(zalo)
    zalo.control("clock", advance_seconds=8 * 86400)
    renewed = again(channel, message)
    assert renewed == (Again.CLOSED, "-230")


def test_a_zalo_that_is_switched_off_was_never_reached(
    zalo: Rehearsal, channel: ZaloChannel
) -> None:
    message = to(zalo)
    zalo.close()
    assert again(channel, message) == (Again.LATER, "")


def test_uploads_are_taken(channel: ZaloChannel) -> None:
    assert channel.upload_image(PNG, "slip.png")
    assert channel.upload_file(b"%PDF-1.7", "slip.pdf")


def test_zalo_tells_of_a_citizen_what_we_ask(zalo: Rehearsal, channel: ZaloChannel) -> None:
    citizen = to(zalo).recipient
    assert channel.user_detail(citizen).user_id == citizen
    assert channel.quota(citizen).last_interaction is not None
