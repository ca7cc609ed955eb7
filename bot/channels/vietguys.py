"""VietGuys: one form POST for each SMS, and reports as JSON.

Source: domain-facts 6.2. It gives no table of codes; the one below is what public clients of this
gateway agree on, to be compared with the list that comes with the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import requests

from bot.channels.channel import Again
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
    with_body,
    without_code,
    words_of,
)
from bot.core.receipt import DeliveryReceipt, Reported
from bot.metrics import Metrics
from bot.settings import Settings

NAME = "vietguys"
TAKEN = "0"
PLAIN, UNICODE = "0", "8"

MATCH = "compare the text with the template registered for the brandname"

# HALT where every message would fail alike, so that nothing is thrown away; CLOSED only where
# the number is at fault, for that is held against the number; NEVER for the message alone.
RULES: Rules = {
    "-1": Rule("a parameter is missing", Again.NEVER, "compare the request with the manual"),
    "-2": Rule("the gateway is busy", Again.LATER),
    "-3": Rule("the account does not exist: correct VIETGUYS_USER", Again.HALT),
    "-4": Rule("the account is locked: call VietGuys", Again.HALT),
    "-5": Rule("the password is wrong: correct VIETGUYS_PASSWORD", Again.HALT),
    "-6": Rule("the account may not call the API: have it allowed", Again.HALT),
    "-7": Rule("our address is not allowed: have it entered", Again.HALT),
    "-8": Rule("the brandname is not declared: see SMS_BRANDNAME", Again.HALT),
    "-9": Rule("the balance is exhausted: top up", Again.HALT),
    "-10": Rule("the phone number is invalid", Again.CLOSED),
    "-11": Rule("the number refuses messages", Again.CLOSED),
    "-12": Rule("the balance is exhausted: top up", Again.HALT),
    "-13": Rule("the brandname is not declared: see SMS_BRANDNAME", Again.HALT),
    "-14": Rule("longer than 459 characters", Again.NEVER, "shorten the text"),
    # What it has taken may be ours: a try whose answer was lost. A report will tell.
    "-16": Rule("the same text went to this number within a minute", Again.UNSURE),
    "-17": Rule("the account's messages of the day are used up: have it raised", Again.HALT),
    "-18": Rule("the text has a word of advertising", Again.NEVER, MATCH),
    "-19": Rule("this number's messages of the day are used up", Again.LATER),
    "-20": Rule("the template is not registered", Again.NEVER, MATCH),
    "-21": Rule("the text is no one-time code", Again.NEVER, MATCH),
    # Our registration is at fault and only for this network: neither the number nor the account.
    "-22": Rule(
        "the brandname is not registered with this number's network",
        Again.NEVER,
        "register the brandname with that network, through VietGuys",
    ),
    "-23": Rule("the account has no price list: call VietGuys", Again.HALT),
}

STATES = {
    "delivered": Reported.DELIVERED,
    "fail": Reported.FAILED,
    "failed": Reported.FAILED,
    "sent": None,  # with the network; whether it arrives is told later
}
NAMES = ("bid", "message_id", "msgid", "log_id")


@dataclass(frozen=True, slots=True)
class VietGuys:
    """One account at VietGuys; safe to call from many threads."""

    line: SmsLine
    request: requests.PreparedRequest
    account: Mapping[str, str]
    name: str = NAME

    def send(self, sms: OutgoingSms) -> SmsTaken:
        """Hand one SMS over.

        Errors: SendFailed; ValueError for a text that would lose letters.
        """
        fields = {
            **self.account,
            "from": sms.brandname,
            "phone": sms.phone.zalo,
            "sms": words_of(sms),
            "bid": sms.request_id,
            "type": UNICODE if sms.unicode else PLAIN,
            "json": "1",
        }
        request = with_body(self.request, urlencode(fields).encode())
        return self.line.call(request, lambda answer: _taken(answer, sms))


def build_vietguys(settings: Settings, metrics: Metrics, wire: Wire | None = None) -> VietGuys:
    """The account that the settings name."""
    account = {"u": settings.vietguys_user, "pwd": settings.vietguys_password}
    template = post_template(settings.vietguys_url, "application/x-www-form-urlencoded")
    return VietGuys(build_line(NAME, metrics, wire), template, account)


def _taken(answer: Answer, sms: OutgoingSms) -> SmsTaken:
    body = answer.body
    code = code_of(body.get("error"))
    if not code:
        raise without_code(NAME, answer)
    said = said_by(body.get("log"), sms)
    if code == TAKEN:
        carrier_id = name_of(body.get("msgid")) or name_of(body.get("log_id"))
        return SmsTaken(carrier_id, code, said)
    # Some answers say only "an error" in `error`, and which one beside it.
    which = code_of(body.get("error_code"))
    raise refusal(RULES, NAME, which if which not in ("", TAKEN) else code, said)


def vietguys_receipts(
    fields: Mapping[str, Any], now: datetime
) -> tuple[DeliveryReceipt, ...] | None:
    """What one report of VietGuys says; empty when nothing is settled yet, None when it is none.

    Shape: `fields` are one JSON object; the report stands in its `data`.
    Source: domain-facts 6.2.
    """
    data = fields.get("data", fields)
    if not isinstance(data, dict):
        return None
    refs = tuple(dict.fromkeys(name for key in NAMES if (name := name_of(data.get(key)))))
    status = plain(data.get("status")).lower()
    if not refs or status not in STATES:
        return None
    state = STATES[status]
    if state is None:
        return ()
    failed = state is Reported.FAILED
    return (DeliveryReceipt(NAME, refs, state, now, status, f"status={status}", permanent=failed),)
