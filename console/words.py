"""What is wrong with an account or a password, in the words of the console's pages."""

from collections.abc import Mapping

from bot.core.log_in import FORMER_PASSWORDS, LEAST_PASSWORD, MOST_PASSWORD, PasswordFault
from bot.staff import Faults, StaffFault

WORDS: Mapping[StaffFault | PasswordFault, str] = {
    StaffFault.LOGIN_FORM: "Tên đăng nhập gồm 2 đến 40 ký tự: chữ thường không dấu, số, dấu chấm, "
    "gạch nối, gạch dưới hoặc @; bắt đầu bằng chữ hoặc số. Mời sửa lại.",
    StaffFault.LOGIN_TAKEN: "Tên đăng nhập này đã có người dùng. Mời chọn tên khác.",
    StaffFault.LOGIN_UNKNOWN: "Không có tài khoản này trong các cơ quan Ông/Bà quản trị. Mời xem "
    "lại danh sách.",
    StaffFault.LOGIN_OWN: "Không tự khóa, tự chuyển cơ quan hay tự bỏ vai trò quản trị của mình "
    "được. Mời nhờ một người quản trị khác; đổi mật khẩu của mình ở trang “Đổi mật khẩu”.",
    StaffFault.ROLES_NONE: "Chưa chọn vai trò nào. Mời chọn ít nhất một vai trò.",
    StaffFault.AGENCY_UNKNOWN: "Không có cơ quan mang mã này. Mời chọn cơ quan trong danh sách.",
    StaffFault.AGENCY_BEYOND: "Cơ quan này không thuộc phạm vi Ông/Bà quản trị. Mời chọn một cơ "
    "quan trong danh sách.",
    StaffFault.FACTOR_NONE: "Tài khoản này chưa có xác thực hai lớp nên không có gì để đặt lại.",
    StaffFault.SIGN_ON_OFF: "Hệ thống chưa nối với hệ thống tài khoản nào nên chưa chọn được cách "
    "đăng nhập này. Mời báo người vận hành đặt OIDC_ISSUER.",
    StaffFault.SIGN_ON_LAST: "Đây là người quản trị cuối cùng còn đăng nhập bằng mật khẩu được. "
    "Khi hệ thống tài khoản ngừng hoạt động sẽ không ai vào được. Mời giữ mật khẩu cho tài khoản "
    "này, hoặc cho một người quản trị khác đăng nhập bằng mật khẩu trước.",
    StaffFault.NAME_FORM: "Họ tên dài nhất 100 ký tự và không có ký tự lạ. Mời sửa lại.",
    StaffFault.PRESENT_WRONG: "Mật khẩu đang dùng không đúng. Mời nhập lại; nhập sai 5 lần liên "
    "tiếp thì phải chờ 15 phút.",
    PasswordFault.SHORT: f"Mật khẩu cần ít nhất {LEAST_PASSWORD} ký tự. Mời đặt dài hơn, ví dụ "
    "bằng một câu dễ nhớ.",
    PasswordFault.LONG: f"Mật khẩu dài nhất {MOST_PASSWORD} ký tự. Mời đặt ngắn hơn.",
    PasswordFault.LOGIN: "Mật khẩu không được chứa tên đăng nhập. Mời đặt mật khẩu khác.",
    PasswordFault.NAME: "Mật khẩu không được chứa họ tên. Mời đặt mật khẩu khác.",
    PasswordFault.COMMON: "Mật khẩu chỉ gồm những từ và dãy phím mà ai cũng thử trước tiên. Mời "
    "đặt mật khẩu khác, ví dụ bằng một câu chỉ mình nhớ.",
    PasswordFault.PLAIN: "Mật khẩu quá dễ đoán: lặp lại vài ký tự hoặc gõ theo thứ tự. Mời đặt mật "
    "khẩu khác.",
    PasswordFault.UNPRINTABLE: "Mật khẩu có ký tự không nhìn thấy được. Mời gõ lại bằng bàn phím.",
    PasswordFault.USED: f"Mật khẩu mới trùng với một trong {FORMER_PASSWORDS} mật khẩu gần nhất. "
    "Mời đặt mật khẩu khác.",
}


def told(faults: Faults) -> dict[str, str]:
    """The words for each field that something is wrong with; the first fault of a field counts."""
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(fault.value.split(".")[0], WORDS[fault])
    return found
