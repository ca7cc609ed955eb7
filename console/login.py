"""`/console/login` and `/console/logout`: in and out."""

from datetime import datetime

from flask import Blueprint, g, redirect, request, session
from werkzeug.wrappers import Response

from bot.core.log_in import LOCK
from bot.log_in import NoSession, Opened, log_in, log_out
from bot.log_in_places import TooManyRefused
from bot.runtime import Runtime
from console.door import COOKIE, ROOT, allowed, local_page, present, public
from console.instead import LOGIN, SEND_AGAIN, WHY_NOBODY, code_page, login_page, send_again
from console.kept import Typed, read, written


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_login", __name__, template_folder="templates")

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
        typed, back = request.form, local_page(request.form.get("next", ""))
        login, kept = typed.get("login", ""), read(typed.get("kept", ""))
        try:
            opened = log_in(runtime, login, typed.get("password", ""), request.remote_addr or "")
        except TooManyRefused as refusal:
            until = refusal.until.astimezone(runtime.settings.zone)
            return login_page("", back, kept, login, _too_many(until), status=429)
        if opened is None:
            wrong = _wrong(runtime.now().astimezone(runtime.settings.zone))
            return login_page("", back, kept, login, wrong, status=422)
        return _let_in(runtime, opened, back, kept)

    @routes.post("/console/logout")
    @allowed()
    def leave() -> Response:
        log_out(runtime, present())
        session.clear()
        answer = redirect(f"{LOGIN}?why={NoSession.LOGOUT}", 303)
        answer.delete_cookie(COOKIE, path=ROOT, httponly=True, samesite="Lax")
        return answer

    return routes


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


def _too_many(until: datetime) -> str:
    return (
        "Từ địa chỉ mạng này đã có quá nhiều lần đăng nhập không thành công, nên tạm thời chưa "
        f"nhận đăng nhập mới. Mời thử lại sau {until:%H giờ %M phút}."
    )
