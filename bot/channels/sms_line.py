"""What every SMS gateway shares: the counted call, the table of codes, reading answers and reports.

A gateway's own file holds only its request, its table and where its answer keeps what.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import requests
from prometheus_client import Counter, Histogram

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Answer, Wire
from bot.channels.sms_gateway import OutgoingSms, SmsTaken
from bot.logs import log
from bot.metrics import Metrics

CALL = "sms"
OUTCOMES = ("taken", *(str(again) for again in Again))
LONGEST_NAME = 80  # of a message's id, as it is stored
LONGEST_CODE = 40
LONGEST_SAID = 300
_NAME = re.compile(rf"[!-~]{{1,{LONGEST_NAME}}}")

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one documented code means.

    Shape: `do` is what a person has to do when the code holds nothing up by itself, so that no
           pause would show it; "" when there is nothing to do. What HALT means is told there.
    """

    meaning: str
    again: Again
    do: str = ""


Rules = Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class SmsLine:
    """The way to one gateway, with its counters; safe to call from many threads."""

    gateway: str
    wire: Wire
    seconds: Histogram
    outcomes: Mapping[str, Counter]

    def call(
        self, request: requests.PreparedRequest, read: Callable[[Answer], SmsTaken]
    ) -> SmsTaken:
        """Send one request, read its answer, count what came of it.

        Errors: SendFailed, of the wire or of `read`.
        """
        began = perf_counter()
        try:
            taken = read(self.wire.call(request))
        except SendFailed as failed:
            self.outcomes[failed.again].inc()
            raise
        finally:
            self.seconds.observe(perf_counter() - began)
        self.outcomes["taken"].inc()
        return taken


def build_line(gateway: str, metrics: Metrics, wire: Wire | None = None) -> SmsLine:
    """The line of a gateway, its counters at zero from the start."""
    return SmsLine(
        gateway,
        wire or Wire(),
        metrics.carrier_call_seconds.labels(gateway, CALL),
        {one: metrics.carrier_calls.labels(gateway, CALL, one) for one in OUTCOMES},
    )


def post_template(url: str, content_type: str, **headers: str) -> requests.PreparedRequest:
    """A POST to exactly this address, without a body."""
    given = {"Accept": "application/json", "User-Agent": "motcua-bot", **headers}
    given["Content-Type"] = content_type
    return requests.Request("POST", url, headers=given).prepare()


def with_body(template: requests.PreparedRequest, body: bytes) -> requests.PreparedRequest:
    """A copy of a request that carries this body."""
    request = template.copy()
    request.body = body
    request.headers["Content-Length"] = str(len(body))
    return request


def words_of(sms: OutgoingSms) -> str:
    """The text as it leaves, composed.

    Errors: ValueError for an empty text, and for letters that an SMS in the plain alphabet would
            lose: a gateway would put a `?` in their place.
    Source: domain-facts 6.1 (GSM alphabet trap).
    """
    text = unicodedata.normalize("NFC", sms.text)
    if not text.strip():
        raise ValueError("an SMS needs a text")
    if not sms.unicode and not text.isascii():
        raise ValueError("an SMS that is not Unicode has to be ASCII")
    return text


def refusal(rules: Rules, gateway: str, code: str, said: str) -> SendFailed:
    """What a refusal means; a code that no table names is NEVER for this message, and alarms.

    Shape: `said` are the gateway's own words, kept for the attempt's row; no log gets them.
    """
    rule = rules.get(code)
    if rule is None:
        logger.error(
            "sms.unknown_code",
            gateway=gateway,
            code=code,
            do="ask the gateway what this code means; its words stand with the message",
        )
        return SendFailed(Again.NEVER, f"{gateway}: code {code} is in no manual", code, said)
    if rule.do:
        logger.error("sms.refused", gateway=gateway, code=code, why=rule.meaning, do=rule.do)
    return SendFailed(rule.again, f"{gateway}: {rule.meaning}", code, said)


def without_code(gateway: str, answer: Answer) -> SendFailed:
    """What an answer means that says neither yes nor no in the gateway's own way."""
    code = f"HTTP {answer.status}"
    if answer.status == 401:
        return SendFailed(Again.HALT, f"{gateway}: it refuses our account's key", code)
    if answer.status == 429:
        return SendFailed(Again.PAUSE, f"{gateway}: too many calls", code)
    if answer.status >= 300:
        return SendFailed(Again.LATER, f"{gateway}: {code} without a code", code)
    return SendFailed(Again.UNSURE, f"{gateway}: an answer without a code", code)


def plain(value: Any) -> str:
    """A field as text: gateways send numbers and strings; "" for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def code_of(value: Any) -> str:
    """A code as it came, cut to what is stored."""
    return _storable(plain(value))[:LONGEST_CODE]


def name_of(value: Any) -> str:
    """A message's id; "" for what cannot be one."""
    name = plain(value)
    return name if _NAME.fullmatch(name) else ""


def whole(value: Any) -> int | None:
    """A whole number of 0 or more: 850, "850", 850.0, "850.0000"; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return int(number) if 0 <= number < 1_000_000_000 and number.is_integer() else None


def said_by(value: Any, sms: OutgoingSms) -> str:
    """The gateway's words, without the phone and the text that it may repeat."""
    said = _storable(plain(value))
    for personal in (sms.text, sms.phone.e164, sms.phone.zalo, sms.phone.national):
        said = said.replace(personal, "(…)")
    return said[:LONGEST_SAID]


def reports_in(body: bytes) -> list[Mapping[str, Any]] | None:
    """The objects a body of reports holds, one or a list; None when it is not of that form."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    listed = given if isinstance(given, list) else [given]
    if not all(isinstance(one, dict) for one in listed):
        return None
    return listed


def _storable(text: str) -> str:
    """Without what a database cannot hold: controls, lone surrogates."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
