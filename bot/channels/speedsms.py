"""SpeedSMS: one JSON POST for each SMS, and reports as JSON.

Source: domain-facts 6.2; the codes are those of the gateway's public manual.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Answer, Wire
from bot.channels.sms_gateway import OutgoingSms, SmsTaken
from bot.channels.sms_line import (
    Rule,
    Rules,
    SmsLine,
    build_line,
    code_of,
    name_of,
    plain,
    post_template,
    refusal,
    said_by,
    whole,
    with_body,
    without_code,
    words_of,
)
from bot.channels.zalo_body import compact_json
from bot.core.phone import read_phone
from bot.core.receipt import DeliveryReceipt, Reported
from bot.metrics import Metrics
from bot.settings import Settings

NAME = "speedsms"
BRANDNAME = 3  # sms_type: a message that shows the brandname
INVALID_PHONE = "invalidPhone"  # not a code of theirs: the field our only number stood in

CHECK = "compare the request with the manual; the gateway's words stand with the message"

# HALT where every message would fail alike, so that nothing is thrown away; CLOSED only where
# the number is at fault, for that is held against the number; NEVER for the message alone.
RULES: Rules = {
    "007": Rule("our address is locked: have it opened", Again.HALT),
    "008": Rule("the account is blocked: call SpeedSMS", Again.HALT),
    "009": Rule("the account may not call the API: have it allowed", Again.HALT),
    "101": Rule("a parameter is invalid or missing", Again.NEVER, CHECK),
    "105": Rule("the phone number is invalid", Again.CLOSED),
    "110": Rule(
        "this encoding is not supported",
        Again.NEVER,
        "switch SMS with diacritics off: bot agency set CODE --sms-unicode off",
    ),
    "113": Rule("the text is too long", Again.NEVER, "shorten the text or the agency's SMS name"),
    "300": Rule("the balance is exhausted: top up", Again.HALT),
    "500": Rule("internal error, try again", Again.LATER),  # its manual's own words
}
# 101 is also what a wrong brandname or token gets; then every message would fail alike.
FOR_ALL = {
    "sender": Rule("the brandname is not registered here: see SMS_BRANDNAME", Again.HALT),
    "token": Rule("the access token is wrong: correct SPEEDSMS_TOKEN", Again.HALT),
}
TEMPORARY = range(1, 64)  # the status of a report: still being tried


@dataclass(frozen=True, slots=True)
class SpeedSms:
    """One account at SpeedSMS; safe to call from many threads."""

    line: SmsLine
    request: requests.PreparedRequest
    name: str = NAME

    def send(self, sms: OutgoingSms) -> SmsTaken:
        """Hand one SMS over; this gateway takes no id of ours, so it cannot know a repeat.

        Errors: SendFailed; ValueError for a text that would lose letters.
        """
        fields = {
            "to": [sms.phone.zalo],
            "content": words_of(sms),
            "sms_type": BRANDNAME,
            "sender": sms.brandname,
        }
        request = with_body(self.request, compact_json(fields).encode())
        return self.line.call(request, lambda answer: _taken(answer, sms))


def build_speedsms(settings: Settings, metrics: Metrics, wire: Wire | None = None) -> SpeedSms:
    """The account that the settings name."""
    basic = b64encode(f"{settings.speedsms_token}:x".encode()).decode()
    template = post_template(
        settings.speedsms_url, "application/json", Authorization=f"Basic {basic}"
    )
    return SpeedSms(build_line(NAME, metrics, wire), template)


def _taken(answer: Answer, sms: OutgoingSms) -> SmsTaken:
    """HTTP 200 alone says nothing; limits and dead tokens come with the status in the body."""
    body = answer.body
    said = said_by(body.get("message"), sms)
    code = code_of(body.get("code"))
    if plain(body.get("status")).lower() == "success":
        return _success(body.get("data"), code, said, sms)
    status = whole(body.get("status"))
    if status in (401, 429):
        raise without_code(NAME, Answer(status, body))
    if not code or code.strip("0") == "":
        raise without_code(NAME, answer)
    raise _refused(code, said)


def _success(data: Any, code: str, said: str, sms: OutgoingSms) -> SmsTaken:
    given = data if isinstance(data, dict) else {}
    carrier_id = name_of(given.get("tranId"))
    if given.get("invalidPhone") and not whole(given.get("totalSMS")):
        words = said or said_by(str(given["invalidPhone"]), sms)
        raise SendFailed(Again.CLOSED, f"{NAME}: the phone number is invalid", INVALID_PHONE, words)
    return SmsTaken(
        carrier_id, code, said, whole(given.get("totalSMS")), whole(given.get("totalPrice"))
    )


def _refused(code: str, said: str) -> SendFailed:
    code = code.zfill(3)  # the manual's form, also for a code that came as a number
    if code == "101":
        for word, rule in FOR_ALL.items():
            if word in said.lower():
                return SendFailed(rule.again, f"{NAME}: {rule.meaning}", code, said)
    return refusal(RULES, NAME, code, said)


def speedsms_receipts(
    fields: Mapping[str, Any], now: datetime
) -> tuple[DeliveryReceipt, ...] | None:
    """What one report of SpeedSMS says; empty when nothing is settled yet, None when it is none.

    Shape: `fields` are one JSON object. Citizens' own messages (type "incoming") come to the same
           address and are not ours: the short code has its own.
    Source: domain-facts 6.2 (status 0 delivered, 1 to 63 temporary, from 64 failed).
    """
    kind = plain(fields.get("type")).lower()
    if kind == "incoming":
        return ()
    status, ref = whole(fields.get("status")), name_of(fields.get("tranId"))
    if kind != "report" or status is None or not ref:
        return None
    if status in TEMPORARY:
        return ()
    state = Reported.DELIVERED if status == 0 else Reported.FAILED
    failed = state is Reported.FAILED
    code, said = code_of(status), f"status={status}"
    phone = read_phone(plain(fields.get("phone"))).phone
    if phone is None:  # the ids of this gateway count up: alone they could be guessed
        return None
    return (DeliveryReceipt(NAME, (ref,), state, now, code, said, permanent=failed, phone=phone),)
