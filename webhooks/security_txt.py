"""`/.well-known/security.txt`: whom to tell of a weakness that somebody found."""

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, Response, abort

from bot.runtime import Runtime

PATH = "/.well-known/security.txt"
GOOD_FOR = timedelta(days=180)  # a reader may keep it so long (RFC 9116: less than a year)


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("security_txt", __name__)
    settings = runtime.settings

    @routes.get(PATH)
    def tell() -> Response:
        if not settings.security_contact:
            abort(404)
        until = datetime.combine(runtime.now().date() + GOOD_FOR, time(), UTC)
        lines = [
            *(f"Contact: {one}" for one in settings.security_contact),
            f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
            "Preferred-Languages: vi, en",
            f"Canonical: {settings.public_url}{PATH}",
        ]
        return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

    return routes
