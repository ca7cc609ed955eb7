"""The words of the announcement pages."""

from collections.abc import Mapping

from bot.approve_announcement import Refused
from bot.core.announcement import AudienceKind, Kind, Road, State
from bot.store.announcements import StoredAnnouncement

KINDS: Mapping[str, str] = {
    Kind.EVENT: "Sự kiện",
    Kind.RULES: "Quy định, thủ tục",
    Kind.DOCUMENT: "Văn bản, chính sách mới",
    Kind.OTHER: "Khác",
}
STATES: Mapping[str, str] = {
    State.DRAFT: "Bản nháp",
    State.WAITING_APPROVAL: "Chờ duyệt",
    State.APPROVED: "Đã duyệt",
    State.SCHEDULED: "Đã lên lịch",
    State.SENDING: "Đang gửi",
    State.PAUSED: "Tạm dừng",
    State.STOPPED: "Đã dừng hẳn",
    State.DONE: "Đã gửi xong",
}
AUDIENCES: Mapping[str, str] = {
    AudienceKind.FOLLOWERS: "Mọi người quan tâm trang",
    AudienceKind.DOSSIERS: "Người có hồ sơ đang giải quyết tại một cơ quan",
    AudienceKind.OFFICIALS: "Nhóm cán bộ (vào nhóm bằng mã mời)",
    AudienceKind.TAG: "Nhãn của trang Zalo",
    AudienceKind.PHONES: "Danh sách số điện thoại (tệp CSV)",
}
ROADS: Mapping[str, str] = {
    Road.BROADCAST: "Bài đăng gửi mọi người quan tâm (một lần, không chọn được từng người)",
    Road.CHAT: "Tin nhắn cho người đã nhắn trang gần đây (48 giờ, miễn phí)",
    Road.TEMPLATE_UID: "Tin theo mẫu cho người quan tâm trang (tính phí)",
    Road.TEMPLATE_PHONE: "Tin theo mẫu đến số điện thoại (tính phí)",
}
SHORT_ROADS: Mapping[str, str] = {
    Road.BROADCAST: "Bài đăng",
    Road.CHAT: "Tin nhắn",
    Road.TEMPLATE_UID: "Tin mẫu",
    Road.TEMPLATE_PHONE: "Tin mẫu đến số",
    Road.NONE: "Không có cách gửi",
}
NAMES: Mapping[str, str] = {**KINDS, **AUDIENCES, **SHORT_ROADS}
FATES: Mapping[str, str] = {
    "waiting": "chưa gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "unsure": "không rõ",
    "failed": "không gửi được",
    "skipped": "bỏ qua",
}
FIELDS: Mapping[str, str] = {
    "agency": "Cơ quan",
    "kind": "Loại",
    "title": "Tiêu đề",
    "text": "Nội dung",
    "link": "Liên kết",
    "picture": "Ảnh",
    "audience": "Người nhận",
    "audience_agency": "Cơ quan có hồ sơ",
    "procedure": "Thủ tục",
    "tag": "Nhóm",
    "roads": "Cách gửi",
    "send_at": "Giờ gửi",
    "phones": "Danh sách số",
}
REFUSED: Mapping[Refused, str] = {
    Refused.UNKNOWN: "Không tìm thấy thông báo này.",
    Refused.CHANGED: "Thông báo đã thay đổi trong lúc trang này mở. Mời xem lại rồi làm tiếp.",
    Refused.OWN: "Người soạn không tự duyệt được. Mời một người duyệt khác.",
    Refused.NOTE: "Mời ghi lý do trả lại để người soạn biết cần sửa gì.",
    Refused.REPEAT: "Nội dung này đã gửi cho đúng nhóm người này trong 30 ngày qua. Nếu vẫn muốn "
    "gửi lại, mời đánh dấu xác nhận.",
    Refused.OLD: "Bản duyệt không còn hiệu lực (đã sửa, hoặc duyệt quá 7 ngày). Mời trình duyệt "
    "lại.",
    Refused.PAST: "Giờ gửi đã qua. Mời sửa giờ gửi rồi trình duyệt lại.",
}


def audience_words(found: StoredAnnouncement, agency_names: Mapping[str, str]) -> str:
    """Whom an announcement goes to, in one line."""
    audience = found.content.audience
    if audience.kind is AudienceKind.DOSSIERS:
        place = agency_names.get(audience.agency, audience.agency)
        what = f", thủ tục {audience.procedure}" if audience.procedure else ""
        return f"Người có hồ sơ đang giải quyết tại {place}{what}"
    if audience.kind is AudienceKind.OFFICIALS:
        return f"Nhóm cán bộ “{audience.tag}”"
    if audience.kind is AudienceKind.TAG:
        return f"Nhãn “{audience.tag}” của trang Zalo"
    if audience.kind is AudienceKind.PHONES:
        return f"Danh sách {audience.count} số điện thoại"
    return AUDIENCES[audience.kind]
