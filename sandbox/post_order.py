"""One order as the post's manual has it: which fields it needs, and what is wrong with one."""

import re
from typing import Any

from sandbox.post_numbers import is_item_code

Json = dict[str, Any]
NEEDED = (
    "CustomerCode", "OrderNumber", "SenderProvince", "SenderAddress", "SenderName", "SenderTel",
    "ReceiverName", "ReceiverAddress", "ReceiverTel", "ReceiverProvince",
)  # fmt: skip
OPTIONAL = (
    "ItemCode", "SenderDistrict", "SenderEmail", "SenderDesc", "Description", "ReceiverDistrict",
    "ReceiverEmail",
)  # fmt: skip
LONGEST = 500
TEL = re.compile(r"\+?[0-9][0-9 .-]{7,14}")
TO_COLLECT = 2  # FlagConfig: the post comes and fetches the parcel


def fault_of(body: Json) -> tuple[str, str] | None:
    """The first thing wrong with an order as (status, message); None when it can be taken."""
    for name in (*NEEDED, *OPTIONAL):
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST:
            return "202", f"Trường {name} không đúng định dạng"
        if name in NEEDED and not value.strip():
            return "201", f"Thiếu trường {name}"
    for name in ("SenderTel", "ReceiverTel"):
        if not TEL.fullmatch(body[name].strip()):
            return "202", f"Trường {name} không phải số điện thoại"
    return _fault_of_numbers(body)


def _fault_of_numbers(body: Json) -> tuple[str, str] | None:
    amount = body.get("CODAmount", 0)
    if type(amount) is not int or amount < 0:
        return "202", "Trường CODAmount không đúng định dạng"
    if body.get("FlagConfig") != TO_COLLECT:
        return "202", "Trường FlagConfig không đúng định dạng"
    if body.get("ItemCode") and not is_item_code(body["ItemCode"]):
        return "203", "Mã bưu gửi (ItemCode) không hợp lệ"
    return None


def side_of(body: Json, side: str) -> dict[str, str]:
    """The facts of "Sender" or "Receiver", by their short names."""
    return {
        name.removeprefix(side).lower(): body.get(name, "")
        for name in (*NEEDED, *OPTIONAL)
        if name.startswith(side)
    }
