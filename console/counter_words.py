"""What the counter's pages call statuses, messages and papers."""

from collections.abc import Mapping

from bot.core.dossier import Status
from bot.messages import Message

# Source: domain-facts 3.1 ("TrangThaiHoSo").
STATUS_WORDS: Mapping[int, str] = {
    Status.REGISTERED: "Mới đăng ký",
    Status.RECEIVED: "Được tiếp nhận",
    Status.REFUSED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    Status.PAYMENT: "Chờ nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.RESULT: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}
_EVENTS: Mapping[str, str] = {
    "received": "Đã tiếp nhận",
    "step": "Chuyển bước",
    "supplement": "Yêu cầu bổ sung",
    "payment": "Nghĩa vụ tài chính",
    "result": "Có kết quả",
    "refused": "Không tiếp nhận",
    "stopped": "Dừng giải quyết",
    "withdrawn": "Rút hồ sơ",
    "returned": "Đã trả kết quả",
    "apology": "Xin lỗi, hẹn lại",
    "correction": "Đính chính",
    "posted": "Bưu điện đã nhận gửi",
    "post_back": "Bưu điện chuyển hoàn",
    "status": "Trả lời tra cứu",
}
_CHANNELS: Mapping[str, str] = {
    "chat": "Zalo",
    "template_uid": "Zalo (mẫu tin)",
    "template_phone": "Zalo theo số điện thoại",
    "zalo": "Zalo",
    "sms": "SMS",
    "none": "",
}
# Parts of the reasons that operators read, and what they mean at the desk; the rest is for them.
_REASONS: Mapping[str, str] = {
    "no follower": "chưa quan tâm trang Zalo",
    "no linked follower wrote within the window": "ngoài thời gian được nhắn Zalo",
    "no template for this event": "không có mẫu tin Zalo cho việc này",
    "takes no templates": "số này không nhận mẫu tin Zalo",
    "marked bad": "số điện thoại gửi hỏng hai lần",
    "phone missing": "chưa có số điện thoại",
    "phone landline": "số cố định không nhận được tin",
    "phone invalid": "số điện thoại sai",
    "Zalo not ticked": "không đăng ký nhận qua Zalo",
    "SMS not ticked": "không đăng ký nhận SMS",
    "no SMS gateway": "tỉnh chưa mở cổng SMS",
    "waits for the sending hours": "chờ đến giờ được gửi tin",
    "answer was lost": "nhà mạng không trả lời",
    "no delivery receipt": "nhà mạng không báo nhận",
    "took the result back": "kết quả được rút lại trước khi báo",
    "dossier has moved": "hồ sơ đã sang bước khác",
    "has left the result": "hồ sơ không còn ở bước trả kết quả",
    "due date has moved": "đã có ngày hẹn khác",
    "no longer being worked on": "hồ sơ không còn được xử lý",
    "72 hours": "quá 72 giờ",
    "the same words": "vừa báo nội dung này trong 24 giờ",
}
_STATES: Mapping[str, str] = {
    "pending": "chờ gửi",
    "held": "tạm giữ",
    "sent": "đã gửi, chờ báo nhận",
    "delivered": "đã đến nơi",
    "unsure": "không rõ đã đến chưa",
    "failed": "không gửi được",
    "skipped": "không gửi",
}
_CHANNELS_OF_INTAKE: Mapping[str, str] = {
    "desk": "Trực tiếp tại quầy",
    "online": "Trực tuyến",
    "post": "Bưu chính công ích",
}
INTAKE_CHANNELS = tuple(_CHANNELS_OF_INTAKE.items())


def message_words(message: Message) -> dict[str, str]:
    """A message about a dossier in a clerk's words; never its text."""
    return {
        "event": _EVENTS.get(message.event, message.event),
        "channel": _CHANNELS.get(message.channel or "none", message.channel),
        "state": _STATES.get(message.state, message.state),
        "reason": _reason_words(message.reason or ""),
    }


def _reason_words(reason: str) -> str:
    found = [words for part, words in _REASONS.items() if part in reason]
    return "; ".join(dict.fromkeys(found))
