"""Inbound SMS in three aggregators' forms: read a call, check it, write the answer's body."""

import html
import ipaddress
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import md5, sha256
from hmac import compare_digest
from hmac import new as keyed
from typing import Protocol
from urllib.parse import parse_qsl

from bot.core.sms_answer import SmsAnswer
from bot.settings import Settings

MOST_FIELDS = 40
XML, JSON, PLAIN = "text/xml", "application/json", "text/plain"
ONE_PAY_SIGNED = (  # in this order, as its manual has it
    "access_key", "command", "mo_message", "msisdn", "request_id", "request_time", "short_code",
)  # fmt: skip
# XML 1.0 has no way to write these, not even escaped.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Fields = Mapping[str, str]


class Refusal(StrEnum):
    """Why a call is not believed."""

    NOT_CONFIGURED = "not configured"
    FORM = "form"
    ACCESS_KEY = "access key"
    SIGNATURE = "signature"
    ADDRESS = "address"


class SmsNotGenuine(Exception):
    """A call that nothing is told to."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One request: the query as it came over the wire, and the address it came from."""

    query: bytes
    address: str


@dataclass(frozen=True, slots=True, repr=False)
class InboundSms:
    """One citizen's SMS as the aggregator hands it over.

    Shape: all as sent, untrusted; `request_id` and `moment` are empty where the form has none.
    """

    sender: str
    text: str
    short_code: str
    request_id: str = ""
    moment: str = ""


class SmsAggregator(Protocol):
    """One aggregator's form."""

    @property
    def name(self) -> str:
        """Its name in our address."""
        ...

    @property
    def content_type(self) -> str:
        """What its bodies are."""
        ...

    def listen(self, call: Call) -> InboundSms:
        """The SMS of a genuine call, or SmsNotGenuine."""
        ...

    def written(self, sms: InboundSms, answer: SmsAnswer) -> str:
        """The body that carries an answer."""
        ...

    def refused(self) -> str:
        """The body of a refusal: the form with nothing in it."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Esms:
    """eSMS: MD5 over the call's fields and our key, XML back."""

    key: str
    name: str = "esms"
    content_type: str = XML

    def listen(self, call: Call) -> InboundSms:
        """Source: domain-facts 6.3; interfaces 3 (the raw 16 bytes of the MD5 in base64)."""
        fields = _fields(call, self.key)
        given = [fields.get(name, "") for name in ("cpid", "smsid", "content", "receiverTime")]
        # The aggregator's own algorithm; the key makes it what it is worth.
        digest = md5(_bytes("".join([*given, self.key])), usedforsecurity=False).digest()
        # An unescaped "+" of base64 arrives as a blank.
        _must_match(b64encode(digest), fields.get("sign", "").strip("\r\n").replace(" ", "+"))
        return InboundSms(
            sender=_text(fields, "sender"),
            text=_text(fields, "content"),
            short_code=_text(fields, "serviceNumber"),
            request_id=_text(fields, "smsid"),
            moment=_text(fields, "receiverTime"),
        )

    def written(self, sms: InboundSms, answer: SmsAnswer) -> str:
        """The message, with the id and the phone it belongs to."""
        return _client_response(answer.text, sms.request_id, sms.sender)

    def refused(self) -> str:
        """Empty elements."""
        return _client_response("", "", "")


@dataclass(frozen=True, slots=True, repr=False)
class OnePay:
    """1pay: HMAC-SHA256 over seven named fields, JSON back."""

    access_key: str
    secret: str
    name: str = "1pay"
    content_type: str = JSON

    def listen(self, call: Call) -> InboundSms:
        """Source: domain-facts 6.3 (the signed string and its order)."""
        fields = _fields(call, self.access_key and self.secret)
        signed = "&".join(f"{name}={fields.get(name, '')}" for name in ONE_PAY_SIGNED)
        digest = keyed(_bytes(self.secret), _bytes(signed), sha256).hexdigest()
        _must_match(digest.encode(), fields.get("signature", "").strip().lower())
        ours = compare_digest(_bytes(self.access_key), _bytes(fields.get("access_key", "")))
        if not ours:
            raise SmsNotGenuine(Refusal.ACCESS_KEY)
        return InboundSms(
            sender=_text(fields, "msisdn"),
            text=_text(fields, "mo_message"),
            short_code=_text(fields, "short_code"),
            request_id=_text(fields, "request_id"),
            moment=_text(fields, "request_time"),
        )

    def written(self, _sms: InboundSms, answer: SmsAnswer) -> str:
        """Status 0 makes the aggregator pay the citizen back."""
        return _one_pay(1 if answer.charged else 0, answer.text)

    def refused(self) -> str:
        """Failed, without a word."""
        return _one_pay(0, "")


@dataclass(frozen=True, slots=True, repr=False)
class Cpurl:
    """The CPURL form: known by the caller's address, plain text back."""

    networks: tuple[Network, ...]
    name: str = "cpurl"
    content_type: str = PLAIN

    def listen(self, call: Call) -> InboundSms:
        """Source: domain-facts 6.3; interfaces 3 (`info` is the whole text, there is no id)."""
        fields = _fields(call, self.networks)
        if not _within(call.address, self.networks):
            raise SmsNotGenuine(Refusal.ADDRESS)
        return InboundSms(
            sender=_text(fields, "mobile"),
            text=_text(fields, "info"),
            short_code=_text(fields, "serviceNumber"),
        )

    def written(self, _sms: InboundSms, answer: SmsAnswer) -> str:
        """One line: the status, a bar, the reply."""
        return f"0|{answer.text}"

    def refused(self) -> str:
        """A reply without words."""
        return "0|"


def sms_aggregators(settings: Settings) -> tuple[SmsAggregator, ...]:
    """The three forms with what the settings know of each; one without its key refuses all."""
    networks = tuple(ipaddress.ip_network(ip, strict=False) for ip in settings.sms_mo_cpurl_ips)
    return (
        Esms(settings.sms_mo_esms_key),
        OnePay(settings.sms_mo_1pay_access_key, settings.sms_mo_1pay_secret),
        Cpurl(networks),
    )


def _fields(call: Call, configured: object) -> Fields:
    """The query's fields, the first of each name; bytes that are no UTF-8 are kept for the MAC."""
    if not configured:
        raise SmsNotGenuine(Refusal.NOT_CONFIGURED)
    try:
        pairs = parse_qsl(
            call.query.decode("utf-8", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as fault:
        raise SmsNotGenuine(Refusal.FORM) from fault
    return dict(reversed(pairs))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(fields: Fields, name: str) -> str:
    """A field as text; what was no UTF-8 is shown as a gap."""
    return _bytes(fields.get(name, "")).decode("utf-8", "replace")


def _must_match(expected: bytes, came: str) -> None:
    if not compare_digest(expected, _bytes(came)):
        raise SmsNotGenuine(Refusal.SIGNATURE)


def _within(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped  # as a socket that listens on both families names it
    return any(found in network for network in networks)


def _client_response(message: str, smsid: str, receiver: str) -> str:
    parts = {"Message": message, "Smsid": smsid, "Receiver": receiver}
    inside = "".join(
        f"<{name}>{html.escape(_NOT_IN_XML.sub('', value), quote=False)}</{name}>"
        for name, value in parts.items()
    )
    return f"<ClientResponse>{inside}</ClientResponse>"


def _one_pay(status: int, text: str) -> str:
    return json.dumps({"status": status, "sms": text, "type": "text"})
