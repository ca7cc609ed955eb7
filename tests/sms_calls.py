"""Calls as SMS aggregators make them, written from domain-facts 6.3 for the tests."""

import hashlib
import hmac
import json
from base64 import b64encode
from itertools import count
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from flask.testing import FlaskClient

AGGREGATORS = ("esms", "1pay", "cpurl")
AGGREGATOR_ADDRESS = "203.0.113.10"
KEYS: dict[str, Any] = {
    "sms_mo_esms_key": "esms key of the tests",
    "sms_mo_1pay_access_key": "1pay access key of the tests",
    "sms_mo_1pay_secret": "1pay secret of the tests",
    "sms_mo_cpurl_ips": (AGGREGATOR_ADDRESS,),
}
MOBILE = "84905123456"
_serial = count(1)


def esms_query(text: str, mobile: str = MOBILE, request_id: str = "") -> str:
    """The query of an eSMS MO call."""
    smsid, moment = request_id or f"s{next(_serial)}", "20261125090000"
    signed = f"CP01{smsid}{text}{moment}{KEYS['sms_mo_esms_key']}"
    sign = b64encode(hashlib.md5(signed.encode()).digest()).decode()
    fields = {"sender": mobile, "content": text, "serviceNumber": "8083", "keyword": "MCKH"}
    return urlencode(
        fields | {"cpid": "CP01", "smsid": smsid, "receiverTime": moment, "sign": sign}
    )


def one_pay_query(text: str, mobile: str = MOBILE, request_id: str = "") -> str:
    """The query of a 1pay call."""
    fields = {
        "access_key": KEYS["sms_mo_1pay_access_key"],
        "command": "MCKH",
        "mo_message": text,
        "msisdn": mobile,
        "request_id": request_id or f"r{next(_serial)}",
        "request_time": "2026-11-25T02:00:00Z",
        "short_code": "8083",
    }
    signed = "&".join(f"{name}={value}" for name, value in fields.items())
    secret = KEYS["sms_mo_1pay_secret"].encode()
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()
    return urlencode(fields | {"signature": mac})


def cpurl_query(text: str, mobile: str = MOBILE, request_id: str = "") -> str:
    """The query of a CPURL call, which has no id."""
    fields = {"code": "MCKH", "subCode": "", "mobile": mobile, "serviceNumber": "8083"}
    return urlencode(fields | {"info": text})


QUERIES = {"esms": esms_query, "1pay": one_pay_query, "cpurl": cpurl_query}


def call(web: FlaskClient, aggregator: str, query: str, address: str = AGGREGATOR_ADDRESS) -> Any:
    """One call of an aggregator; Flask's answer."""
    path = f"/webhooks/sms/{aggregator}/inbound?{query}"
    return web.get(path, environ_overrides={"REMOTE_ADDR": address})


def ask(
    web: FlaskClient, aggregator: str, text: str, mobile: str = MOBILE, request_id: str = ""
) -> str:
    """A citizen's SMS through one aggregator; the words that go back to the phone."""
    answer = call(web, aggregator, QUERIES[aggregator](text, mobile, request_id))
    assert answer.status_code == 200, answer.text
    return words_of(aggregator, answer.data)


def words_of(aggregator: str, body: bytes) -> str:
    """The words in a body."""
    if aggregator == "esms":
        return ElementTree.fromstring(body).findtext("Message") or ""
    if aggregator == "1pay":
        return str(json.loads(body)["sms"])
    status, _, words = body.decode().partition("|")
    assert status == "0"
    return words
