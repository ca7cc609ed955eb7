"""What staff did, in the words of the audit page."""

from collections.abc import Mapping

from console.frame import ROLE_WORDS

# A test compares these with the actions that the product writes.
WORDS: Mapping[str, str] = {
    "login.ok": "Đăng nhập",
    "login.refused": "Đăng nhập không thành công",
    "login.locked": "Tạm khóa vì nhập sai 5 lần",
    "login.ended": "Đăng xuất",
    "staff.added": "Thêm tài khoản",
    "staff.changed": "Sửa tài khoản",
    "staff.password_changed": "Đổi mật khẩu của mình",
    "procedures.imported": "Nhập danh mục thủ tục",
    "agency.desk": "Sửa thông tin quầy",
    "intake.saved": "Tiếp nhận hồ sơ",
    "dossier.opened": "Mở hồ sơ xem thông tin cá nhân",
    "dossier.moved": "Chuyển trạng thái hồ sơ",
    "phone.corrected": "Sửa số điện thoại",
    "slip.printed": "In giấy tờ của hồ sơ",
    "batch.asked": "Yêu cầu in theo ngày",
    "batch.opened": "Mở tệp in theo ngày",
    "photo.read": "Đọc ảnh phiếu",
    "handover.taken": "Nhận cuộc trao đổi",
    "handover.handed": "Chuyển cuộc trao đổi cho người khác",
    "handover.answered": "Trả lời người dân",
    "handover.closed": "Kết thúc cuộc trao đổi",
    "bill.imported": "Đối chiếu bảng kê SMS",
    "complaint.answered": "Trả lời phản ánh chưa có kết quả",
    "announcement.begun": "Soạn thông báo mới",
    "announcement.written": "Sửa thông báo",
    "announcement.asked": "Gửi thông báo đi duyệt",
    "announcement.approved": "Duyệt thông báo",
    "announcement.given_back": "Trả lại thông báo",
    "announcement.released": "Cho gửi thông báo",
    "announcement.held_back": "Rút lại lịch gửi thông báo",
    "announcement.paused": "Tạm dừng gửi thông báo",
    "announcement.resumed": "Gửi tiếp thông báo",
    "announcement.stopped": "Dừng hẳn thông báo",
    "announcement.tried": "Gửi thử thông báo",
    "invitation.made": "Tạo mã mời nhận tin gửi thử",
    "invitation.ended": "Hủy mã mời nhận tin gửi thử",
}

# Names of details, and what stands in their place when it is no text for people.
DETAILS: Mapping[str, str] = {
    "roles": "vai trò",
    "agency_code": "cơ quan",
    "disabled": "khóa",
    "name": "họ tên",
    "new_password": "mật khẩu mới",
    "kind": "việc",
    "status": "mã trạng thái",
    "paper": "giấy",
    "size": "khổ",
    "slips": "số phiếu",
    "day": "ngày",
    "photos": "số ảnh",
    "codes": "mã hồ sơ",
    "procedure": "thủ tục",
    "fields": "mục đã sửa",
    "was": "số trước đó",
    "length": "số chữ",
    "to": "chuyển cho",
    "goodbye": "có lời chào",
    "verdict": "kết luận",
    "lines": "số dòng",
    "differences": "số chỗ khác nhau",
    "told": "gửi qua Zalo",
}
VALUES: Mapping[object, str] = {
    True: "có",
    False: "không",
    None: "không có",
    "changed": "đã sửa",
    "ready": "nay đã có kết quả",
    "not_ready": "chưa có kết quả",
    "was_ready": "đã có từ trước",
    "forward": "chuyển xử lý",
    "supplement": "yêu cầu bổ sung",
    "resume": "đã bổ sung đủ",
    "refuse": "từ chối",
    "payment": "chờ nghĩa vụ tài chính",
    "withdraw": "rút hồ sơ",
    "stop": "dừng xử lý",
    "result": "có kết quả",
    "hand_back": "trả kết quả",
    "new_day": "hẹn lại",
    "missing": "không có",
    "invalid": "không hợp lệ",
    "landline": "số cố định",
    **{str(role): words.lower() for role, words in ROLE_WORDS.items()},
}


def said(action: str) -> str:
    """An action in words; one without words as it is stored, so that nothing is hidden."""
    return WORDS.get(action, action)


def told(detail: Mapping[str, object]) -> tuple[str, ...]:
    """The details of a deed in words, as far as there are words for them."""
    return tuple(f"{DETAILS.get(name, name)}: {_value(value)}" for name, value in detail.items())


def _value(value: object) -> str:
    if isinstance(value, str):
        return ", ".join(VALUES.get(part, part) for part in value.split(","))
    return VALUES.get(value, str(value)) if isinstance(value, bool | None) else str(value)
