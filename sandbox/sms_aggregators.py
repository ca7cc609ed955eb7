"""Three aggregators' inbound forms as their manuals have them: the call, and reading the reply."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from sandbox.clock import LOCAL
from sandbox.settings import Settings

SHORT_CODE = "8083"
PARTNER = "8800"  # the id eSMS gives a partner


class UnreadableReplyError(Exception):
    """A body that is not of the aggregator's form."""


@dataclass(frozen=True, slots=True)
class Written:
    """One SMS of a citizen as it reaches the aggregator; `mobile` is in the 84… form."""

    mobile: str
    text: str
    request_id: str
    moment: float

    @property
    def keyword(self) -> str:
        """The first word, by which the short code's owner is found."""
        return (re.split(r"[\s_]", self.text.strip(), maxsplit=1)[0] or "").upper()[:20]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the phone, and whether the citizen gets the price back."""

    text: str
    refunded: bool = False


def esms_call(settings: Settings, sms: Written) -> dict[str, str]:
    """eSMS MO: base64 of the MD5 over cpid, smsid, content, receiverTime and the private key."""
    at = datetime.fromtimestamp(sms.moment, LOCAL).strftime("%Y%m%d%H%M%S")
    signed = f"{PARTNER}{sms.request_id}{sms.text}{at}{settings.esms_key}"
    digest = hashlib.md5(signed.encode(), usedforsecurity=False).digest()
    return {
        "sender": sms.mobile,
        "content": sms.text,
        "serviceNumber": SHORT_CODE,
        "keyword": sms.keyword,
        "cpid": PARTNER,
        "smsid": sms.request_id,
        "receiverTime": at,
        "sign": base64.b64encode(digest).decode(),
    }


def esms_reply(body: str) -> Reply:
    """`<ClientResponse>` with the message, its id and its receiver."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  (of the product under rehearsal)
    except ElementTree.ParseError as wrong:
        raise UnreadableReplyError(f"not XML: {wrong}") from wrong
    message = root.find("Message")
    if root.tag != "ClientResponse" or message is None:
        raise UnreadableReplyError("expected ClientResponse with a Message")
    return Reply(message.text or "")


def one_pay_call(settings: Settings, sms: Written) -> dict[str, str]:
    """1pay: HMAC-SHA256 in hex over seven fields in the alphabet's order."""
    at = datetime.fromtimestamp(sms.moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = {
        "access_key": settings.one_pay_access_key,
        "command": sms.keyword,
        "mo_message": sms.text,
        "msisdn": sms.mobile,
        "request_id": sms.request_id,
        "request_time": at,
        "short_code": SHORT_CODE,
    }
    signed = "&".join(f"{name}={value}" for name, value in fields.items())
    mac = hmac.new(settings.one_pay_secret.encode(), signed.encode(), hashlib.sha256)
    return fields | {"signature": mac.hexdigest()}


def one_pay_reply(body: str) -> Reply:
    """`{"status":1,"sms":…,"type":"text"}`; status 0 pays the citizen back."""
    try:
        found = json.loads(body)
        status, text = found["status"], found["sms"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise UnreadableReplyError(f"expected status and sms in JSON: {wrong!r}") from wrong
    if status not in (0, 1) or not isinstance(text, str) or found.get("type") != "text":
        raise UnreadableReplyError("expected status 0 or 1, sms and type text")
    return Reply(text, refunded=status == 0)


def cpurl_call(_settings: Settings, sms: Written) -> dict[str, str]:
    """CPURL: no id and no signature, the product knows this machine's address."""
    return {
        "code": sms.keyword,
        "subCode": "",
        "mobile": sms.mobile,
        "serviceNumber": SHORT_CODE,
        "info": sms.text,
    }


def cpurl_reply(body: str) -> Reply:
    """`0|` and the words."""
    status, bar, text = body.partition("|")
    if status != "0" or not bar:
        raise UnreadableReplyError("expected 0|reply")
    return Reply(text)


@dataclass(frozen=True, slots=True)
class Form:
    """How one aggregator calls and reads."""

    call: Callable[[Settings, Written], dict[str, str]]
    reply: Callable[[str], Reply]


FORMS = {
    "esms": Form(esms_call, esms_reply),
    "1pay": Form(one_pay_call, one_pay_reply),
    "cpurl": Form(cpurl_call, cpurl_reply),
}
