"""SpeedSMS as its manual has it: POST .../sms/send with Basic auth, and the report by POST."""

import base64
import secrets
from typing import Any

from sandbox.people import international
from sandbox.settings import SmsAccounts
from sandbox.sms_gateway import (
    Batch,
    Fate,
    Gateway,
    Json,
    Order,
    Post,
    Refusal,
    RefusedSmsError,
    Report,
    Sms,
    known_brandname,
)

BRANDNAME_TYPE = 3  # 2 a random number, 4 the gateway's own name, 5 a phone of one's own
TYPES = (2, 3, 4, 5)
MOST_AT_ONCE = 100
LONGEST = 603  # characters, nine parts of Unicode
STATUSES = {Fate.WAITING: 1, Fate.DELIVERED: 0, Fate.FAILED: 64}


def read(accounts: SmsAccounts, post: Post) -> Batch:
    """Check one request; a bad number among good ones is told in the answer.

    Errors: RefusedSmsError with HTTP 401 for the token, 101, 105, 113.
    """
    right = base64.b64encode(f"{accounts.speedsms_token}:x".encode()).decode()
    if post.headers.get("authorization", "") != f"Basic {right}":
        raise RefusedSmsError(CODES["wrong_key"])
    numbers, text = _numbers(post.body.get("to")), post.body.get("content")
    kind, sender = post.body.get("sms_type"), post.body.get("sender", "")
    if not numbers or not isinstance(text, str) or not text.strip() or kind not in TYPES:
        raise RefusedSmsError(Refusal("101", "Invalid or missing parameters"))
    if kind == BRANDNAME_TYPE and not known_brandname(accounts, sender):
        raise RefusedSmsError(Refusal("101", "sender not found"))
    if len(text) > LONGEST:
        raise RefusedSmsError(Refusal("113", "sms content too long"))
    known = {came: international(came) for came in numbers}
    orders = tuple(Order(phone, text, str(sender)) for phone in known.values() if phone)
    if not orders:
        raise RefusedSmsError(Refusal("105", "Phone number invalid"))
    return Batch(orders, tuple(came for came, phone in known.items() if phone is None))


def _numbers(came: Any) -> list[str]:
    numbers = [came] if isinstance(came, str) else came
    fits = isinstance(numbers, list) and all(isinstance(one, str) for one in numbers)
    return list(numbers) if fits and len(numbers) <= MOST_AT_ONCE else []


def taken(sms_id: str, sms: list[Sms], batch: Batch) -> Json:
    """Code 00, with parts and price of the whole request."""
    data = {
        "tranId": int(sms_id),
        "totalSMS": sum(one.parts for one in sms),
        "totalPrice": round(sum(one.cost for one in sms)),
        "invalidPhone": list(batch.invalid),
    }
    return {"status": "success", "code": "00", "data": data}


def refused(refusal: Refusal) -> Json:
    """Any other code."""
    return {"status": "error", "code": refusal.code, "message": refusal.message}


def report(accounts: SmsAccounts, sms: Sms, fate: Fate) -> Report:
    """The webhook: 0 delivered, 1 to 63 still trying, from 64 failed."""
    told: Json = {"type": "report", "tranId": int(sms.id), "phone": sms.order.phone}
    told["status"] = STATUSES[fate]
    return Report(f"{accounts.receipt_url}/speedsms/receipt", body=told)


CODES = {
    "wrong_key": Refusal("009", "Your access token is not allowed to call the api", 401),
    "no_money": Refusal("300", "Your account balance not enough to send sms"),
    "rate": Refusal("500", "Internal error, please try again", 429),
}

SPEEDSMS = Gateway(
    name="speedsms",
    new_id=lambda: str(10**14 + secrets.randbelow(9 * 10**14)),
    read=read,
    taken=taken,
    refused=refused,
    report=report,
    codes=CODES,
    write_code=lambda code: f"{code:03d}",
)
