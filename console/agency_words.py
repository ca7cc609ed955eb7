"""What agencies' pages say: the names of their facts, and what is wrong with one."""

from collections.abc import Iterable, Mapping

from bot.core.agency_faults import Kind, Misfit, Stale
from bot.core.appointment import USUAL_HOURS
from console.book_words import CHANNELS

LABELS: Mapping[str, str] = {  # in the order of the forms
    "code": "Mã cơ quan",
    "name": "Tên",
    "sms_name": "Tên ngắn trong SMS",
    "parent": "Cấp trên",
    "new_name": "Tên mới",
    "new_sms_name": "Tên ngắn mới trong SMS",
    "since": "Từ ngày",
    "desk_name": "Tên bộ phận",
    "place": "Địa danh",
    "address": "Địa chỉ",
    "open_hours": "Giờ tiếp dân",
    "hotline": "Điện thoại",
    "work_hours": "Giờ làm việc để tính ngày hẹn",
    "code_head": "Đầu mã hồ sơ",
    "same_day_notices": "Gửi tin cho thủ tục trả trong ngày",
    "step_sms": "Gửi cả SMS khi hồ sơ chuyển bước",
    "result_hold_minutes": "Giữ tin báo có kết quả (phút)",
    "sms_unicode": "SMS có dấu",
    "valid_from": "Hoạt động từ ngày",
    "valid_to": "Đến hết ngày",
    "successor": "Cơ quan nối tiếp",
}
WORDS: Mapping[Kind, str] = {
    Kind.CODE_FORM: "“{came}” không phải mã cơ quan: cần 1 đến {about} ký tự, không có dấu cách, "
    "ví dụ H32.15.8. Mời sửa lại.",
    Kind.CODE_TAKEN: "Mã “{came}” đã là của {about}. Mời đặt mã khác, hoặc mở cơ quan đó để sửa.",
    Kind.LENGTH: "Có {came} ký tự, cần từ 1 đến {about} ký tự in được trên một dòng. Mời sửa lại.",
    Kind.MINUTES: "“{came}” không phải số phút: ghi một số từ 0 đến {about}. Mời sửa lại.",
    Kind.HOURS: "“{came}” không phải giờ làm việc. Ghi dạng " + USUAL_HOURS + ".",
    Kind.HEAD_FORM: "“{came}” không tạo được mã hồ sơ. Ghi dạng H32.15.8 hoặc 000.00.17.H32.",
    Kind.HEAD_TAKEN: "Mã hồ sơ của cơ quan khác đã bắt đầu bằng “{came}”. Chọn đầu mã riêng, nếu "
    "không hai quầy sẽ cấp trùng mã.",
    Kind.DATE_FORM: "“{came}” không phải một ngày. Ghi dạng 01/07/2025.",
    Kind.DATES_ORDER: "Ngày cuối {came} đứng trước ngày đầu {about}. Mời sửa một trong hai ngày.",
    Kind.UNKNOWN: "Không có cơ quan mang mã “{came}”. Chọn trong danh sách, hoặc thêm cơ quan đó "
    "trước.",
    Kind.BEYOND: "Cơ quan “{came}” không thuộc phạm vi Ông/Bà quản trị. Mời chọn cơ quan khác.",
    Kind.PARENT_NONE: "Chưa chọn cấp trên. Mời chọn một cơ quan Ông/Bà quản trị.",
    Kind.PARENT_BELOW: "“{came}” đứng dưới {about} hoặc nối tiếp cơ quan này, nên không làm cấp "
    "trên được. Mời chọn cơ quan khác.",
    Kind.SUCCESSOR_BELOW: "“{came}” đang đứng dưới {about}, hoặc chính nó được {about} nối tiếp: "
    "hai cơ quan sẽ nối vòng. Đổi cấp trên hoặc nơi nối tiếp của “{came}” trước.",
    Kind.ENDS_NEVER: "Đã chọn {about} nối tiếp mà chưa ghi ngày cuối. Ghi ngày cuối cơ quan này "
    "còn tiếp nhận hồ sơ.",
    Kind.GAP: "“{came}” chỉ hoạt động từ ngày {about}: ở giữa sẽ không có cơ quan nào. Sửa một "
    "trong hai ngày.",
    Kind.SUCCESSOR_ENDED: "“{came}” đã ngừng sau ngày {about} và không có cơ quan nào nối tiếp. "
    "Mời chọn cơ quan khác.",
    Kind.FOLLOWED: "Cơ quan “{came}” ngừng sau ngày {about} và đã chọn cơ quan này nối tiếp: với "
    "các ngày này sẽ không có nơi nhận. Sửa ngày, hoặc đổi nơi nối tiếp của “{came}” trước.",
    Kind.SINCE_NONE: "Chưa ghi tên mới dùng từ ngày nào. Ghi dạng 01/07/2025.",
    Kind.SINCE_EARLY: "Ngày {came} không đứng sau {about}, ngày bắt đầu của tên gần nhất. Mời chọn "
    "ngày sau đó.",
    Kind.NAME_SAME: "Cơ quan đang mang, hoặc sắp mang, đúng tên này. Mời nhập tên mới.",
    Kind.NOT_COMING: "Tên này không còn chờ hiệu lực: nó đã được dùng hoặc đã bị bỏ. Mời xem lại.",
    Kind.RUNGS_NONE: "Chưa chọn kênh nào: tin không gửi được cho ai. Chọn ít nhất một kênh.",
    Kind.RUNGS_BEYOND: "Loại tin này không dùng kênh vừa chọn. Chỉ chọn trong: {about}.",
    Kind.SWITCH_FORM: "“{came}” không rõ. Ghi “có” hoặc “không”.",
    Kind.CELLS: "Có {came} ô, dòng đầu chỉ có {about} cột. Xem lại dấu ngăn cách.",
}


def said(misfit: Misfit) -> str:
    """What is wrong, what was expected and what to do."""
    about = misfit.about
    if misfit.kind is Kind.RUNGS_BEYOND:
        about = ", ".join(CHANNELS.get(one, one) for one in about.split(","))
    return WORDS[misfit.kind].format(came=misfit.came, about=about)


def at_fields(misfits: Iterable[Misfit]) -> dict[str, str]:
    """The words for each field that something is wrong with, in the order of the forms."""
    found: dict[str, str] = {}
    for misfit in misfits:
        found.setdefault(misfit.field, said(misfit))
    order = {name: place for place, name in enumerate(LABELS)}
    return dict(sorted(found.items(), key=lambda one: order.get(one[0], len(order))))


def stale_words(stale: Mapping[str, Stale]) -> list[str]:
    """What another has changed while a form was filled in."""
    return [
        f"{LABELS.get(name, name)}: lúc mở trang là {_shown(one.seen)}, nay là {_shown(one.now)}"
        for name, one in stale.items()
    ]


def _shown(value: str) -> str:
    return f"“{as_read(value)}”" if value else "chưa có"


def as_read(value: object) -> str:
    """A kept fact as people read it: yes and no in words, days as 30/06/2025."""
    if isinstance(value, bool):
        return "có" if value else "không"
    year, _, rest = str(value).partition("-")
    month, _, day = rest.partition("-")
    is_day = [len(year), len(month), len(day)] == [4, 2, 2] and (year + month + day).isdecimal()
    return f"{day}/{month}/{year}" if is_day else str(value)
