"""`/console/so-dien-thoai`: numbers that no message reaches, each with one field to correct it."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.counter_faults import Faults
from bot.core.staff import Role
from bot.correct_phone import bad_phones, correct_phone
from bot.own_code import own_code
from bot.runtime import Runtime
from console.door import actor, allowed
from console.row_number import row_number

PLACE = "/console/so-dien-thoai"


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_phones", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK)
    def show() -> str:
        return _page(runtime)

    @routes.get(f"{PLACE}/<code>")
    @allowed(Role.CLERK)
    def one(code: str) -> str:
        own = own_code(runtime, actor(), code)
        if own is None:
            abort(404)
        return render_template("counter/phone.html", place=PLACE, code=own, typed="", fault="")

    @routes.post(f"{PLACE}/<code>")
    @allowed(Role.CLERK)
    def correct(code: str) -> Response | tuple[str, int]:
        typed = request.form.get("phone", "")
        outcome = correct_phone(runtime, actor(), code, typed)
        if isinstance(outcome, Faults):
            fault = outcome.fields.get("phone") or outcome.fields.get("", "")
            if request.form.get("from") == "list":
                return _page(runtime, {code: (typed, fault)}), 422
            page = render_template(
                "counter/phone.html", place=PLACE, code=code, typed=typed, fault=fault
            )
            return page, 422
        flash(f"Hồ sơ {outcome.code}: đã sửa số điện thoại.")
        if request.form.get("from") == "list":
            return redirect(_list_address(), 303)
        return redirect(f"/console/ho-so/{outcome.code}", 303)

    return routes


def _list_address() -> str:
    before = row_number(request.form.get("before", ""))
    return f"{PLACE}?before={before}" if before else PLACE


def _page(runtime: Runtime, faults: dict[str, tuple[str, str]] | None = None) -> str:
    """The list; `faults` holds what was typed for a code, and what is wrong with it."""
    before = row_number(request.values.get("before", "")) or None
    return render_template(
        "counter/phones.html",
        place=PLACE,
        found=bad_phones(runtime, actor(), before),
        before=before,
        faults=faults or {},
    )
