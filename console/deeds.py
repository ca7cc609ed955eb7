"""What staff did, in the words of the audit page."""

from collections.abc import Mapping

from bot.core.changed_facts import AFTER, BEFORE
from console.agency_words import LABELS as AGENCY_FACTS
from console.agency_words import as_read
from console.book_words import CHANNELS, EVENTS
from console.frame import ROLE_WORDS

# A test compares these with the actions that the product writes.
WORDS: Mapping[str, str] = {
    "login.ok": "Đăng nhập",
    "login.refused": "Đăng nhập không thành công",
    "login.locked": "Tạm khóa vì nhập sai 5 lần",
    "login.ended": "Đăng xuất",
    "login.half": "Nhập đúng mật khẩu, chờ mã xác thực",
    "login.code_refused": "Nhập sai mã xác thực",
    "login.place_waits": "Tạm ngừng nhận đăng nhập từ một địa chỉ mạng",
    "staff.added": "Thêm tài khoản",
    "staff.changed": "Sửa tài khoản",
    "staff.password_changed": "Đổi mật khẩu của mình",
    "staff.factor_set_up": "Thiết lập xác thực hai lớp",
    "staff.factor_dropped": "Bỏ xác thực hai lớp của mình",
    "staff.factor_reset": "Đặt lại xác thực hai lớp của tài khoản",
    "staff.linked": "Gắn với tài khoản của nơi cấp định danh",
    "staff.recovery_codes": "Lấy mã dự phòng mới",
    "staff.reviewed": "Rà soát tài khoản",
    "staff.exported": "Tải danh sách tài khoản",
    "staff.closed_unused": "Tự khóa vì 45 ngày không dùng",
    "audit.packed": "Lập hồ sơ phục vụ kiểm tra an toàn",
    "house.held": "Giữ mọi tin sau khi phục hồi dữ liệu",
    "house.released": "Cho gửi tin lại sau khi phục hồi dữ liệu",
    "procedures.imported": "Nhập danh mục thủ tục",
    "calendar.imported": "Ghi lịch làm việc của một năm",
    "calendar.day_entered": "Nhập riêng một ngày vào lịch làm việc",
    "calendar.day_taken_back": "Bỏ một ngày nhập riêng của lịch làm việc",
    "agency.desk": "Sửa thông tin quầy",
    "agency.added": "Thêm cơ quan",
    "agency.changed": "Sửa cơ quan",
    "agency.renamed": "Đổi tên cơ quan",
    "agency.rename_dropped": "Bỏ tên mới của cơ quan",
    "agency.name_begun": "Tên mới của cơ quan có hiệu lực",
    "agency.ladder": "Sửa kênh gửi của cơ quan",
    "intake.saved": "Tiếp nhận hồ sơ",
    "dossier.opened": "Mở hồ sơ xem thông tin cá nhân",
    "dossier.moved": "Chuyển trạng thái hồ sơ",
    "phone.corrected": "Sửa số điện thoại",
    "slip.printed": "In giấy tờ của hồ sơ",
    "batch.asked": "Yêu cầu in theo ngày",
    "batch.opened": "Mở tệp in theo ngày",
    "post.registered": "Đăng ký trả kết quả qua bưu điện",
    "post.changed": "Sửa nơi nhận kết quả qua bưu điện",
    "post.dropped": "Bỏ trả kết quả qua bưu điện",
    "post.opened": "Mở xem nơi nhận kết quả qua bưu điện",
    "post.list_printed": "In phiếu bàn giao cho bưu điện",
    "post.file_drawn": "Lập tệp đơn gửi bưu điện",
    "post.items_taken": "Nhập mã bưu gửi bưu điện trả về",
    "post.block_entered": "Thêm dải mã bưu gửi",
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
    "text.changed": "Đổi câu chữ gửi người dân",
    "text.restored": "Đưa câu chữ về bản gốc",
    "invitation.ended": "Hủy mã mời nhận tin gửi thử",
    "feed_key.made": "Tạo khóa nguồn dữ liệu",
    "feed_key.revoked": "Thu hồi khóa nguồn dữ liệu",
    "channels.tried": "Thử kết nối kênh gửi",
    "dossier.searched": "Tìm hồ sơ",
    "document.added": "Thêm giấy tờ, kết quả số của hồ sơ",
    "document.changed": "Sửa giấy tờ, kết quả số của hồ sơ",
    "document.revoked": "Ghi nhận thu hồi giấy tờ, kết quả",
    "document.deleted": "Xóa giấy tờ, kết quả số của hồ sơ",
    "documents.listed": "Xem sổ giấy tờ, kết quả số",
    "documents.exported": "Tải sổ giấy tờ, kết quả số",
    "subject.shown": "Xem dữ liệu của một số điện thoại",
    "subject.exported": "Xuất dữ liệu của một số điện thoại",
    "subject.forgotten": "Xóa dữ liệu của một số điện thoại",
    "purge.done": "Xóa dữ liệu hết thời hạn lưu",
    "breach.packed": "Lập hồ sơ sự cố dữ liệu",
}

# Names of details, and what stands in their place when it is no text for people.
DETAILS: Mapping[str, str] = {
    "roles": "vai trò",
    "agency_code": "cơ quan",
    "disabled": "khóa",
    "name": "họ tên",
    "new_password": "mật khẩu mới",
    "unlocked": "hết tạm khóa",
    "factor": "lớp thứ hai",
    "way": "cách đăng nhập",
    "sign_on": "cách đăng nhập",
    "kept": "giữ lại",
    "accounts": "số tài khoản",
    "kind": "việc",
    "status": "mã trạng thái",
    "paper": "giấy",
    "size": "khổ",
    "slips": "số phiếu",
    "day": "ngày",
    "photos": "số ảnh",
    "codes": "mã hồ sơ",
    "items": "số mã bưu gửi",
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
    "note": "ghi chú",
    "all_agencies": "mọi cơ quan",
    "in_force_before": "trước đó còn hiệu lực",
    "in_force": "còn hiệu lực",
    "fail": "số mục hỏng",
    "warn": "số mục cần để ý",
    "found": "số hồ sơ thấy",
    "document": "số thứ tự giấy tờ",
    "documents": "số giấy tờ",
    "filters": "lọc theo",
    "form": "dạng tệp",
    "more": "còn nữa",
    "dossiers": "số hồ sơ",
    "ended": "số liên kết đã gỡ",
    "purged": "số dòng đã xóa",
    "since": "từ",
    "until": "đến",
    "login": "tài khoản",
    "before": "trước",
    "after": "sau",
    "why": "lý do",
    "version": "bản số",
}
# The same of facts that are told before and after.
FACTS: Mapping[str, str] = {**AGENCY_FACTS, **EVENTS}
VALUES: Mapping[object, str] = {
    True: "có",
    False: "không",
    None: "không có",
    "changed": "đã sửa",
    "app": "mã trên điện thoại",
    "recovery": "mã dự phòng",
    "provider": "nơi cấp định danh",
    "no_account": "không có tài khoản được phép",
    "not_genuine": "không tin được nơi cấp định danh",
    "password": "mật khẩu",
    "allowed": "mật khẩu hoặc nơi cấp định danh",
    "only": "chỉ nơi cấp định danh",
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
    "phone": "số điện thoại",
    "name": "họ tên",
    "code": "mã",
    "missing": "không có",
    "invalid": "không hợp lệ",
    "landline": "số cố định",
    **{rung: words for rung, words in CHANNELS.items() if rung},
    **{str(role): words.lower() for role, words in ROLE_WORDS.items()},
}


def said(action: str) -> str:
    """An action in words; one without words as it is stored, so that nothing is hidden."""
    return WORDS.get(action, action)


def told(detail: Mapping[str, object]) -> tuple[str, ...]:
    """The details of a deed in words, as far as there are words for them."""
    return tuple(
        _changed(name.removesuffix(BEFORE), detail)
        if name.endswith(BEFORE)
        else f"{DETAILS.get(name, name)}: {_value(value)}"
        for name, value in sorted(detail.items())
        if not name.endswith(AFTER)
    )


def _changed(name: str, detail: Mapping[str, object]) -> str:
    """One fact before and after."""
    was, now = (_fact(detail.get(name + end)) for end in (BEFORE, AFTER))
    return f"{FACTS.get(name) or DETAILS.get(name, name)}: {was} → {now}"


def _fact(value: object) -> str:
    if value is None or isinstance(value, bool):
        return VALUES[value]
    parts = str(value).split(",")
    if all(part in VALUES for part in parts):
        return ", ".join(VALUES[part] for part in parts)
    return f"“{as_read(value)}”"


def _value(value: object) -> str:
    if isinstance(value, str):
        return ", ".join(VALUES.get(part, part) for part in value.split(","))
    return VALUES.get(value, str(value)) if isinstance(value, bool | None) else str(value)
