"""The token endpoint says no with HTTP 200, and only a whole pair is a pair."""

from typing import Any

import pytest
import requests
import responses

from bot.channels.http import Wire
from bot.channels.zalo_oauth import (
    AnswerLost,
    GrantRefused,
    NotReached,
    Pair,
    pair_from,
    refresh_pair,
)
from tests.make import make_settings

URL = "http://zalo.test/oauth/v4/oa/access_token"
GOOD = {"access_token": "aT9", "refresh_token": "rF2", "expires_in": "90000"}


def refreshed(**settings: str) -> Pair:
    given = make_settings("sqlite://", zalo_oauth_url="http://zalo.test/oauth", **settings)
    return refresh_pair(Wire(), given, "rF1+/=")


def test_the_request_is_the_manuals() -> None:
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, URL, json=GOOD)
        assert refreshed() == Pair("aT9", "rF2", 90000)
        sent: Any = wire.calls[0].request
    assert sent.headers["secret_key"] == b"app secret for the tests"
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent.body == (
        "grant_type=refresh_token&app_id=4318657068771012646&refresh_token=rF1%2B%2F%3D"
    )


@pytest.mark.parametrize(
    ("life", "seconds"),
    [("90000", 90000), (90000, 90000), (3600.0, 3600), (None, 3600), ("", 3600), ("soon", 3600)],
)
def test_a_good_pair_is_never_lost_over_its_age(life: object, seconds: int) -> None:
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, URL, json=GOOD | {"expires_in": life})
        assert refreshed().expires_in == seconds


def test_a_missing_age_is_an_hour() -> None:
    assert pair_from({"access_token": "a", "refresh_token": "r"}).expires_in == 3600


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"json": {"error": -14014, "error_name": "Invalid refresh token"}}, GrantRefused),
        ({"json": {"error": "-14020", "error_name": "expired"}}, GrantRefused),
        ({"json": {"error": -118, "error_name": "invalid_grant"}}, GrantRefused),
        ({"json": {"error": "invalid_grant"}, "status": 400}, GrantRefused),
        ({"json": GOOD | {"error": -14002}}, GrantRefused),
        ({"body": "", "status": 401}, GrantRefused),
        ({"json": {}}, AnswerLost),
        ({"json": GOOD | {"access_token": ""}}, AnswerLost),
        ({"json": GOOD | {"refresh_token": None}}, AnswerLost),
        ({"json": GOOD | {"refresh_token": 5}}, AnswerLost),
        ({"json": GOOD | {"access_token": "a b"}}, AnswerLost),
        ({"json": GOOD | {"access_token": "mã"}}, AnswerLost),
        ({"body": "<html>"}, AnswerLost),
        ({"body": "oops", "status": 503}, AnswerLost),
        ({"body": requests.exceptions.ReadTimeout("late")}, AnswerLost),
        ({"body": requests.exceptions.ConnectionError("Connection aborted.")}, AnswerLost),
        ({"body": requests.exceptions.ConnectTimeout("late")}, NotReached),
        ({"body": "<html>", "status": 404}, NotReached),
        ({"json": {"message": "no such path"}, "status": 404}, NotReached),
        ({"body": "", "status": 429}, NotReached),
    ],
)
def test_what_no_pair_means(answer: dict[str, Any], what: type[Exception]) -> None:
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, URL, **answer)
        with pytest.raises(what) as raised:
            refreshed()
    assert "rF" not in str(raised.value)


def test_a_secret_that_http_cannot_carry_uses_up_nothing() -> None:
    with responses.RequestsMock() as wire, pytest.raises(NotReached):
        refreshed(zalo_app_secret="two\nlines")
    assert not wire.calls


def test_a_pair_does_not_print_its_tokens() -> None:
    assert "aT9" not in repr(Pair("aT9", "rF2", 1))
