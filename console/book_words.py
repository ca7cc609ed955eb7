"""What the pages of the books call figures, events, outcomes, channels and reasons."""

from collections.abc import Mapping

FIGURES: Mapping[str, str] = {
    "received": "Tiếp nhận",
    "taken_over": "Tồn chuyển sang",
    "resolved_early": "Trước hạn",
    "resolved_on_time": "Đúng hạn",
    "resolved_late": "Trễ hạn",
    "late_apologised": "Trễ hạn, đã xin lỗi",
    "resolved_electronic": "Có kết quả điện tử",
    "resolved_digitised": "Có số hóa giấy tờ hoặc kết quả",
    "papers": "Giấy tờ của hồ sơ đã giải quyết",
    "papers_reused": "Giấy tờ dùng lại",
    "reopened": "Mở lại",
    "ended": "Từ chối, rút, dừng",
    "phone_missing": "Không có số",
    "phone_invalid": "Số sai",
    "phone_landline": "Số cố định",
    "due": "Phải báo",
    "sent": "Đã gửi",
    "delivered": "Đã đến",
    "skipped": "Không gửi",
    "failed": "Gửi hỏng",
    "pending": "Đang chờ",
    "apologies": "Xin lỗi",
    "attempts": "Lượt gửi",
    "parts": "Phần SMS",
    "cost_dong": "Chi phí (đồng)",
}
# What a table of the overview shows, in this order; those without a drill-down are sums of money
# and of parts.
COLUMNS = (
    "received",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "resolved_electronic",
    "due",
    "sent",
    "delivered",
    "skipped",
    "failed",
    "pending",
    "parts",
    "cost_dong",
)
WITHOUT_CASES = frozenset({"attempts", "parts", "cost_dong"})
# Of what these count a dossier may have several.
SEVERAL = frozenset({"papers", "papers_reused"})
EVENTS: Mapping[str, str] = {
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
    "otp": "Mã xác nhận số điện thoại",
}
OUTCOMES: Mapping[str, str] = {
    "delivered": "Đã đến nơi",
    "sent": "Đã gửi, không có báo nhận",
    "awaited": "Đã gửi, chờ báo nhận",
    "unsure": "Đã gửi, nhà mạng không trả lời",
    "skipped": "Không gửi",
    "failed": "Gửi hỏng",
    "pending": "Đang chờ gửi",
    "lost": "Thiếu tin báo",
}
CHANNELS: Mapping[str, str] = {
    "chat": "Tin nhắn Zalo",
    "template_uid": "Mẫu tin Zalo (người quan tâm)",
    "template_phone": "Mẫu tin Zalo (số điện thoại)",
    "sms": "SMS",
    "": "–",
}
REASONS: Mapping[str, str] = {
    "phone_missing": "Hồ sơ không có số điện thoại",
    "phone_invalid": "Số điện thoại sai",
    "phone_landline": "Số cố định không nhận được tin",
    "phone_bad": "Số gửi hỏng hai lần",
    "not_ticked": "Không đăng ký nhận tin",
    "left_out": "Cơ quan không dùng kênh còn lại",
    "no_template": "Không có mẫu tin Zalo",
    "no_follower": "Chưa quan tâm trang Zalo",
    "no_gateway": "Chưa mở cổng SMS",
    "taken_back": "Kết quả được rút lại trước khi báo",
    "moved_on": "Hồ sơ đã chuyển tiếp trước khi báo",
    "said_already": "Nội dung này vừa báo trong 24 giờ",
    "too_late": "Quá thời gian được gửi",
    "refused": "Nhà mạng từ chối",
    "other": "Lý do khác",
    "": "–",
}
WAYS: Mapping[str, str] = {
    "lookup.typed": "Gõ mã",
    "lookup.link": "Quét mã QR, mở liên kết",
    "lookup.photo": "Gửi ảnh phiếu",
    "lookup.sms": "Nhắn SMS",
    "lookup.page": "Mở trang tra cứu",
    "lookup.paper": "Kiểm tra kết quả: tìm thấy",
    "lookup.no_paper": "Kiểm tra kết quả: không tìm thấy",
}
REPLIES: Mapping[str, str] = {
    "reply.2": "Trong 2 giây",
    "reply.5": "Trong 5 giây",
    "reply.10": "Trong 10 giây",
    "reply.60": "Trong 1 phút",
    "reply.later": "Lâu hơn",
    "reply.none": "Chưa trả lời được",
}


def number_words(number: int) -> str:
    """A whole number as it is written in Vietnam: 1.234.567."""
    return f"{number:,}".replace(",", ".")


def share_words(part: int, whole: int) -> str:
    """A share as it is written in Vietnam: 12,3 %; a dash of nothing."""
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else "–"
