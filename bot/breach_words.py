"""A breach pack as it is handed on: tables, and the Vietnamese summary for the notification."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.breach_pack import BreachPack
from bot.runtime import Runtime
from bot.sheet import Sheet

TERM = timedelta(hours=72)  # Law 91/2025/QH15, article 23
BLANK = "…………"
ACTIONS = {
    "dossier.opened": "Mở hồ sơ",
    "dossier.moved": "Chuyển trạng thái hồ sơ",
    "intake.saved": "Tiếp nhận hồ sơ",
    "phone.corrected": "Sửa số điện thoại",
    "slip.printed": "In giấy tờ của hồ sơ",
    "batch.opened": "Mở tệp in theo ngày",
    "subject.shown": "Xem dữ liệu của một số điện thoại",
    "subject.exported": "Xuất dữ liệu của một số điện thoại",
    "dossier.searched": "Tìm hồ sơ",
    "document.added": "Thêm giấy tờ, kết quả số của hồ sơ",
    "document.changed": "Sửa giấy tờ, kết quả số của hồ sơ",
    "document.revoked": "Ghi nhận thu hồi giấy tờ, kết quả",
    "documents.listed": "Xem sổ giấy tờ, kết quả số",
    "documents.exported": "Tải sổ giấy tờ, kết quả số",
    "post.opened": "Mở xem nơi nhận kết quả qua bưu điện",
    "post.registered": "Đăng ký trả kết quả qua bưu điện",
    "post.changed": "Sửa nơi nhận kết quả qua bưu điện",
    "post.list_printed": "In phiếu bàn giao cho bưu điện",
    "post.file_drawn": "Lập tệp đơn gửi bưu điện",
    "handover.taken": "Nhận cuộc trao đổi",
    "handover.handed": "Chuyển cuộc trao đổi",
    "handover.answered": "Trả lời người dân",
    "handover.closed": "Kết thúc cuộc trao đổi",
}
AT_MACHINE = "(lệnh tại máy chủ)"
DEED_HEADS = ("Thời điểm", "Tài khoản", "Địa chỉ máy", "Việc", "Đối tượng", "Cơ quan", "Số hồ sơ")
DOSSIER_HEADS = (
    "Mã hồ sơ", "Cơ quan", "Loại dữ liệu", "Tài khoản", "Địa chỉ máy", "Lần đầu", "Lần cuối",
    "Số lần",
)  # fmt: skip


def sheets(runtime: Runtime, pack: BreachPack) -> list[Sheet]:
    """The pack as tables: the summary, accounts, dossiers, deeds."""
    lines = [[line] for line in summary(runtime, pack).splitlines()]
    return [
        Sheet("Tóm tắt", ("Hồ sơ sự cố dữ liệu cá nhân",), lines),
        Sheet("Theo tài khoản", ("Tài khoản", "Địa chỉ máy", "Việc", "Số lần"), _accounts(pack)),
        Sheet("Hồ sơ liên quan", DOSSIER_HEADS, _dossiers(runtime, pack)),
        deed_sheet(runtime, pack),
    ]


def deed_sheet(runtime: Runtime, pack: BreachPack) -> Sheet:
    """Every deed that showed somebody's data, oldest first."""
    return Sheet("Nhật ký", DEED_HEADS, list(_deeds(runtime, pack)))


def _deeds(runtime: Runtime, pack: BreachPack) -> Iterator[tuple[str | int, ...]]:
    for one in pack.deeds:
        entry = one.entry
        about = entry.about_key if entry.about in ("dossier", "batch", "handover") else ""
        yield (
            _minute(runtime, entry.at),
            entry.login or AT_MACHINE,
            entry.address,
            ACTIONS[entry.action],
            about or "",
            entry.agency_code or "",
            one.dossiers,
        )


def _accounts(pack: BreachPack) -> list[tuple[str | int, ...]]:
    return [
        (login or AT_MACHINE, address, ACTIONS[action], times)
        for (login, address), actions in pack.by_account.items()
        for action, times in sorted(actions.items())
    ]


def _dossiers(runtime: Runtime, pack: BreachPack) -> list[tuple[str | int, ...]]:
    return [
        (
            one.concerned.code,
            one.concerned.agency_code,
            ", ".join(sorted(one.kinds)),
            ", ".join(sorted(login or AT_MACHINE for login in one.logins)),
            ", ".join(sorted(one.addresses)),
            _minute(runtime, one.first_at),
            _minute(runtime, one.last_at),
            one.times,
        )
        for one in sorted(pack.dossiers.values(), key=lambda one: one.concerned.code)
    ]


def summary(runtime: Runtime, pack: BreachPack) -> str:
    """What the notification of a breach asks for, with what this system knows filled in.

    Source: Law 91/2025/QH15, article 23; Decree 356/2025/NĐ-CP, form 08.
    """
    contact = runtime.settings.privacy_contact or BLANK
    kinds = "; ".join(f"{kind}: {count} người" for kind, count in pack.by_kind.items())
    until = _minute(runtime, pack.made_at + TERM)
    lost = (
        f"\n   Có {pack.unresolved} việc không còn xác định được hồ sơ (đã xóa hoặc đã đổi)."
        if pack.unresolved
        else ""
    )
    return f"""\
HỒ SƠ SỰ CỐ DỮ LIỆU CÁ NHÂN (theo nhật ký của hệ thống báo tin hồ sơ)
Lập lúc {_minute(runtime, pack.made_at)}.

THỜI HẠN: phải thông báo cho cơ quan chuyên trách bảo vệ dữ liệu cá nhân chậm nhất 72 giờ kể từ khi
phát hiện (Điều 23 Luật 91/2025/QH15; Mẫu số 08 Nghị định 356/2025/NĐ-CP). Nếu phát hiện vào lúc lập
hồ sơ này thì hạn cuối là {until}. Chưa đủ thông tin thì vẫn thông báo, bổ sung sau.

1. Bên kiểm soát dữ liệu: {BLANK}
   Đầu mối bảo vệ dữ liệu: {contact}
2. Thời điểm phát hiện: {BLANK}   Người phát hiện: {BLANK}
3. Khoảng thời gian xem xét: từ {_minute(runtime, pack.since)} đến trước \
{_minute(runtime, pack.until)}; tài khoản: {pack.login or "tất cả"}
4. Diễn biến, hành vi: {BLANK}
   Hệ thống ghi nhận {len(pack.deeds)} lần xem, tìm, in hoặc xuất dữ liệu, bởi \
{len(pack.by_account)} cặp tài khoản và địa chỉ máy.
5. Chủ thể dữ liệu liên quan: nhiều nhất {pack.subjects} người, {len(pack.dossiers)} hồ sơ, \
{len(pack.chats)} cuộc trò chuyện.{lost}
6. Loại dữ liệu: {kinds or "không có"}
   Dữ liệu nhạy cảm: hệ thống không lưu số giấy tờ tùy thân, ảnh giấy tờ, sinh trắc, vị trí.
7. Hậu quả, thiệt hại có thể xảy ra: {BLANK}
8. Biện pháp đã làm và sẽ làm: {BLANK}
   Gợi ý: khóa tài khoản (python -m bot staff set), đổi khóa, thông báo cho người bị ảnh hưởng.
9. Người lập, ký: {BLANK}   Ngày: {BLANK}

Số người là mức nhiều nhất: một lượt tìm được tính cho mọi hồ sơ có cùng tên hoặc số lúc lập.
"""


def _minute(runtime: Runtime, moment: datetime) -> str:
    return f"{moment.astimezone(runtime.settings.zone):%H:%M %d/%m/%Y}"
