"""Why somebody was not told, in plain words for whoever reads a report."""

from collections.abc import Mapping

# Codes of zalo-platform 5.5 and 6, and words of ours.
REASONS: Mapping[str, str] = {
    "no_way": "Không có cách gửi: không nhắn tin gần đây và chưa có mẫu tin được duyệt",
    "optout": "Đã nhắn thôi nhận bản tin",
    "unfollowed": "Đã bỏ quan tâm trang",
    "no_template": "Chưa cài đặt mẫu tin cho thông báo",
    "no_phone": "Số điện thoại không còn trong danh sách",
    "broke": "Lỗi của hệ thống, đã ghi nhật ký",
    "lost": "Không nhận được trả lời của Zalo; không gửi lại để tránh gửi hai lần",
    "-108": "Số điện thoại không hợp lệ",
    "-110": "Ứng dụng Zalo của người nhận quá cũ",
    "-114": "Người nhận không hoạt động hoặc từ chối nhận",
    "-118": "Số điện thoại không có tài khoản Zalo",
    "-119": "Tài khoản Zalo không nhận được tin",
    "-139": "Người nhận từ chối loại tin này",
    "-140": "Người nhận không đủ điều kiện nhận tin",
    "-141": "Người nhận từ chối tin của trang",
    "-144": "Hết hạn mức gửi trong ngày của trang",
    "-147": "Hết hạn mức gửi trong ngày của mẫu tin",
    "-201": "Zalo không nhận ra người nhận",
    "-211": "Hết hạn mức tin ngoài 48 giờ",
    "-213": "Người nhận không quan tâm trang",
    "-217": "Người nhận chặn lời mời",
    "-218": "Người nhận đã nhận đủ số tin cho phép",
    "-227": "Tài khoản bị khóa hoặc không hoạt động hơn 45 ngày",
    "-230": "Không nhắn tin cho trang trong 7 ngày",
    "-232": "Chưa từng nhắn tin cho trang, hoặc đã quá hạn",
    "-244": "Người nhận đã tắt loại tin này",
    "-248": "Zalo cho là vi phạm quy định nội dung",
    "-320": "Chưa liên kết ví ZBS",
    "-321": "Ví ZBS hết tiền",
}


def why(state: str, code: str | None) -> str:
    """The plain reason behind a state and code."""
    if code and code in REASONS:
        return REASONS[code]
    if state == "waiting":
        return "Chưa gửi"
    if state == "unsure":
        return REASONS["lost"]
    return f"Zalo từ chối, mã {code}" if code else ""
