"""`/console/lich/nhap`: a year's notice pasted or uploaded, looked at, then stored."""

from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.calendar_right import NOT_YOURS, may_change_calendar
from bot.core.calendar_reading import WEEKDAYS
from bot.core.counter_cells import Wrong
from bot.core.counter_csv import file_text
from bot.core.counter_faults import Faults, refused
from bot.core.staff import Role
from bot.enter_calendar import Entered, Handed, Preview, enter_notice, preview_notice
from bot.runtime import Runtime
from bot.working_calendar import working_calendar
from console.calendar import EVENING_OVER, PLACE, effect_words
from console.door import actor, allowed

ENTRY = f"{PLACE}/nhap"
LABELS = {
    "year": "Năm",
    "text": "Nội dung",
    "file": "Tệp",
    "number": "Số, ký hiệu thông báo",
    "issued": "Ngày ban hành",
}


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_calendar_notice", __name__, template_folder="templates")

    @routes.get(ENTRY)
    @allowed(Role.ADMINISTRATOR)
    def ask() -> str:
        year = request.args.get("nam", "") or str(_open_year(runtime))
        return _page(runtime, _Page(Handed(year, "")))

    @routes.post(ENTRY)
    @allowed(Role.ADMINISTRATOR)
    def take() -> Response | tuple[str, int]:
        return _taken(runtime)

    return routes


@dataclass(frozen=True, slots=True)
class _Page:
    """What was handed in, what is wrong with it, what would come of it."""

    handed: Handed
    faults: Faults | None = None
    preview: Preview | None = None


def _open_year(runtime: Runtime) -> int:
    """The first year from now on that no notice has confirmed."""
    year, calendar = runtime.today().year, working_calendar(runtime)
    return year if not calendar.confirmed(year) else year + 1


def _page(runtime: Runtime, page: _Page) -> str:
    refusal = "" if may_change_calendar(runtime, actor()) else NOT_YOURS
    faults = dict(page.faults.fields) if page.faults else {}
    general = faults.pop("", "")
    return render_template(
        "calendar/notice.html",
        place=ENTRY,
        back=PLACE,
        handed=page.handed,
        faults=faults,
        general=general or refusal,
        may=not refusal,
        labels=LABELS,
        weekdays=WEEKDAYS,
        preview=page.preview,
        effect=effect_words(page.preview.effect) if page.preview else "",
    )


def _taken(runtime: Runtime) -> Response | tuple[str, int]:
    """Look at what was handed in, or store it when it was looked at before."""
    handed, fault = _handed()
    if fault is not None:
        return _page(runtime, _Page(handed, fault)), 422
    if request.form.get("then") != "store":
        seen = preview_notice(runtime, actor(), handed)
        if isinstance(seen, Faults):
            return _page(runtime, _Page(handed, seen)), 422
        return _page(runtime, _Page(_filled(handed, seen), None, seen)), 200
    looked_at = request.form.get("looked_at", "")
    done = enter_notice(runtime, actor(), handed, looked_at)
    if isinstance(done, Entered):
        return _stored(done)
    if isinstance(done, Preview):
        return _page(runtime, _Page(_filled(handed, done), None, done)), 409
    again = preview_notice(runtime, actor(), handed)
    preview = again if isinstance(again, Preview) and again.looked_at == looked_at else None
    return _page(runtime, _Page(handed, done, preview)), 422


def _handed() -> tuple[Handed, Faults | None]:
    """What the form holds; a file stands in place of the text."""
    form, file = request.form, request.files.get("file")
    fault, text = None, form.get("text", "")
    if file is not None and file.filename:
        try:
            text = file_text(file.read())
        except Wrong as wrong:
            fault = refused(str(wrong), "file")
    typed = (form.get(name, "").strip() for name in ("number", "issued"))
    return Handed(form.get("year", ""), text.replace("\r\n", "\n"), *typed), fault


def _filled(handed: Handed, preview: Preview) -> Handed:
    """The form with the notice's number and day, where the text tells them."""
    read = preview.reading
    issued = handed.issued or (f"{read.issued:%d/%m/%Y}" if read.issued else "")
    return replace(handed, number=handed.number or read.number, issued=issued)


def _stored(done: Entered) -> Response:
    year = done.year.year
    flash(f"Đã ghi lịch năm {year} theo {done.year.source}. {effect_words(done.effect)}")
    if done.effect.evening_over:
        flash(EVENING_OVER, "warning")
    return redirect(f"{PLACE}?nam={year}", 303)
