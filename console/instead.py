"""What is shown in a page's place: log in first, not yours, open too long, gone, broken."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, current_app, g, jsonify, redirect, render_template, request

from bot.log_in import NoSession
from console.kept import Typed, written

LOGIN = "/console/login"
# What the login page says of the session before.
WHY_NOBODY = {
    NoSession.NONE: "",
    NoSession.LOGOUT: "Ông/Bà đã đăng xuất.",
    NoSession.IDLE: "Phiên làm việc đã đóng vì 30 phút không có thao tác. Mời đăng nhập lại.",
    NoSession.AGE: "Phiên làm việc đã đủ 12 giờ nên được đóng lại. Mời đăng nhập lại.",
    NoSession.PASSWORD: "Mật khẩu vừa được đổi. Mời đăng nhập bằng mật khẩu mới.",
    NoSession.FACTOR: "Xác thực hai lớp của tài khoản vừa được thay đổi. Mời đăng nhập lại.",
    NoSession.SIGN_ON: "Cách đăng nhập của tài khoản vừa được thay đổi. Mời đăng nhập lại.",
    NoSession.DISABLED: "Tài khoản này đã bị khóa. Mời liên hệ người quản trị của cơ quan.",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A head, and what to do."""

    head: str
    do: str


NOT_YOURS = Words(
    "Trang này không thuộc phần việc của tài khoản",
    "Tài khoản đang dùng chưa được giao vai trò cần cho trang này. Nếu cần dùng, mời Ông/Bà liên "
    "hệ người quản trị của cơ quan.",
)
OPEN_TOO_LONG = Words(
    "Trang đã mở quá lâu nên nội dung chưa được ghi nhận",
    "Mời Ông/Bà kiểm tra lại nội dung bên dưới rồi bấm “Gửi lại”. Nếu bên dưới không còn nội "
    "dung, mời quay lại trang trước, tải lại trang và nhập lại.",
)
SEND_AGAIN = Words(
    "Nội dung đã nhập trước khi đăng nhập chưa được ghi nhận",
    "Mời Ông/Bà kiểm tra lại nội dung bên dưới rồi bấm “Gửi lại”.",
)
REFUSED = {
    400: Words(
        "Yêu cầu gửi lên không đọc được", "Mời Ông/Bà quay lại trang trước, tải lại và thử lại."
    ),
    404: Words(
        "Không tìm thấy trang này",
        "Địa chỉ có thể đã gõ sai, hoặc nội dung không thuộc cơ quan của Ông/Bà. Mời chọn lại từ "
        "danh mục.",
    ),
    405: Words(
        "Địa chỉ này không mở được trực tiếp", "Mời Ông/Bà quay lại trang trước và thao tác lại."
    ),
    413: Words(
        "Nội dung gửi lên quá lớn",
        "Mời Ông/Bà chọn tệp nhỏ hơn, hoặc chia thành nhiều lần gửi.",
    ),
    503: Words("Hệ thống đang bận", "Nội dung chưa được ghi nhận. Mời Ông/Bà thử lại sau ít phút."),
}
BROKEN = Words(
    "Hệ thống đang gặp trục trặc",
    "Nội dung chưa được ghi nhận. Mời Ông/Bà thử lại sau ít phút; nếu vẫn không được, mời báo "
    "người quản trị.",
)


def log_in_first(why: NoSession, back: str) -> Response:
    """Send a reader to the login page, and back here afterwards."""
    if asks_for_json():
        return _json(401, "login", WHY_NOBODY[why] or "Mời đăng nhập.")
    reason = "" if why is NoSession.NONE else f"&why={why}"
    return redirect(f"{LOGIN}?next={quote(back, safe='')}{reason}", 303)  # type: ignore[return-value]


def log_in_to_send(why: NoSession, back: str, typed: Typed) -> Response:
    """The login page in place of a form's answer; what was typed goes along with it."""
    if asks_for_json():
        return _json(401, "login", WHY_NOBODY[why] or "Mời đăng nhập.")
    words = WHY_NOBODY[why] or "Mời đăng nhập trước khi gửi."
    return login_page(words, back, typed, status=401)


def login_page(
    words: str, back: str, typed: Typed = (), login: str = "", wrong: str = "", status: int = 200
) -> Response:
    """The login page: why it is shown, where it leads, what was typed, what is wrong."""
    kept = written(typed) if typed else ""
    page = shown("console/login.html", words=words, back=back, kept=kept, login=login, wrong=wrong)
    return Response(page, status)


def not_yours() -> Response:
    """The account's roles do not open this page."""
    return _told(NOT_YOURS, 403, "role")


def change_first(page: str) -> Response:
    """The password has to be changed before anything else."""
    if asks_for_json():
        return _json(403, "password", "Mời đổi mật khẩu trước.")
    return redirect(page, 303)  # type: ignore[return-value]


def prove_first(page: str, back: str) -> Response:
    """The second step of the log-in is still to come."""
    if asks_for_json():
        return _json(403, "code", "Mời nhập mã xác thực trước.")
    return redirect(f"{page}?next={quote(back, safe='')}", 303)  # type: ignore[return-value]


def enrol_first(page: str) -> Response:
    """A second factor has to be set up before anything else."""
    if asks_for_json():
        return _json(403, "factor", "Mời thiết lập xác thực hai lớp trước.")
    return redirect(page, 303)  # type: ignore[return-value]


def code_page(back: str, kept: str, wrong: str = "", status: int = 200) -> Response:
    """The second step of a log-in: `kept` is what was typed before it, as it is kept."""
    page = shown("console/accounts/code.html", back=back, kept=kept, wrong=wrong)
    return Response(page, status)


def open_too_long(typed: Typed) -> Response:
    """The form's token is missing, wrong or too old: nothing was done."""
    if asks_for_json():
        return _json(400, "csrf", "Trang đã mở quá lâu. Mời tải lại trang.")
    return send_again(OPEN_TOO_LONG, request.path, typed, 400)


def send_again(words: Words, action: str, typed: Typed, status: int = 200) -> Response:
    """A form that was not taken in, once more, to be looked at and sent."""
    page = shown("console/send_again.html", words=words, action=action, typed=typed)
    return Response(page, status)


def refused(status: int) -> Response:
    """A page that is not there, or a fault, in words."""
    return _told(REFUSED.get(status, BROKEN), status, "refused")


def asks_for_json() -> bool:
    """Whether a script of ours asks."""
    return request.headers.get("Accept", "").startswith("application/json")


def shown(template: str, **values: object) -> str:
    """A template outside of a page's own view."""
    frame = current_app.extensions["console_frame"]
    return render_template(template, **frame.values(g.get("present"), request.path), **values)


def _told(words: Words, status: int, why: str) -> Response:
    if asks_for_json():
        return _json(status, why, words.head)
    return Response(shown("console/refused.html", words=words), status)


def _json(status: int, why: str, message: str) -> Response:
    answer = jsonify(why=why, message=message)
    answer.status_code = status
    return answer
