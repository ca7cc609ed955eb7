"""Requests to the SMS gateways of the rehearsal, as the manuals have them."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.sandbox.rehearsal import PATIENCE, Arrived, Product, Rehearsal

TEXT = "TB: Ho so cua quy ong/ba (MS: 0101701234) da duoc giai quyet xong"
AN, NOBODY = "84905000001", "84905999999"
ESMS = {
    "ApiKey": "sandbox-esms-api-key",
    "SecretKey": "sandbox-esms-secret-key",
    "Phone": "0905000001",
    "Content": TEXT,
    "Brandname": "MotcuaSMS",
    "SmsType": "2",
    "IsUnicode": "0",
    "Sandbox": "0",
    "RequestId": "r-1",
}
SPEEDSMS = {"to": [AN], "content": TEXT, "sms_type": 3, "sender": "MotcuaSMS"}
VIETGUYS = {
    "u": "sandbox",
    "pwd": "sandbox-vietguys-password",
    "from": "MotcuaSMS",
    "phone": AN,
    "sms": TEXT,
    "bid": "r-1",
    "type": "0",
    "json": "1",
}
TAKEN = {"esms": "100", "speedsms": "00", "vietguys": "0"}
GATEWAYS = ("esms", "speedsms", "vietguys")


def esms(zalo: Rehearsal, **changes: Any) -> requests.Response:
    """One request to eSMS; a change to None leaves the field out."""
    body = {name: value for name, value in (ESMS | changes).items() if value is not None}
    return zalo.http.post(f"{zalo.url}/sms/esms", json=body, timeout=PATIENCE)


def speedsms(
    zalo: Rehearsal, token: str = "sandbox-speedsms-token", **changes: Any
) -> requests.Response:
    """One request to SpeedSMS."""
    return zalo.http.post(
        f"{zalo.url}/sms/speedsms",
        json=SPEEDSMS | changes,
        auth=(token, "x"),
        timeout=PATIENCE,
    )


def vietguys(zalo: Rehearsal, **changes: Any) -> requests.Response:
    """One form to VietGuys."""
    form = {name: value for name, value in (VIETGUYS | changes).items() if value is not None}
    return zalo.http.post(f"{zalo.url}/sms/vietguys", data=form, timeout=PATIENCE)


CALLS = {"esms": esms, "speedsms": speedsms, "vietguys": vietguys}


def code_of(gateway: str, answer: requests.Response) -> str:
    """The code in an answer, each gateway's own way."""
    told = answer.json()
    names = {"esms": "CodeResult", "speedsms": "code", "vietguys": "error"}
    return str(told[names[gateway]])


def texts_on(zalo: Rehearsal, alias: str = "an") -> list[str]:
    """The SMS of a gateway on a citizen's phone."""
    rows = zalo.get(f"/control/messages?user={alias}")["messages"]
    return [row["text"] for row in rows if row["from"] == "brandname"]


def reports(product: Product, gateway: str) -> list[Arrived]:
    """The delivery reports of one gateway."""
    return [one for one in product.arrived if one.path.startswith(f"/webhooks/sms/{gateway}/rec")]


def fate(gateway: str, report: Arrived) -> str:
    """What a report says: delivered, failed or waiting."""
    if gateway == "esms":
        told = dict(parse_qsl(urlsplit(report.path).query))
        known = {("5", "1"): "delivered", ("5", "0"): "failed", ("7", "0"): "waiting"}
        return known[told["SendStatus"], told["SendSuccess"]]
    if gateway == "speedsms":
        status = report.event["status"]
        return "delivered" if status == 0 else "waiting" if status < 64 else "failed"
    known_words = {"delivered": "delivered", "fail": "failed", "sent": "waiting"}
    return known_words[report.event["data"]["status"]]
