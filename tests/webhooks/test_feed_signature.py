"""Who may feed: key, signature and clock."""

from datetime import timedelta

import pytest

from bot.feed_keys import add_feed_key, revoke_feed_key
from tests.make import NOW
from tests.webhooks.feeding import Feeder
from webhooks.feed_signature import signature

EMPTY = b'{"dossiers":[]}'


@pytest.mark.parametrize(
    ("secret", "timestamp", "body", "expected"),
    [
        # Counted with: printf '%s' "$timestamp.$body" | openssl dgst -sha256 -hmac "$secret"
        (
            "s3cret",
            "1795312800",
            b'{"dossiers":[]}',
            "sha256=9e4b3f5a42e24de8adfdf4ef295b032a6238d81aaaa5095fb3766fe01a04d43b",
        ),
        (
            "khóa bí mật",
            "1795312800",
            b"{}",
            "sha256=b5c2f2e1d8a67eaed9143a71df925889f546cba18f6afc4caee42c02c6e1059c",
        ),
    ],
)
def test_the_signature_is_the_hmac_of_timestamp_stop_and_body(
    secret: str, timestamp: str, body: bytes, expected: str
) -> None:
    assert signature(secret.encode(), timestamp, body) == expected


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"X_Feed_Key": None}, "signature"),
        ({"X_Feed_Timestamp": None}, "signature"),
        ({"X_Feed_Signature": None}, "signature"),
        ({"X_Feed_Key": ""}, "signature"),
        ({"X_Feed_Timestamp": "yesterday"}, "signature"),
        ({"X_Feed_Timestamp": "1e9"}, "signature"),
        ({"X_Feed_Timestamp": "٢٠٢٦"}, "signature"),  # digits of another script
        ({"X_Feed_Timestamp": "NaN"}, "signature"),
        ({"X_Feed_Timestamp": "9" * 400}, "signature"),
        ({"X_Feed_Signature": "sha256=" + "0" * 64}, "signature"),
        ({"X_Feed_Signature": "0" * 64}, "signature"),
        ({"X_Feed_Signature": "sha256="}, "signature"),
        ({"X_Feed_Signature": "chữ ký"}, "signature"),
        ({"X_Feed_Key": "fk-unknown"}, "key"),
        ({"X_Feed_Key": "khóa"}, "key"),
        ({"X_Feed_Key": "k" * 5000}, "key"),
    ],
)
def test_a_call_that_is_not_rightly_signed_is_refused_by_name(
    feeder: Feeder, change: dict[str, str | None], error: str
) -> None:
    answer = feeder.post(EMPTY, **change)
    assert (answer.status_code, answer.get_json()["error"]) == (401, error)


def test_a_body_changed_on_its_way_is_refused(feeder: Feeder) -> None:
    signed = feeder.headers(b'{"dossiers":[ ]}')
    answer = feeder.post(EMPTY, X_Feed_Signature=signed["X-Feed-Signature"])
    assert answer.get_json()["error"] == "signature"


def test_the_refusal_never_shows_the_right_signature_or_the_secret(feeder: Feeder) -> None:
    right = feeder.headers(EMPTY)["X-Feed-Signature"].removeprefix("sha256=")
    answer = feeder.post(EMPTY, X_Feed_Signature="sha256=" + "0" * 64)
    assert right not in answer.text
    assert feeder.key.secret not in answer.text


def test_hex_may_be_written_in_capitals(feeder: Feeder) -> None:
    mac = feeder.headers(EMPTY)["X-Feed-Signature"].removeprefix("sha256=")
    assert feeder.post(EMPTY, X_Feed_Signature=f"sha256={mac.upper()}").status_code == 200


@pytest.mark.parametrize("seconds", [-300, -299.5, 0, 299, 300])
def test_a_clock_up_to_five_minutes_off_is_forgiven(feeder: Feeder, seconds: float) -> None:
    assert feeder.post(EMPTY, at=str(NOW.timestamp() + seconds)).status_code == 200


@pytest.mark.parametrize(
    "stamp",
    [
        NOW.timestamp() - 301,
        NOW.timestamp() + 301,
        NOW.timestamp() * 1000,  # milliseconds, a common slip
        0,
        "-5",
    ],
)
def test_a_clock_further_off_is_refused_although_rightly_signed(
    feeder: Feeder, stamp: float | str
) -> None:
    answer = feeder.post(EMPTY, at=stamp)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "clock")


def test_the_clock_is_told_only_to_who_holds_the_secret(feeder: Feeder) -> None:
    late = str(int((NOW - timedelta(days=1)).timestamp()))
    answer = feeder.post(EMPTY, X_Feed_Timestamp=late)  # signed for another moment
    assert answer.get_json()["error"] == "signature"


def test_a_revoked_key_is_refused_at_once(feeder: Feeder) -> None:
    assert feeder.outcomes() == []
    revoke_feed_key(feeder.runtime, feeder.key.id)
    assert feeder.send().get_json()["error"] == "key"


def test_one_key_does_not_open_with_the_secret_of_another(feeder: Feeder) -> None:
    other = add_feed_key(feeder.runtime, "H44")
    signed = feeder.with_key(other).headers(EMPTY)
    answer = feeder.post(EMPTY, X_Feed_Signature=signed["X-Feed-Signature"])
    assert answer.get_json()["error"] == "signature"


def test_a_stranger_learns_nothing_of_form_or_type(feeder: Feeder) -> None:
    answer = feeder.post(b"no json", "text/plain", X_Feed_Signature="sha256=" + "0" * 64)
    assert answer.status_code == 401
