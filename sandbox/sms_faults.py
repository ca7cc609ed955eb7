"""The switches that make the SMS gateways misbehave: the same set for each of them."""

from typing import Any

GATEWAYS = ("esms", "speedsms", "vietguys")
TITLES = {"esms": "eSMS", "speedsms": "SpeedSMS", "vietguys": "VietGuys"}
SOME_CODE = {"esms": 99, "speedsms": 500, "vietguys": -11}  # each writes codes in its own way

# what: (label on the page, description, default value, or one per
# gateway; None = the switch takes no value)
SWITCHES: dict[str, tuple[str, str, Any]] = {
    "wrong_key": ("sai khóa", "every request is answered as with a wrong key", None),
    "no_money": ("hết tiền", "every request is answered as with an empty wallet", None),
    "rate": ("quá tần suất", "every request is answered as one too many a second", None),
    "error_code": ("mã lỗi tự chọn", "every request is answered with code `value`", SOME_CODE),
    "slow": ("trả lời chậm", "every answer takes `value` milliseconds more", 500),
    "timeout_after": ("treo sau khi nhận", "taken, no answer for `value` seconds", 15),
    "http_500_after": ("HTTP 500 sau khi nhận", "taken, the answer is HTTP 500", None),
    "cut_after": ("đứt kết nối sau khi nhận", "taken, the connection is cut", None),
    "cut_before": ("đứt kết nối trước khi nhận", "not taken, the connection is cut", None),
    "nonsense_after": ("đáp vô nghĩa sau khi nhận", "taken; HTTP 200 with nonsense of 0 to 2", 0),
    "receipt_lost": ("mất báo cáo", "delivered, but no receipt is ever sent", None),
    "receipt_late": ("báo cáo muộn", "receipts come `value` seconds late (sandbox clock)", 600),
    "receipt_twice": ("báo cáo lặp lại", "every receipt is sent twice", None),
    "receipt_failed": ("báo cáo thất bại", "not delivered, the receipt says failed", None),
    "unreachable": (
        "thuê bao không liên lạc được",
        "the network keeps trying for `value` seconds, then the receipt says failed",
        3600,
    ),
}


def sms_fault(gateway: str, what: str) -> str:
    """The switch's name."""
    return f"sms_{gateway}_{what}"


def sms_knobs() -> dict[str, tuple[str, str, Any]]:
    """All switches of all gateways, in the form of faults.KNOBS."""
    return {
        sms_fault(gateway, what): (
            f"{TITLES[gateway]}: {label}",
            f"{gateway}: {about}",
            value[gateway] if isinstance(value, dict) else value,
        )
        for gateway in GATEWAYS
        for what, (label, about, value) in SWITCHES.items()
    }
