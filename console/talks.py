"""`/console/trao-doi`: talks with citizens on Zalo, read, taken, answered and closed by clerks."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.answer_handover import (
    Done,
    Refused,
    Why,
    answer_handover,
    close_handover,
    pass_handover,
    take_handover,
)
from bot.core.delivery import State
from bot.core.handover import Ending
from bot.core.staff import Role
from bot.runtime import Runtime
from bot.show_talks import TalkPage, list_talks, show_talk
from console.door import actor, allowed

LIST = "/console/trao-doi"
STATE_WORDS: Mapping[str, str] = {
    State.WAITING: "đang gửi",
    State.SENDING: "đang gửi",
    State.UNSURE: "chưa rõ đã đến chưa",
    State.SENT: "đã gửi",
    State.DELIVERED: "đã gửi",
    State.FAILED: "không gửi được",
    State.SKIPPED: "không gửi",
}
ENDING_WORDS: Mapping[str, str] = {
    Ending.STAFF: "cán bộ kết thúc",
    Ending.CITIZEN: "người dân kết thúc",
    Ending.SILENCE: "48 giờ không ai viết thêm",
    Ending.MOVED: "người dân chuyển sang cơ quan khác",
    Ending.UNFOLLOW: "người dân bỏ quan tâm trang",
    Ending.FORGET: "người dân yêu cầu xóa thông tin",
    Ending.WITHDRAW: "người dân yêu cầu Zalo xóa dữ liệu",
}
SENT = "Đã gửi trả lời cho người dân."
SENT_BEFORE = "Trả lời này đã được gửi từ lần bấm trước, không gửi lại."
CLOSED = "Đã kết thúc cuộc trao đổi."
TAKEN = "Ông/Bà đã nhận cuộc trao đổi này."
HANDED = "Đã chuyển cuộc trao đổi."


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_talks", __name__, template_folder="templates")
    for path, page in _readers(runtime).items():
        routes.get(path)(page)
    for path, deed in _writers(runtime).items():
        routes.post(path)(deed)
    return routes


def _readers(runtime: Runtime) -> Mapping[str, Callable[..., str]]:
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def talks() -> str:
        return render_template("console/talks/list.html", **_listed(runtime))

    @allowed(Role.CLERK, Role.SUPERVISOR, renews=False)
    def talks_now() -> str:
        return render_template("console/talks/rows.html", **_listed(runtime))

    @allowed(Role.CLERK)
    def talk(number: str) -> str:
        return _page(runtime, _shown(runtime, number), {})

    @allowed(Role.CLERK, renews=False)
    def talk_now(number: str) -> str:
        return render_template("console/talks/live.html", **_live(runtime, _shown(runtime, number)))

    return {
        LIST: talks,
        f"{LIST}/moi": talks_now,
        f"{LIST}/<number>": talk,
        f"{LIST}/<number>/moi": talk_now,
    }


def _writers(runtime: Runtime) -> Mapping[str, Callable[..., Response | tuple[str, int]]]:
    @allowed(Role.CLERK)
    def answer(number: str) -> Response | tuple[str, int]:
        text, press = request.form.get("text", ""), _press()
        done = answer_handover(runtime, actor(), _id(number), text, press)
        if isinstance(done, Refused):
            return _again(runtime, number, "text", done)
        flash(SENT_BEFORE if done.again else SENT)
        return redirect(f"{LIST}/{number}#f-text", 303)

    @allowed(Role.CLERK)
    def take(number: str) -> Response | tuple[str, int]:
        before = _staff(request.form.get("before", ""))
        done = take_handover(runtime, actor(), _id(number), before)
        return _moved(runtime, number, done, TAKEN)

    @allowed(Role.CLERK)
    def hand(number: str) -> Response | tuple[str, int]:
        before, to = _staff(request.form.get("before", "")), _staff(request.form.get("to", ""))
        done = pass_handover(runtime, actor(), _id(number), before, to)
        return _moved(runtime, number, done, HANDED)

    @allowed(Role.CLERK)
    def close(number: str) -> Response | tuple[str, int]:
        goodbye, press = request.form.get("goodbye", ""), _press()
        done = close_handover(runtime, actor(), _id(number), goodbye, press)
        if isinstance(done, Refused):
            return _again(runtime, number, "goodbye", done)
        flash(CLOSED)
        return redirect(LIST, 303)

    return {
        f"{LIST}/<number>/tra-loi": answer,
        f"{LIST}/<number>/nhan": take,
        f"{LIST}/<number>/chuyen": hand,
        f"{LIST}/<number>/ket-thuc": close,
    }


def _listed(runtime: Runtime) -> dict[str, Any]:
    return {
        "talks": list_talks(runtime, actor()),
        "may_read": actor().may(Role.CLERK),
        "now": runtime.now(),
        "long": words_of,
        "endings": ENDING_WORDS,
    }


def _live(runtime: Runtime, shown: TalkPage) -> dict[str, Any]:
    return {
        "shown": shown,
        "now": runtime.now(),
        "long": words_of,
        "endings": ENDING_WORDS,
        "states": STATE_WORDS,
    }


def _page(runtime: Runtime, shown: TalkPage, faults: Mapping[str, str]) -> str:
    """The page of one talk; what was typed stands in it again."""
    return render_template(
        "console/talks/talk.html",
        **_live(runtime, shown),
        faults=faults,
        typed=request.form.get("text", ""),
        goodbye=request.form.get("goodbye", shown.goodbye),
        press=uuid4().hex,
        choices=[(str(one.id), one.name) for one in shown.colleagues],
    )


def _again(runtime: Runtime, number: str, field: str, refused: Refused) -> tuple[str, int]:
    """The page once more, with why nothing was done; 404 where there is no such talk."""
    shown = _shown(runtime, number)
    return _page(runtime, shown, {field: _why(runtime, refused)}), 422


def _moved(
    runtime: Runtime, number: str, done: Done | Refused, told: str
) -> Response | tuple[str, int]:
    if isinstance(done, Refused):
        return _again(runtime, number, "to", done)
    flash(told)
    return redirect(f"{LIST}/{number}", 303)


def _why(runtime: Runtime, refused: Refused) -> str:
    """Why nothing was done and what to do, for the clerk."""
    if refused.why is Why.WINDOW and refused.until:
        until = f"{refused.until.astimezone(runtime.settings.zone):%H:%M ngày %d/%m/%Y}"
        return (
            f"Chưa gửi: Zalo chỉ cho trả lời đến {until}. Khi người dân nhắn lại thì gửi được; "
            "việc gấp mời liên hệ theo số điện thoại trong hồ sơ."
        )
    if refused.why is Why.TOO_LONG:
        return (
            f"Chưa gửi: nội dung dài quá {refused.over} ký tự. Mời rút gọn, hoặc gửi làm hai lần."
        )
    if refused.why is Why.HELD:
        holder = f" ({refused.holder})" if refused.holder else ""
        return (
            f"Chưa thực hiện: cán bộ khác{holder} vừa nhận cuộc trao đổi này. Mời xem lại nội dung "
            "mới, rồi bấm “Nhận trả lời” nếu cần trả lời thay."
        )
    return WHY_WORDS[refused.why]


WHY_WORDS: Mapping[Why, str] = {
    Why.UNKNOWN: "Không tìm thấy cuộc trao đổi này.",
    Why.CLOSED: "Chưa gửi: cuộc trao đổi đã kết thúc. Người dân gõ “gặp cán bộ” để mở lại.",
    Why.WINDOW: "Chưa gửi: người dân chưa nhắn tin cho trang nên Zalo chưa cho trả lời.",
    Why.EMPTY: "Chưa gửi: chưa có nội dung. Mời nhập câu trả lời.",
    Why.NO_CLERK: "Chưa chuyển: tài khoản này không phải cán bộ một cửa của cơ quan.",
}


def words_of(length: timedelta) -> str:
    """A length of time in words, by its two largest parts: "1 ngày 3 giờ"."""
    minutes = int(length.total_seconds()) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "ngày"), (hours, "giờ"), (minutes, "phút")]
    told = [f"{count} {unit}" for count, unit in parts if count][:2]
    return " ".join(told) or "chưa đến 1 phút"


def _shown(runtime: Runtime, number: str) -> TalkPage:
    shown = show_talk(runtime, actor(), _id(number))
    return shown or abort(404)


def _id(number: str) -> int:
    """A number out of the address; 404 for what is none."""
    return (
        int(number) if number.isascii() and number.isdecimal() and len(number) < 16 else abort(404)
    )


def _staff(typed: str) -> int | None:
    """A clerk's id out of a form; None for nobody."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else None


def _press() -> str:
    """What tells this press of a button from others; a form without one is pressed once."""
    return request.form.get("press") or uuid4().hex
