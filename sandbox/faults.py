"""The switches that make the sandbox misbehave as the real servers do (manual 9.9)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.identity_faults import OIDC_KNOBS
from sandbox.post_faults import POST_KNOBS
from sandbox.sms_faults import sms_knobs

# name: (label on the page, description, default value; None = the switch takes no value)
KNOBS: dict[str, tuple[str, str, Any]] = {
    "duplicate": ("Gửi lặp webhook", "each webhook event is delivered twice", None),
    "reorder": ("Đảo thứ tự webhook", "an event waits until the next one has gone first", None),
    "delay": ("Webhook đến muộn", "events leave `value` seconds late (sandbox clock)", 10),
    "drop": ("Mất webhook", "events are never delivered", None),
    "wrong_signature": ("Sai chữ ký", "events carry a signature of other bytes", None),
    "missing_app_id": ("Thiếu app_id", "event bodies lack app_id; the signature counts it", None),
    "numeric_timestamp": ("timestamp là số", "the body's timestamp is a bare number", None),
    "numeric_ids": ("Mã người dùng là số", "ids of people and OA are bare numbers", None),
    "unknown_event": ("Sự kiện lạ", "events leave under a name nobody knows", None),
    "escaped_unicode": ("Unicode dạng \\u", "event bodies escape every non-ASCII letter", None),
    "escaped_slash": ("Dấu / dạng \\/", "event bodies escape every slash", None),
    "quick_answers_final": ("4xx/5xx không gửi lại", "only connection failures are retried", None),
    "receipts": ("Báo đã nhận", "user_received_message follows a send after `value` seconds", 1),
    "seen": ("Báo đã xem", "user_seen_message follows a send after `value` seconds", 2),
    "receipts_swapped": ("Đảo chiều báo nhận", "chat receipts have sender = the citizen", None),
    "no_echo": ("Không báo oa_send", "accepted sends emit no oa_send_* event", None),
    "late_echo": ("oa_send đến muộn", "oa_send_* events come `value` seconds late", 10),
    "http_500_after": ("HTTP 500 sau khi gửi", "the send happens, the answer is HTTP 500", None),
    "timeout_after": ("Treo sau khi gửi", "the send happens, no answer for `value` seconds", 15),
    "timeout_before": ("Treo trước khi gửi", "no answer for `value` seconds, nothing happens", 15),
    "cut_after": ("Đứt kết nối sau khi gửi", "the send happens, the connection is cut", None),
    "nonsense_before": ("Đáp vô nghĩa, chưa gửi", "HTTP 200 with nonsense `value` of 0 to 2", 0),
    "nonsense_after": ("Đáp vô nghĩa sau khi gửi", "sent; HTTP 200 with nonsense of 0 to 2", 0),
    "rate_limited": ("Quá tần suất (-32)", "API calls are answered -32", None),
    "rate_limit": (
        "Trần cuộc gọi mỗi phút",
        "`value` calls a minute per app, 0 = no ceiling",
        4000,
    ),
    "send_failed": ("Gửi hỏng (-200)", "sends are answered -200 and do not happen", None),
    "error_code": (
        "Mã lỗi tùy chọn",
        "sends are answered with code `value`, nothing happens",
        -248,
    ),
    "token_revoked": ("Thu hồi token", "switching on kills the present access token", None),
    "grant_lost": ("OA thu hồi quyền", "switching on kills access and refresh tokens", None),
    "proof_required": ("Bắt buộc appsecret_proof", "calls without a right proof get -242", None),
    "quota_missing": ("Thiếu quota", "answers to sends lack the quota object", None),
    "cs_quota_empty": ("Hết hạn mức tin", "paid sends outside 48 h get code `value`", -211),
    "unfollow_closes": ("Bỏ quan tâm là đóng", "CS to people who unfollowed gets -213", None),
    "media_expired": ("Ảnh hết hạn", "addresses of attachments are expired at once", None),
    "oauth_timeout_before": ("OAuth treo trước", "no token answer for `value` s, no rotation", 15),
    "oauth_timeout_after": ("OAuth treo sau", "tokens rotate, no answer for `value` seconds", 15),
    "oauth_500_after": ("OAuth HTTP 500", "tokens rotate, the answer is HTTP 500", None),
    "oauth_error": ("OAuth báo lỗi", "HTTP 200 with error `value`, nothing rotates", -14002),
    "state_not_echoed": ("OAuth không trả state", "the consent callback lacks `state`", None),
    "slow": ("Trả lời chậm", "every API answer takes `value` milliseconds more", 500),
    "zbs_night": ("ZBS cấm ban đêm", "templates by phone get -133 from 22:00 to 06:00", None),
    "zbs_quota_empty": ("ZBS hết hạn mức", "templates by phone get code `value`", -144),
    "zbs_no_receipt": (
        "ZBS không báo phát",
        "templates by phone are never reported delivered",
        None,
    ),
    "zbs_receipt_delay": ("ZBS báo phát muộn", "delivery receipts come after `value` seconds", 2),
    **sms_knobs(),
    **POST_KNOBS,
    **OIDC_KNOBS,
}


@dataclass(slots=True)
class Fault:
    """One switch as it stands: how often it still acts (None = until switched off)."""

    name: str
    value: Any
    on: bool = False
    count: int | None = None

    def seen(self) -> dict[str, Any]:
        """The switch as the page and the control API show it."""
        label, description, _ = KNOBS[self.name]
        return {
            "name": self.name,
            "label": label,
            "description": description,
            "on": self.on,
            "value": self.value,
            "count": self.count,
        }


class Faults:
    """All switches; those that count down switch themselves off."""

    def __init__(self, changed: Callable[[Fault], None]) -> None:
        self._changed = changed
        self._all = {name: Fault(name, knob[2]) for name, knob in KNOBS.items()}

    def take(self, name: str) -> bool:
        """Whether the fault acts now; one use of a counted fault is used up."""
        fault = self._all[name]
        if not fault.on:
            return False
        if fault.count is not None:
            fault.count -= 1
            fault.on = fault.count > 0
            self._changed(fault)
        return True

    def setting(self, name: str) -> Any:
        """The value that counts now: the one set while the switch was last on, or the default."""
        return self._all[name].value

    def set(self, name: str, on: bool, count: int | None, value: Any) -> Fault:
        """Move one switch; without a value the default comes back."""
        fault = self._all[name]
        fault.on, fault.count = on, count if on else None
        fault.value = KNOBS[name][2] if value is None or not on else value
        self._changed(fault)
        return fault

    def all_off(self) -> None:
        """Everything as it was at the start."""
        for name, fault in self._all.items():
            if fault.on:
                self.set(name, False, None, None)

    def seen(self) -> list[dict[str, Any]]:
        """All switches in the order of the table."""
        return [fault.seen() for fault in self._all.values()]
