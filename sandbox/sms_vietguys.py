"""VietGuys as its manual has it: a form to .../api/index.php, and the report by POST."""

import secrets

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
LONGEST = {"0": 459, "8": 201}  # characters of three parts, by type: unaccented, Unicode
NEEDED = ("u", "pwd", "from", "phone", "sms")
STATUSES = {Fate.WAITING: "sent", Fate.DELIVERED: "delivered", Fate.FAILED: "fail"}


def read(accounts: SmsAccounts, post: Post) -> Batch:
    """Check one form.

    Errors: RefusedSmsError -1, -5, -8, -10, -14, -20.
    """
    came = {name: str(value) for name, value in post.body.items()}
    if any(not came.get(name, "").strip() for name in NEEDED):
        raise RefusedSmsError(Refusal("-1", "Chưa truyền đầy đủ tham số"))
    if (came["u"], came["pwd"]) != (accounts.vietguys_user, accounts.vietguys_password):
        raise RefusedSmsError(CODES["wrong_key"])
    if not known_brandname(accounts, came["from"]):
        raise RefusedSmsError(Refusal("-8", "Tên thương hiệu chưa khai báo"))
    phone = international(came["phone"]) if came["phone"].startswith("84") else None
    if phone is None:
        raise RefusedSmsError(Refusal("-10", "Số điện thoại chưa chính xác"))
    text, kind = came["sms"], came.get("type", "0")
    long_id = len(came.get("bid", "")) > REQUEST_ID_LIMIT
    if kind not in LONGEST or came.get("json") != "1" or long_id:
        raise RefusedSmsError(Refusal("-1", "Tham số type, json hoặc bid chưa đúng"))
    if kind == "0" and not text.isascii():
        raise RefusedSmsError(Refusal("-20", "Nội dung có dấu nhưng type là 0"))
    if len(text) > LONGEST[kind]:
        raise RefusedSmsError(Refusal("-14", f"Số kí tự vượt quá {LONGEST[kind]}"))
    return Batch((Order(phone, text, came["from"], came.get("bid", "")),))


def taken(sms_id: str, _sms: list[Sms], _batch: Batch) -> Json:
    """Error 0."""
    return {"error": 0, "msgid": sms_id, "log": "Gửi thành công"}


def refused(refusal: Refusal) -> Json:
    """A negative number and its words."""
    return {"error": int(refusal.code), "log": refusal.message}


def report(accounts: SmsAccounts, sms: Sms, fate: Fate) -> Report:
    """The webhook: sent, delivered or fail."""
    data = {"message_id": sms.id, "status": STATUSES[fate]}
    return Report(f"{accounts.receipt_url}/vietguys/receipt", body={"data": data})


CODES = {
    "wrong_key": Refusal("-5", "Thông tin xác thực chưa chính xác"),
    "no_money": Refusal("-12", "Hết credits gửi tin"),
    "rate": Refusal("-2", "Máy chủ đang bận"),
}

VIETGUYS = Gateway(
    name="vietguys",
    new_id=lambda: secrets.token_hex(12),
    read=read,
    taken=taken,
    refused=refused,
    report=report,
    codes=CODES,
    same_text_for=60,
    same_text=Refusal("-16", "Gửi trùng số điện thoại, thương hiệu, nội dung trong 01 phút"),
)
