"""`/console/tim`: a dossier found by its code, a phone or a name."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.staff import Role
from bot.find_dossiers import Kind, find_dossiers
from bot.runtime import Runtime
from bot.vault import Unreadable
from console.counter_words import STATUS_WORDS
from console.door import actor, allowed

MOST_TYPED = 200
PLACE = "/console/tim"


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_find", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def find() -> Response | str:
        typed = _opened(runtime, request.args.get("k", ""))
        found = find_dossiers(runtime, actor(), typed) if typed else None
        if found and found.kind is Kind.CODE and len(found.rows) == 1:
            return redirect(f"/console/ho-so/{found.rows[0].code}", 303)
        return render_template(
            "counter/find.html", typed=typed, found=found, status_words=STATUS_WORDS
        )

    @routes.post(PLACE)
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def ask() -> Response:
        typed = request.form.get("q", "").strip()[:MOST_TYPED]
        if not typed:
            return redirect(PLACE, 303)
        # A phone or a name in an address would stand in the logs of every proxy on its way.
        return redirect(f"{PLACE}?k={runtime.vault.seal(typed).decode()}", 303)

    return routes


def _opened(runtime: Runtime, sealed: str) -> str:
    """What was asked for; nothing where it cannot be read any more."""
    try:
        return runtime.vault.open_text(sealed.encode()) if sealed else ""
    except Unreadable:
        return ""
