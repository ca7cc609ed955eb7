"""`/console/login` and `/console/logout`: in and out, by password or by the identity provider."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, abort, g, redirect, render_template, request, session
from werkzeug.wrappers import Response

from bot.core.log_in import LOCK
from bot.core.sign_on import SignOnFault
from bot.log_in import NoSession, Opened, log_in, log_out
from bot.log_in_places import TooManyRefused
from bot.runtime import Runtime
from bot.visit_provider import BACK, Provider, Returned, build_provider, come_back, set_out, way_out
from console.door import COOKIE, ROOT, allowed, local_page, present, public
from console.instead import LOGIN, SEND_AGAIN, WHY_NOBODY, code_page, login_page, send_again
from console.kept import Typed, read, written

PROVIDER = f"{LOGIN}/tinh"
LEFT = "sign_on"  # what the browser takes along to the provider
WORDS: Mapping[SignOnFault, str] = {
    SignOnFault.AWAY: "Chưa liên lạc được với hệ thống tài khoản {name}. Mời đăng nhập bằng mật "
    "khẩu bên dưới, hoặc thử lại sau ít phút.",
    SignOnFault.BUSY: "Đang có nhiều người đăng nhập bằng tài khoản {name} cùng lúc. Mời thử lại "
    "sau nửa phút, hoặc đăng nhập bằng mật khẩu bên dưới.",
    SignOnFault.STALE: "Lần đăng nhập này đã để quá 10 phút, đã dùng rồi, hoặc bắt đầu ở một trình "
    "duyệt khác. Mời bấm “Đăng nhập bằng tài khoản {name}” lần nữa.",
    SignOnFault.DECLINED: "Hệ thống tài khoản {name} không cho đăng nhập lần này, hoặc Ông/Bà đã "
    "bấm hủy. Mời thử lại, hoặc đăng nhập bằng mật khẩu bên dưới.",
    SignOnFault.NOT_GENUINE: "Không kiểm tra được câu trả lời của hệ thống tài khoản {name} nên "
    "chưa cho vào. Mời thử lại; nếu vẫn vậy, mời báo người quản trị.",
    SignOnFault.NO_ACCOUNT: "Hệ thống tài khoản {name} đã nhận ra Ông/Bà, nhưng ở đây chưa có tài "
    "khoản được phép đăng nhập bằng cách này, hoặc tài khoản đang khóa. Mời liên hệ người quản trị "
    "của cơ quan.",
}
NOT_YET = "Ở thẻ kia chưa đăng nhập xong. Mời đăng nhập ở đó, hoặc bằng mật khẩu bên dưới."
UNAVAILABLE = frozenset({SignOnFault.AWAY, SignOnFault.BUSY})


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_login", __name__, template_folder="templates")
    provider = build_provider(runtime)

    @routes.get(LOGIN)
    @public
    def ask() -> Response:
        back = local_page(request.args.get("next", ""))
        if "present" in g:
            return redirect(back, 303)
        return login_page(_why(request.args.get("why", "")), back)

    @routes.post(LOGIN)
    @public
    def enter() -> Response:
        return _enter(runtime)

    @routes.get(PROVIDER)
    @public
    def go_there() -> Response:
        return _go_there(runtime, provider or abort(404))

    @routes.get(BACK)
    @public
    def back_from_there() -> Response:
        return _back_from_there(runtime, provider or abort(404))

    @routes.post("/console/logout")
    @allowed()
    def leave() -> Response:
        there = way_out(runtime, provider, log_out(runtime, present()))
        session.clear()
        answer = redirect(f"{LOGIN}?why={NoSession.LOGOUT}", 303)
        if there:  # a form may lead to pages of ours only, so it ends on one that leads on
            answer = Response(render_template("console/accounts/leave.html", there=there))
            answer.content_type = "text/html; charset=utf-8"
        answer.delete_cookie(COOKIE, path=ROOT, httponly=True, samesite="Lax")
        return answer

    return routes


def _enter(runtime: Runtime) -> Response:
    typed, back = request.form, local_page(request.form.get("next", ""))
    login, kept = typed.get("login", ""), read(typed.get("kept", ""))
    if "again" in typed:
        there = "present" in g and kept
        return send_again(SEND_AGAIN, back, kept) if there else login_page(NOT_YET, back, kept)
    try:
        opened = log_in(runtime, login, typed.get("password", ""), request.remote_addr or "")
    except TooManyRefused as refusal:
        return _too_many(runtime, refusal, back, kept, login)
    if opened is None:
        wrong = _wrong(runtime.now().astimezone(runtime.settings.zone))
        return login_page("", back, kept, login, wrong, status=422)
    return _let_in(runtime, opened, back, kept)


def _go_there(runtime: Runtime, provider: Provider) -> Response:
    back = local_page(request.args.get("next", ""))
    begun = set_out(runtime, provider, back)
    if isinstance(begun, SignOnFault):
        return _not_vouched(runtime, begun, back)
    session[LEFT] = begun.sealed
    return redirect(begun.address, 303)


def _back_from_there(runtime: Runtime, provider: Provider) -> Response:
    sealed, place = str(session.pop(LEFT, "")), request.remote_addr or ""
    try:
        returned = come_back(runtime, provider, sealed, request.args, place)
    except TooManyRefused as refusal:
        return _too_many(runtime, refusal, local_page(""))
    if isinstance(returned, Returned):
        return _let_in(runtime, returned.opened, local_page(returned.page), ())
    return _not_vouched(runtime, returned, local_page(""))


def _not_vouched(runtime: Runtime, fault: SignOnFault, back: str) -> Response:
    words = WORDS[fault].format(name=runtime.settings.oidc_name)
    status = 503 if fault in UNAVAILABLE else 422
    return login_page("", back, (), "", words, status=status)


def _let_in(runtime: Runtime, opened: Opened, back: str, kept: Typed) -> Response:
    if "present" in g:
        log_out(runtime, present())  # its cookie is about to be replaced
    session.clear()  # a form that was opened before the log-in is not taken after it
    g.pop("csrf_token", None)
    answer: Response = redirect(back, 303)
    if opened.must_prove:
        answer = code_page(back, written(kept) if kept else "")
    elif kept and not (opened.must_change or opened.must_enrol):
        answer = send_again(SEND_AGAIN, back, kept)
    secure = runtime.settings.public_url.startswith("https://")
    answer.set_cookie(COOKIE, opened.token, path=ROOT, httponly=True, samesite="Lax", secure=secure)
    return answer


def _why(typed: str) -> str:
    known = {str(one): words for one, words in WHY_NOBODY.items()}
    return known.get(typed, "")


def _wrong(now: datetime) -> str:
    """The same words whatever was wrong, and a time that holds for whoever is locked.

    A lock that was told only where there is one would tell which logins exist.
    """
    return (
        "Tên đăng nhập hoặc mật khẩu không đúng. Nếu đã nhập sai 5 lần liên tiếp, tài khoản tạm "
        f"khóa 15 phút: mời thử lại sau {now + LOCK:%H giờ %M phút}, hoặc liên hệ người quản trị "
        "để đặt lại mật khẩu."
    )


def _too_many(
    runtime: Runtime, refusal: TooManyRefused, back: str, kept: Typed = (), login: str = ""
) -> Response:
    until = refusal.until.astimezone(runtime.settings.zone)
    words = (
        "Từ địa chỉ mạng này đã có quá nhiều lần đăng nhập không thành công, nên tạm thời chưa "
        f"nhận đăng nhập mới. Mời thử lại sau {until:%H giờ %M phút}."
    )
    return login_page("", back, kept, login, words, status=429)
