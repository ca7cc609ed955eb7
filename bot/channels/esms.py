"""eSMS (eSMS.vn): one JSON POST for each SMS, and reports by GET.

Source: domain-facts 6.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from bot.channels.channel import Again
from bot.channels.http import Answer, Wire
from bot.channels.sms_gateway import OutgoingSms, SmsTaken
from bot.channels.sms_line import (
    LONGEST_SAID,
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
from bot.core.receipt import DeliveryReceipt, Reported
from bot.metrics import Metrics
from bot.settings import Settings

NAME = "esms"
TAKEN = "100"
TAKEN_BEFORE = "124"  # the same RequestId within 24 h: our first try arrived after all
CARE = "2"  # SmsType of service messages; advertising would be "1"

MATCH = "compare the text with the template registered for the brandname (mẫu tin CSKH)"
ASK = "ask eSMS what it means; its words stand with the message"

# HALT where every message would fail alike, so that nothing is thrown away; CLOSED only where
# the number is at fault, for that is held against the number; NEVER for the message alone.
RULES: Rules = {
    # In the list of 2026 a blocked number, in older ones "unknown"; permanent in both.
    "99": Rule("the number is blocked", Again.CLOSED),
    "101": Rule("ApiKey or SecretKey is wrong: correct ESMS_API_KEY, ESMS_SECRET_KEY", Again.HALT),
    "102": Rule("the account has no price list: call eSMS", Again.HALT),
    "103": Rule("the balance is exhausted: top up", Again.HALT),
    # The house has one brandname, so all messages would fail with it.
    "104": Rule(
        "the brandname does not exist or is locked: renew it, or SMS_BRANDNAME", Again.HALT
    ),
    # A code of the status query; nothing is known against the number.
    "105": Rule("message id not found", Again.NEVER, ASK),
    "107": Rule("advertising needs at least 30 numbers", Again.HALT),  # our type is service
    "108": Rule("the phone number is badly formed", Again.CLOSED),
    # Types and forms are the same in every request.
    "118": Rule("SmsType is wrong: the account is not for service messages", Again.HALT),
    "119": Rule("advertising needs at least 20 numbers", Again.HALT),
    "120": Rule("too many numbers at once", Again.PAUSE),
    "131": Rule("longer than 422 characters", Again.NEVER, MATCH),
    "132": Rule("the account may not send this type: call eSMS", Again.HALT),
    "140": Rule("our address is not on the account's list: have it entered", Again.HALT),
    "143": Rule("the account is locked: call eSMS", Again.HALT),
    "146": Rule("the text does not match the registered template", Again.NEVER, MATCH),
    "159": Rule("RequestId is too long", Again.NEVER, ASK),
    "160": Rule("too many messages a second", Again.PAUSE),
    "163": Rule("refused without a documented reason", Again.NEVER, ASK),
    # Our registration is at fault and only for this network: neither the number nor the account.
    "177": Rule(
        "the brandname is not registered with this number's network",
        Again.NEVER,
        "register the brandname with that network, through eSMS",
    ),
    "199": Rule("refused without a documented reason", Again.NEVER, ASK),
    "201": Rule("the text has a blocked word", Again.NEVER, MATCH),
    "300": Rule("SmsType is missing", Again.HALT),
}

FINISHED, REJECTED = "5", "4"
UNDER_WAY = {"1", "2", "7"}  # waiting for approval, waiting to go, gone and not reported yet
TOLD = ("SendStatus", "SendSuccess", "SendFailed", "TotalPrice", "telcoid")


@dataclass(frozen=True, slots=True)
class Esms:
    """One account at eSMS; safe to call from many threads."""

    line: SmsLine
    request: requests.PreparedRequest
    account: Mapping[str, str]
    name: str = NAME

    def send(self, sms: OutgoingSms) -> SmsTaken:
        """Hand one SMS over; the same request id within 24 h is never sent twice.

        Errors: SendFailed; ValueError for a text that would lose letters.
        """
        fields = {
            **self.account,
            "Phone": sms.phone.national,
            "Content": words_of(sms),
            "Brandname": sms.brandname,
            "SmsType": CARE,
            "IsUnicode": "1" if sms.unicode else "0",
            "Sandbox": "0",
            "RequestId": sms.request_id,
        }
        if sms.callback:
            fields["CallbackUrl"] = sms.callback
        request = with_body(self.request, compact_json(fields).encode())
        return self.line.call(request, lambda answer: _taken(answer, sms))


def build_esms(settings: Settings, metrics: Metrics, wire: Wire | None = None) -> Esms:
    """The account that the settings name."""
    account = {"ApiKey": settings.esms_api_key, "SecretKey": settings.esms_secret_key}
    template = post_template(settings.esms_url, "application/json")
    return Esms(build_line(NAME, metrics, wire), template, account)


def _taken(answer: Answer, sms: OutgoingSms) -> SmsTaken:
    code = code_of(answer.body.get("CodeResult"))
    if not code:
        raise without_code(NAME, answer)
    said = said_by(answer.body.get("ErrorMessage"), sms)
    if code not in (TAKEN, TAKEN_BEFORE):
        raise refusal(RULES, NAME, code, said)
    return SmsTaken(name_of(answer.body.get("SMSID")), code, said)


def esms_receipts(fields: Mapping[str, Any], now: datetime) -> tuple[DeliveryReceipt, ...] | None:
    """What one report of eSMS says; empty when nothing is settled yet, None when it is no report.

    Shape: `fields` are those of the query. A finished message that did not arrive is held against
           the number, a rejected one (waiting for approval, then refused) is not.
    Source: domain-facts 6.2 (Callback).
    """
    status = plain(fields.get("SendStatus"))
    refs = tuple(
        name for name in (name_of(fields.get(key)) for key in ("RequestId", "SMSID")) if name
    )
    if not refs or status not in {FINISHED, REJECTED, *UNDER_WAY}:
        return None
    state = _state(status, fields)
    if state is None:
        return ()
    told = [f"{key}={value}" for key in TOLD if (value := code_of(fields.get(key)))]
    return (
        DeliveryReceipt(
            carrier=NAME,
            refs=refs,
            state=state,
            at=now,
            code=status,
            said=" ".join(told)[:LONGEST_SAID],
            permanent=state is Reported.FAILED and status == FINISHED,
        ),
    )


def _state(status: str, fields: Mapping[str, Any]) -> Reported | None:
    if status == REJECTED:
        return Reported.FAILED
    if status != FINISHED:
        return None
    if whole(fields.get("SendSuccess")):
        return Reported.DELIVERED
    return Reported.FAILED if whole(fields.get("SendFailed")) else None
