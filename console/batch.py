"""`/console/in-theo-ngay`: a day's slips in one file, with how far its drawing is."""

from datetime import date

from flask import Blueprint, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.ask_batch import PAPERS, ask_batch, batch_of, batches, open_drawn
from bot.core.counter_faults import Faults
from bot.core.counter_typing import read_day
from bot.core.staff import Role
from bot.runtime import Runtime
from bot.store.slip_batches import BatchState
from console.desks import present_desk
from console.door import actor, allowed, paper

PLACE = "/console/in-theo-ngay"
ALL = 100


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_batch", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK)
    def show() -> str:
        return _page(runtime, {"day": f"{runtime.today():%d/%m/%Y}", "paper": PAPERS[0]}, {})

    @routes.post(PLACE)
    @allowed(Role.CLERK)
    def ask() -> Response | tuple[str, int]:
        return _asked(runtime)

    @routes.get(f"{PLACE}/<int:number>")
    @allowed(Role.CLERK)
    def one(number: int) -> str:
        found = _found(runtime, number)
        return render_template(
            "counter/batch.html", place=PLACE, batch=found, percent=_percent(found)
        )

    @routes.get(f"{PLACE}/<int:number>/tien-do")
    @allowed(Role.CLERK, renews=False)
    def how_far(number: int) -> Response:
        found = _found(runtime, number)
        return jsonify(open=found.open, done=found.done, total=found.total, percent=_percent(found))

    @routes.get(f"{PLACE}/<int:number>/phieu.pdf")
    @allowed(Role.CLERK)
    def file(number: int) -> Response:
        pdf = open_drawn(runtime, actor(), number)
        if pdf is None:
            abort(404)
        return paper(pdf, f"phieu-{number}.pdf")

    return routes


def _found(runtime: Runtime, number: int) -> BatchState:
    found = batch_of(runtime, actor(), number)
    if found is None:
        abort(404)
    return found


def _percent(batch: BatchState) -> int:
    return min(ALL, batch.done * ALL // max(1, batch.total))


def _asked(runtime: Runtime) -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in ("day", "paper")}
    desk, _ = present_desk(runtime)
    day = _day(typed["day"])
    if desk is None:
        abort(404)
    if day is None:
        fault = f"Không đọc được ngày “{typed['day'][:20]}”. Gõ như 25/11/2026."
        return _page(runtime, typed, {"day": fault}), 422
    outcome = ask_batch(runtime, actor(), desk.code, day, typed["paper"])
    if isinstance(outcome, Faults):
        return _page(runtime, typed, dict(outcome.fields)), 422
    return redirect(f"{PLACE}/{outcome}", 303)


def _day(typed: str) -> date | None:
    found = read_day(typed)
    return found[0] if found else None


def _page(runtime: Runtime, typed: dict[str, str], faults: dict[str, str]) -> str:
    desk, desks = present_desk(runtime)
    if desk is None:
        abort(404)
    return render_template(
        "counter/batches.html",
        place=PLACE,
        desk=desk,
        desks=desks,
        desk_pairs=[(one.code, f"{one.name} ({one.code})") for one in desks],
        sizes=[(size, size) for size in PAPERS],
        typed=typed,
        faults=faults,
        batches=batches(runtime, actor()),
    )
