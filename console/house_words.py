"""Lanes, jobs and spans of time in words, for the operators' page."""

from collections.abc import Mapping
from datetime import datetime, timedelta

LANES: Mapping[str, str] = {
    "chat": "Trả lời",
    "bulk": "Tin hàng loạt",
    "notice": "Thông báo",
    "clock": "Việc theo giờ",
    "notice.urgent": "Mã xác nhận",
    "notice.normal": "Thông báo",
    "notice.mass": "Xin lỗi buổi chiều",
}
STATES: Mapping[str, str] = {
    "waiting": "đợi đến lượt hoặc đến giờ",
    "sending": "đang gửi",
    "held": "đang bị giữ",
    "sent": "đã gửi, đợi báo nhận",
    "unsure": "mất câu trả lời, đang đợi xác minh",
    "delivered": "đã tới",
    "failed": "không gửi được",
    "skipped": "không phải gửi",
}
JOBS: Mapping[str, str] = {
    "sweep": "Rà soát tin đến hạn",
    "renew-token": "Gia hạn token Zalo",
    "apologise": "Xin lỗi 17:30 (buổi xong gần nhất)",
    "pull": "Đọc hồ sơ từ phần mềm không tự gửi",
    "end-talks": "Đóng trao đổi đã im lặng",
    "books": "Ghi sổ báo cáo",
    "read-page": "Đọc nhãn và hạn mức của trang Zalo",
    "balances": "Hỏi số dư SMS",
    "promptness": "Tính tỷ lệ gửi trong 10 giây",
    "agencies": "Cho tên, ngày cuối và nơi nối tiếp của cơ quan có hiệu lực",
    "erase": "Xóa dữ liệu theo yêu cầu của người dân",
    "purge": "Xóa dữ liệu hết hạn lưu giữ",
    "seal-audit": "Niêm phong nhật ký",
    "check-audit": "Kiểm tra chuỗi niêm phong nhật ký",
    "order-post": "Đặt bưu điện đến nhận kết quả",
    "track-post": "Đọc hành trình bưu gửi",
    "months": "Chuẩn bị bảng của các tháng tới",
    "close-unused": "Khóa tài khoản lâu không dùng",
    "tidy": "Dọn bảng tạm",
}
LEVELS: Mapping[str, str] = {"ok": "tốt", "warn": "cần để ý", "fail": "hỏng"}
FINDINGS: Mapping[str, str] = {
    "zalo.token": "Token Zalo",
    "zalo.channel": "Kênh gửi Zalo",
    "zalo.api": "Máy chủ Zalo",
}


def span_words(span: timedelta) -> str:
    """A length of time in its two largest units: "2 ngày 3 giờ", "5 phút"; "0 giây" at least."""
    seconds = max(0, round(span.total_seconds()))
    units = (("ngày", 86_400), ("giờ", 3_600), ("phút", 60), ("giây", 1))
    parts = []
    for words, length in units:
        number, seconds = divmod(seconds, length)
        parts.append((number, words))
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    shown = [f"{number} {words}" for number, words in parts[:2] if number]
    return " ".join(shown) or f"0 {parts[0][1]}"


def ago_words(now: datetime, moment: datetime | None) -> str:
    """How long ago; "chưa lần nào" for never."""
    return f"{span_words(now - moment)} trước" if moment else "chưa lần nào"
