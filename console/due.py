"""`/console/den-han`: what the desk has promised for today, and what it is late with."""

from flask import Blueprint, render_template

from bot.core.staff import Role
from bot.due_dossiers import due_today
from bot.runtime import Runtime
from console.door import actor, allowed


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_due", __name__, template_folder="templates")

    @routes.get("/console/den-han")
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def show() -> str:
        zone, today = runtime.settings.zone, runtime.today()
        rows = [
            (one, one.due_at.astimezone(zone).date() < today) for one in due_today(runtime, actor())
        ]
        return render_template("counter/due.html", rows=rows)

    return routes
