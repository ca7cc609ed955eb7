"""Carriers' codes and states in words, for whoever looks after the ways to citizens."""

from collections.abc import Mapping

from bot.core.announcement_reasons import REASONS

WAYS: Mapping[str, str] = {
    "zalo": "Zalo: tin chat và mẫu theo người theo dõi",
    "zbs": "Zalo: mẫu theo số điện thoại",
    "zalo-wallet": "Ví ZBS",
    "sms:esms": "SMS qua eSMS",
    "sms:speedsms": "SMS qua SpeedSMS",
    "sms:vietguys": "SMS qua VietGuys",
}
GATEWAYS: Mapping[str, str] = {"esms": "eSMS", "speedsms": "SpeedSMS", "vietguys": "VietGuys"}
# What a class of refusals means for what is to be done; a code has its own words below.
KINDS: Mapping[str, str] = {
    "later": "tạm thời, tự gửi lại",
    "pause": "gửi quá nhanh, tự chậm lại",
    "never": "tin bị từ chối hẳn; xem nội dung hoặc đăng ký",
    "closed": "không tới được người này bằng kênh này; tự chuyển nấc",
    "halt": "lỗi tài khoản của ta: cần xử lý ngay",
    "unsure": "không rõ đã nhận chưa; không gửi lại bằng nấc đó",
    "auth": "token hết hiệu lực; tự gia hạn",
    "reupload": "tệp đính kèm hết hạn; tự tải lại",
    "template": "lỗi mẫu tin hoặc tham số: sửa mẫu",
    "unknown": "mã chưa có trong tài liệu: hỏi nhà cung cấp, báo nhóm phát triển",
}
_ZALO: Mapping[str, str] = {
    **REASONS,
    "-32": "Gửi quá số lần cho phép mỗi phút",
    "-100": "Zalo trục trặc tạm thời, hoặc tệp đính kèm hết hạn",
    "-101": "Ứng dụng không hợp lệ",
    "-103": "Ứng dụng chưa kích hoạt",
    "-104": "Sai khóa bí mật của ứng dụng",
    "-105": "Ứng dụng chưa liên kết với OA",
    "-109": "Sai mã mẫu tin",
    "-111": "Thiếu dữ liệu của mẫu",
    "-112": "Dữ liệu của mẫu sai kiểu",
    "-1121": "Tham số của mẫu quá dài",
    "-1122": "Thiếu một tham số của mẫu",
    "-1124": "Tham số của mẫu sai dạng",
    "-115": "Hết hạn mức hoặc ví hết tiền",
    "-117": "Mẫu không thuộc ứng dụng và OA này",
    "-120": "OA chưa có tính năng này",
    "-124": "Access token không hợp lệ",
    "-125": "Sai mã OA",
    "-126": "Ví phát triển hết tiền",
    "-131": "Mẫu chưa được duyệt",
    "-132": "Tham số của mẫu không hợp lệ",
    "-133": "Zalo không nhận tin từ 22 giờ đến 6 giờ",
    "-135": "OA không được phép gửi",
    "-1351": "OA bị khóa do vi phạm",
    "-136": "Chưa liên kết tài khoản ZBS",
    "-137": "Không trừ được tiền trong ví",
    "-138": "Ứng dụng thiếu quyền",
    "-145": "OA không được gửi loại nội dung này",
    "-146": "Mẫu bị khóa do chất lượng thấp",
    "-200": "Gửi không được, Zalo bảo thử lại",
    "-204": "OA bị khóa hoặc đã xóa",
    "-205": "OA không tồn tại",
    "-209": "Ứng dụng chưa kích hoạt cho API này",
    "-210": "Tham số vượt giới hạn",
    "-212": "Ứng dụng chưa đăng ký API này",
    "-216": "Access token không hợp lệ",
    "-220": "Access token hết hạn hoặc đã bị thu hồi",
    "-221": "OA phải được xác thực",
    "-223": "OA chưa cấp quyền API này cho ứng dụng",
    "-224": "Gói dịch vụ của OA quá thấp",
    "-233": "Loại tin không hợp lệ hoặc không được hỗ trợ",
    "-234": "Zalo không nhận tin từ 22 giờ đến 6 giờ",
    "-242": "Thiếu hoặc sai appsecret_proof",
    "-249": "Mẫu này không gửi được theo người theo dõi",
    "-501": "Lời gọi đi từ ngoài Việt Nam",
    "": "Không có mã: không nối được, hết thời gian chờ, hoặc mất câu trả lời",
}
_ESMS: Mapping[str, str] = {
    "99": "Số điện thoại bị chặn",
    "101": "Sai ApiKey hoặc SecretKey",
    "102": "Tài khoản chưa có bảng giá",
    "103": "Tài khoản hết tiền",
    "104": "Tên định danh không tồn tại hoặc bị khóa",
    "105": "Không tìm thấy mã tin",
    "107": "Tin quảng cáo cần ít nhất 30 số",
    "108": "Số điện thoại sai dạng",
    "118": "Sai loại tin (SmsType)",
    "119": "Tin quảng cáo cần ít nhất 20 số",
    "120": "Quá nhiều số một lúc",
    "131": "Tin dài quá 422 ký tự",
    "132": "Tài khoản không được gửi loại tin này",
    "140": "Địa chỉ máy chủ chưa có trong danh sách được phép",
    "143": "Tài khoản bị khóa",
    "146": "Nội dung không khớp mẫu đã đăng ký",
    "159": "Mã yêu cầu quá dài",
    "160": "Gửi quá nhanh",
    "163": "Bị từ chối, nhà cung cấp không nêu lý do",
    "177": "Tên định danh chưa đăng ký với mạng của số này",
    "199": "Bị từ chối, nhà cung cấp không nêu lý do",
    "201": "Nội dung có từ bị cấm",
    "300": "Thiếu loại tin (SmsType)",
}
_SPEEDSMS: Mapping[str, str] = {
    "007": "Địa chỉ máy chủ bị khóa",
    "008": "Tài khoản bị khóa",
    "009": "Tài khoản không được gọi API",
    "101": "Tham số sai hoặc thiếu, hoặc sai tên định danh, sai token",
    "105": "Số điện thoại không hợp lệ",
    "110": "Không hỗ trợ bảng mã này (tin có dấu)",
    "113": "Nội dung quá dài",
    "300": "Tài khoản hết tiền",
    "500": "Lỗi nội bộ, thử lại",
    "invalidPhone": "Số điện thoại không hợp lệ",
}
_VIETGUYS: Mapping[str, str] = {
    "-1": "Thiếu tham số",
    "-2": "Nhà cung cấp bận",
    "-3": "Tài khoản không tồn tại",
    "-4": "Tài khoản bị khóa",
    "-5": "Sai mật khẩu",
    "-6": "Tài khoản không được gọi API",
    "-7": "Địa chỉ máy chủ không được phép",
    "-8": "Tên định danh chưa khai",
    "-9": "Tài khoản hết tiền",
    "-10": "Số điện thoại không hợp lệ",
    "-11": "Số này từ chối nhận tin",
    "-12": "Tài khoản hết tiền",
    "-13": "Tên định danh chưa khai",
    "-14": "Tin dài quá 459 ký tự",
    "-16": "Cùng nội dung đã gửi tới số này trong một phút",
    "-17": "Hết số tin trong ngày của tài khoản",
    "-18": "Nội dung có từ quảng cáo",
    "-19": "Hết số tin trong ngày của số này",
    "-20": "Mẫu tin chưa đăng ký",
    "-21": "Nội dung không phải mã xác nhận",
    "-22": "Tên định danh chưa đăng ký với mạng của số này",
    "-23": "Tài khoản chưa có bảng giá",
}
CODES: Mapping[str, Mapping[str, str]] = {
    "sms:esms": _ESMS,
    "sms:speedsms": _SPEEDSMS,
    "sms:vietguys": _VIETGUYS,
}
TEMPLATE_STATES: Mapping[str, str] = {
    "ENABLE": "đang dùng được",
    "PENDING_REVIEW": "đang chờ Zalo duyệt",
    "REJECT": "bị từ chối",
    "DISABLE": "bị khóa",
    "DELETE": "đã bị xóa",
}
QUALITIES: Mapping[str, str] = {
    "HIGH": "tốt",
    "MEDIUM": "trung bình",
    "LOW": "thấp",
    "UNDEFINED": "chưa đánh giá",
}
TOKEN_EVENTS: Mapping[str, str] = {
    "linked": "nạp cặp token mới",
    "renew_begun": "bắt đầu gia hạn",
    "renewed": "đã gia hạn",
    "not_reached": "không nối được tới Zalo, sẽ thử lại",
    "unclear": "mất câu trả lời khi gia hạn, sẽ thử một lần nữa",
    "consent_needed": "Zalo không nhận refresh token: cần cấp quyền lại",
}


def way_words(name: str) -> str:
    """A way in words; one without words by its name, so that nothing is hidden."""
    return WAYS.get(name, name)


def code_words(way: str, code: str) -> str:
    """What a carrier's code means; "" where there are no words for it."""
    return CODES.get(way, _ZALO).get(code, _ZALO[""] if not code else "")


def hold_words(reason: str) -> str:
    """Why a channel is held: our own line, in which only the carrier's code is looked for."""
    head = reason.split(" ", 1)[0].strip(":")
    return _ZALO.get(head, "") if head else ""
