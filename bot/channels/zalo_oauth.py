"""Zalo's token endpoint: one refresh token in, one new pair out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Answer, Wire
from bot.settings import Settings

PATH = "/v4/oa/access_token"
LIFE_UNSTATED = 3600  # seconds; zalo-platform 10 row 13: missing expires_in counts as 1 h
TOKEN_FIELDS = ("access_token", "refresh_token")
LONGEST_LIFE = 366 * 86400
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token with the refresh token that renews it; Units: seconds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int


class NotReached(Exception):
    """The refresh token was surely not used: the request never got there."""


class AnswerLost(Exception):
    """The refresh token may be used up: the request went out, no usable answer came back."""


class GrantRefused(Exception):
    """The token endpoint says no; Zalo says so with HTTP 200 (zalo-platform 1.4)."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{code} {name}".strip())
        self.code = code


def refresh_pair(wire: Wire, settings: Settings, refresh: str) -> Pair:
    """Trade a refresh token for a new pair; it can be used only once.

    Errors: NotReached, AnswerLost, GrantRefused.
    Source: zalo-platform 1.3.
    """
    form = {
        "grant_type": "refresh_token",
        "app_id": settings.zalo_app_id,
        "refresh_token": refresh,
    }
    headers = {"secret_key": settings.zalo_app_secret.encode(), "Content-Type": FORM}
    url = settings.zalo_oauth_url + PATH
    try:
        request = requests.Request("POST", url, headers=headers, data=urlencode(form)).prepare()
    except requests.RequestException as fault:  # a secret or an address that HTTP cannot carry
        raise NotReached(f"the request could not be made: {type(fault).__name__}") from fault
    try:
        answer = wire.call(request)
    except SendFailed as failure:
        if failure.again is Again.UNSURE:
            raise AnswerLost(failure.reason) from failure
        raise NotReached(failure.reason) from failure
    return _pair_of(answer)


def _pair_of(answer: Answer) -> Pair:
    error = answer.body.get("error")
    if error not in (None, 0, "0", "") or answer.status == 401:
        code = f"HTTP {answer.status}" if error in (None, 0, "0", "") else str(error)
        name = answer.body.get("error_name") or answer.body.get("error_description")
        raise GrantRefused(code[:40], str(name or "")[:120])
    if answer.status >= 300:
        raise NotReached(f"HTTP {answer.status} without tokens")
    try:
        access, refresh = (token_from(answer.body, name) for name in TOKEN_FIELDS)
    except ValueError as fault:
        raise AnswerLost(f"answer without a usable pair: {fault}") from fault
    try:
        life = _seconds(answer.body.get("expires_in"))
    except ValueError:  # the old refresh token is dead: a good pair is not lost over its age
        life = LIFE_UNSTATED
    return Pair(access, refresh, life)


def pair_from(fields: Mapping[str, Any]) -> Pair:
    """Read the token endpoint's JSON, also as an operator hands it in.

    Shape:  `expires_in` is a string or a number; missing means one hour.
    Errors: ValueError naming the field, never its value.
    """
    access, refresh = (token_from(fields, name) for name in TOKEN_FIELDS)
    return Pair(access, refresh, _seconds(fields.get("expires_in")))


def token_from(fields: Mapping[str, Any], name: str) -> str:
    """One token: printable ASCII without blanks, as it has to stand in a header."""
    token = fields.get(name)
    if not isinstance(token, str) or not token:
        raise ValueError(f"{name} is missing or empty")
    if not all("!" <= letter <= "~" for letter in token) or len(token) > 4096:
        raise ValueError(f"{name} is not a token: expected printable ASCII without blanks")
    return token


def _seconds(value: object) -> int:
    if value is None or value == "":
        return LIFE_UNSTATED
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("expires_in is not a number of seconds")
    try:
        seconds = int(float(value))
    except (ValueError, OverflowError) as fault:
        raise ValueError("expires_in is not a number of seconds") from fault
    if not 0 < seconds <= LONGEST_LIFE:
        raise ValueError("expires_in is not a number of seconds")
    return seconds
