"""`/console/co-quan/<code>`: one agency: its facts, switches, days, names, rungs and history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.change_agency import change_agency
from bot.core.agency import DESK_FACTS, Agency
from bot.core.agency_change import SWITCHES, as_typed
from bot.core.agency_faults import Kind, Refused
from bot.core.ladder import RUNGS
from bot.core.staff import Role
from bot.narrow_ladder import ladder_steps, narrow_ladder
from bot.rename_agency import NewName, drop_rename, rename_agency
from bot.runtime import Runtime
from bot.show_agencies import Shown, show_agency
from console.agencies import PLACE, choices
from console.agency_words import LABELS, at_fields, stale_words
from console.book_words import CHANNELS, EVENTS
from console.deeds import said, told
from console.door import actor, allowed

# Which facts each form of the page carries.
PARTS: Mapping[str, tuple[str, ...]] = {
    "facts": ("name", "sms_name", "parent", *DESK_FACTS),
    "switches": (*SWITCHES, "result_hold_minutes"),
    "life": ("valid_from", "valid_to", "successor"),
}
NAMES = ("new_name", "new_sms_name", "since")
SAVED = {
    "facts": "Đã lưu thông tin cơ quan.",
    "switches": "Đã lưu công tắc: có tác dụng từ tin tiếp theo.",
    "life": "Đã lưu thời gian hoạt động và nơi nối tiếp.",
}
HINTS = {
    "sms_name": "Không dấu, ngắn; SMS dùng tên này thay cho tên đầy đủ.",
    "desk_name": "Mặc định: Bộ phận Tiếp nhận và Trả kết quả.",
    "place": "Đứng trước ngày trên giấy, ví dụ: Lệ Thủy.",
    "address": "Công dân đọc trên trang tra cứu sau khi quét mã QR.",
    "open_hours": "Ví dụ: Thứ Hai đến Thứ Sáu, 7 giờ đến 17 giờ.",
    "work_hours": "Ví dụ: 07:00-11:30,13:30-17:00.",
    "code_head": "Mã có dạng <đầu mã>-251126-0001. Để trống: mã cơ quan.",
}
Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form of the page that was not taken: which, what was typed into it, and why."""

    part: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    refused: Refused = field(default_factory=Refused)
    chosen: Sequence[str] = ()  # rungs, of the form about one event


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_agency", __name__, template_folder="templates")

    @routes.get(f"{PLACE}/<code>")
    @allowed(Role.ADMINISTRATOR, Role.SUPERVISOR)
    def show(code: str) -> str:
        return _page(runtime, code, Attempt())

    @routes.post(f"{PLACE}/<code>")
    @allowed(Role.ADMINISTRATOR)
    def change(code: str) -> Answer:
        return _changed(runtime, code)

    @routes.post(f"{PLACE}/<code>/ten")
    @allowed(Role.ADMINISTRATOR)
    def rename(code: str) -> Answer:
        return _renamed(runtime, code)

    @routes.post(f"{PLACE}/<code>/ten/<int:number>/bo")
    @allowed(Role.ADMINISTRATOR)
    def drop(code: str, number: int) -> Answer:
        outcome = drop_rename(runtime, actor(), code, number)
        words = "Đã bỏ tên mới: cơ quan giữ tên đang dùng."
        return _answered(runtime, code, Attempt("names"), outcome, words)

    @routes.post(f"{PLACE}/<code>/kenh-gui")
    @allowed(Role.ADMINISTRATOR)
    def narrow(code: str) -> Answer:
        return _narrowed(runtime, code)

    return routes


def _changed(runtime: Runtime, code: str) -> Answer:
    form = request.form
    part = form.get("part", "")
    if part not in PARTS:
        abort(400)
    typed = {name: form.get(name, "") for name in PARTS[part]}
    seen = {name: form.get(f"seen-{name}", "") for name in PARTS[part]}
    outcome = change_agency(runtime, actor(), code, typed, seen)
    return _answered(runtime, code, Attempt(part, typed), outcome, SAVED[part])


def _renamed(runtime: Runtime, code: str) -> Answer:
    typed = {name: request.form.get(name, "") for name in NAMES}
    name, sms_name, since = typed.values()
    new = NewName(name, sms_name, since, request.form.get("seen-name"))
    outcome = rename_agency(runtime, actor(), code, new)
    words = "Đã ghi tên mới; tên cũ được giữ cùng thời gian đã dùng."
    return _answered(runtime, code, Attempt("names", typed), outcome, words)


def _narrowed(runtime: Runtime, code: str) -> Answer:
    event, seen = request.form.get("event", ""), request.form.get("seen", "")
    chosen = request.form.getlist("rungs")
    back = request.form.get("then") == "back"
    outcome = narrow_ladder(runtime, actor(), code, event, None if back else chosen, seen)
    words = f"Đã lưu kênh gửi của tin “{EVENTS.get(event, event)}”: có tác dụng từ tin tiếp theo."
    return _answered(runtime, code, Attempt(f"ladder-{event}", chosen=chosen), outcome, words)


def _answered(
    runtime: Runtime, code: str, attempt: Attempt, outcome: Agency | Refused, words: str
) -> Answer:
    if isinstance(outcome, Agency):
        flash(words)
        return redirect(f"{PLACE}/{outcome.code}", 303)
    if any(one.kind is Kind.UNKNOWN and one.field == "code" for one in outcome.misfits):
        abort(404)
    tried = Attempt(attempt.part, attempt.typed, outcome, attempt.chosen)
    return _page(runtime, code, tried), 409 if outcome.stale else 422


def _page(runtime: Runtime, code: str, attempt: Attempt) -> str:
    shown = show_agency(runtime, actor(), code)
    if shown is None:
        abort(404)
    return render_template(
        "agencies/agency.html",
        place=PLACE,
        shown=shown,
        one=shown.agency,
        today=runtime.today(),
        steps=ladder_steps(runtime, code),
        history=[(entry, said(entry.action), told(entry.detail)) for entry in shown.history],
        edits=actor().may(Role.ADMINISTRATOR),
        **_forms(shown, attempt),
        **_words(runtime),
    )


def _forms(shown: Shown, attempt: Attempt) -> dict[str, Any]:
    """What each form holds: what was typed, where it was not taken; else what is stored."""
    stored = {
        part: {name: as_typed(getattr(shown.agency, name)) for name in names}
        for part, names in PARTS.items()
    }
    typed = {**stored, "names": dict.fromkeys(NAMES, "")}
    faults = at_fields(attempt.refused.misfits)
    if attempt.part == "names":
        faults = {
            f"new_{name}" if name in PARTS["facts"] else name: faults[name] for name in faults
        }
    if attempt.part in typed:
        typed[attempt.part] = {**typed[attempt.part], **attempt.typed}
    return {
        "stored": stored,
        "typed": typed,
        "tried": attempt.part,
        "chosen": attempt.chosen,
        "faults": faults,
        "stale": stale_words(attempt.refused.stale),
    }


def _words(runtime: Runtime) -> dict[str, Any]:
    return {
        "labels": LABELS,
        "hints": HINTS,
        "desk_facts": DESK_FACTS,
        "read_facts": ("sms_name", *DESK_FACTS),
        "switches": SWITCHES,
        "channels": CHANNELS,
        "events": EVENTS,
        "usual": RUNGS,
        "agencies": choices(runtime, none=True),
    }
