"""eSMS as its manual has it: POST .../SendMultipleMessage_V4_post_json/ and the report by GET."""

import re
import uuid
from datetime import datetime

from sandbox.clock import LOCAL
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

REQUEST_ID_LIMIT = 50
CARE = "2"  # SmsType of customer care under a brandname; 1 is advertising
NETWORKS = (  # telcoid by the first digits behind 84
    ("1", r"86|9[678]|3[2-9]"),
    ("2", r"89|90|93|7[06-9]"),
    ("3", r"88|91|94|8[1-5]"),
    ("4", r"92|5[268]"),
    ("5", r"99|59"),
    ("6", r"87"),
    ("7", r"55"),
)
FATES = {
    Fate.WAITING: ("7", "0", "0"),
    Fate.DELIVERED: ("5", "1", "0"),
    Fate.FAILED: ("5", "0", "1"),
}


def read(accounts: SmsAccounts, post: Post) -> Batch:
    """Check one request in the order of the manual's codes.

    Errors: RefusedSmsError 101, 300, 118, 119, 108, 104, 199, 146, 159.
    """
    came = {name: "" if value is None else str(value) for name, value in post.body.items()}
    keys = (came.get("ApiKey"), came.get("SecretKey"))
    if keys != (accounts.esms_api_key, accounts.esms_secret_key):
        raise RefusedSmsError(CODES["wrong_key"])
    _check_kind(came.get("SmsType", ""))
    written = came.get("Phone", "")
    phone = international(written) if written.startswith(("0", "84")) else None
    if phone is None:
        raise RefusedSmsError(Refusal("108", "Phone number is not valid"))
    if not known_brandname(accounts, came.get("Brandname")):
        raise RefusedSmsError(Refusal("104", "Brandname is not exist"))
    text = came.get("Content", "")
    _check_text(text, came.get("IsUnicode") or "0")
    request_id = came.get("RequestId", "")
    if len(request_id) > REQUEST_ID_LIMIT:
        raise RefusedSmsError(
            Refusal("159", f"RequestId is longer than {REQUEST_ID_LIMIT} characters")
        )
    order = Order(
        phone=phone,
        text=text,
        brandname=came["Brandname"],
        request_id=request_id,
        callback=_callback(came.get("CallbackUrl", "")),
        send_at=_moment(came.get("SendDate", "")),
    )
    return Batch((order,), rehearsal=came.get("Sandbox", "0") == "1")


def _check_kind(kind: str) -> None:
    if not kind:
        raise RefusedSmsError(Refusal("300", "SmsType is required"))
    if kind == "1":
        raise RefusedSmsError(Refusal("119", "Advertising needs at least 30 phone numbers"))
    if kind != CARE:
        raise RefusedSmsError(Refusal("118", "SmsType is not valid"))


def _check_text(text: str, unicode: str) -> None:
    if not text.strip():
        raise RefusedSmsError(Refusal("199", "Content is empty"))
    if unicode not in ("0", "1"):
        raise RefusedSmsError(Refusal("199", "IsUnicode is not 0 or 1"))
    if unicode == "0" and not text.isascii():
        # What is registered for customer care is unaccented unless it is sent as Unicode.
        raise RefusedSmsError(Refusal("146", "Content has accents but IsUnicode is 0"))


def _callback(url: str) -> str:
    if url and not re.match(r"https?://[^/]", url):
        raise RefusedSmsError(Refusal("199", "CallbackUrl is not valid"))
    return url


def _moment(written: str) -> float | None:
    if not written:
        return None
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=LOCAL).timestamp()
    except ValueError:
        raise RefusedSmsError(Refusal("199", "SendDate is not valid")) from None


def taken(sms_id: str, _sms: list[Sms], _batch: Batch) -> Json:
    """Code 100: taken, which says nothing of its arrival."""
    return {"CodeResult": "100", "CountRegenerate": 0, "SMSID": sms_id}


def refused(refusal: Refusal) -> Json:
    """Any other code."""
    return {"CodeResult": refusal.code, "ErrorMessage": refusal.message}


def report(accounts: SmsAccounts, sms: Sms, fate: Fate) -> Report:
    """The call to CallbackUrl, or to the address set in the console."""
    status, success, failed = FATES[fate]
    query = {
        "SMSID": sms.id,
        "SendStatus": status,
        "SendSuccess": success,
        "SendFailed": failed,
        "TotalReceiver": "1",
        "TotalSent": "0" if fate is Fate.WAITING else "1",
        "TotalPrice": f"{sms.cost:.0f}",
        "RequestId": sms.order.request_id,
        "TypeId": CARE,
        "telcoid": network_of(sms.order.phone),
        "phonenumber": f"0{sms.order.phone[2:]}",
    }
    return Report(sms.order.callback or f"{accounts.receipt_url}/esms/receipt", query=query)


def network_of(phone: str) -> str:
    """The network's id by the number's head; a number carried over keeps its old one."""
    return next((known for known, head in NETWORKS if re.match(f"84(?:{head})", phone)), "0")


CODES = {
    "wrong_key": Refusal("101", "ApiKey or SecretKey is not valid"),
    "no_money": Refusal("103", "Balance is not enough"),
    "rate": Refusal("160", "Too many requests per second"),
}

ESMS = Gateway(
    name="esms",
    new_id=lambda: str(uuid.uuid4()),
    read=read,
    taken=taken,
    refused=refused,
    report=report,
    codes=CODES,
    repeats_for=24 * 3600,
    repeat=Refusal("124", "RequestId is repeated"),
    same_text_for=5 * 60,
)
