"""`/console/lich`: the working calendar of a year, its notice entered, single days by hand."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.calendar_effect import Effect
from bot.calendar_right import may_change_calendar
from bot.close_day import DayEntered, DayOrder, enter_day, take_day_back
from bot.core.calendar_input import YEARS
from bot.core.calendar_reading import WEEKDAYS
from bot.core.counter_faults import Faults
from bot.core.staff import Role
from bot.export_calendar import calendar_csv, calendar_ics
from bot.runtime import Runtime
from bot.show_calendar import Origin, show_year
from console.calendar_grid import months_of
from console.door import actor, allowed

PLACE = "/console/lich"
READERS = (Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR)
ORIGINS = {
    Origin.ENTERED: "Nhập theo thông báo",
    Origin.PACKAGED: "Danh sách đi kèm phần mềm",
    Origin.COMPUTED: "Máy tính theo luật",
}
LABELS = {"day": "Ngày", "reason": "Lý do"}

View = AnyResponse | str | tuple[str, int]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_calendar", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(*READERS)
    def show() -> View:
        return _page(runtime, _asked_year(runtime), _Form())

    @routes.get(f"{PLACE}/<int:year>.csv")
    @allowed(*READERS)
    def table(year: int) -> Response:
        return _file(calendar_csv(runtime, _known(year)), "text/csv", f"lich-{year}.csv")

    @routes.get(f"{PLACE}/<int:year>.ics")
    @allowed(*READERS)
    def events(year: int) -> Response:
        return _file(calendar_ics(runtime, _known(year)), "text/calendar", f"lich-{year}.ics")

    @routes.post(f"{PLACE}/ngay")
    @allowed(Role.ADMINISTRATOR)
    def add() -> View:
        return _added(runtime)

    @routes.post(f"{PLACE}/ngay/bo")
    @allowed(Role.ADMINISTRATOR)
    def take_back() -> View:
        return _taken_back(runtime)

    return routes


@dataclass(frozen=True, slots=True)
class _Form:
    """What was typed for a day by hand, and what is wrong with it."""

    day: str = ""
    kind: str = "off"
    reason: str = ""
    faults: Faults | None = None


def _page(runtime: Runtime, year: int, form: _Form) -> View:
    shown = show_year(runtime, year)
    page = render_template(
        "calendar/year.html",
        place=PLACE,
        year=year,
        years=YEARS,
        shown=shown,
        origin=ORIGINS[shown.origin],
        months=months_of(year, shown.days, runtime.today()),
        today=runtime.today(),
        form=form,
        faults=form.faults.fields if form.faults else {},
        labels=LABELS,
        weekdays=WEEKDAYS,
        **_rights(runtime),
    )
    return (page, 422) if form.faults else page


def _rights(runtime: Runtime) -> dict[str, Any]:
    administers = actor().may(Role.ADMINISTRATOR)
    return {
        "administers": administers,
        "changes": administers and may_change_calendar(runtime, actor()),
    }


def _asked_year(runtime: Runtime) -> int:
    """The year that the address asks for; this year when it asks for none."""
    typed = request.args.get("nam", "")
    if not typed:
        return runtime.today().year
    return _known(int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0)


def _known(year: int) -> int:
    return year if year in YEARS else abort(404)


def _file(text: str, kind: str, name: str) -> Response:
    told = Response(text, content_type=f"{kind}; charset=utf-8")
    told.headers.set("Content-Disposition", "attachment", filename=name)
    return told


def _added(runtime: Runtime) -> View:
    typed = request.form
    form = _Form(typed.get("day", ""), typed.get("kind", "off"), typed.get("reason", ""))
    done = enter_day(runtime, actor(), DayOrder(form.day, form.kind == "work", form.reason))
    if isinstance(done, Faults):
        return _page(runtime, _form_year(runtime), _Form(form.day, form.kind, form.reason, done))
    return _told(done, "Đã ghi")


def _taken_back(runtime: Runtime) -> View:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(400)
    done = take_day_back(runtime, actor(), day, request.form.get("entered_at", ""))
    if isinstance(done, Faults):
        return _page(runtime, _form_year(runtime), _Form(faults=done))
    return _told(done, "Đã bỏ ngày nhập riêng")


def _form_year(runtime: Runtime) -> int:
    """The year of the page that a form stood on."""
    typed = request.form.get("year", "")
    plain = typed.isascii() and typed.isdecimal() and len(typed) < 5 and int(typed) in YEARS
    return int(typed) if plain else runtime.today().year


def _told(done: DayEntered, words: str) -> AnyResponse:
    kind = "ngày làm việc" if done.works else "ngày nghỉ"
    flash(f"{words}: {done.day:%d/%m/%Y} là {kind}. {effect_words(done.effect)}")
    if done.effect.evening_over:
        flash(EVENING_OVER, "warning")
    return redirect(f"{PLACE}?nam={done.day.year}", 303)


EVENING_OVER = (
    "Đợt tin xin lỗi 17:30 hôm nay đã bắt đầu theo lịch cũ. Muốn gửi thêm cho hồ sơ hẹn trả các "
    "ngày vừa đổi, người vận hành chạy: python -m bot apologise"
)


def effect_words(effect: Effect) -> str:
    """What a change does to open dossiers, in words."""
    moved = (
        f"{effect.moved} hồ sơ đang giải quyết đổi buổi chiều nhận tin xin lỗi"
        if effect.moved
        else "Không hồ sơ nào đổi buổi chiều nhận tin xin lỗi"
    )
    closed = (
        f"; {effect.closed} hồ sơ đang hẹn trả đúng ngày nghỉ mới, ngày hẹn không tự đổi"
        if effect.closed
        else ""
    )
    return f"{moved}{closed}."
