"""`/l/<token>`: where an announcement's own short link leads, and the pictures Zalo fetches."""

from flask import Blueprint, Response, abort

from bot import follow_link
from bot.runtime import Runtime

PICTURE_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
# Clicks are counted and nothing else: no cookie, no address, no token of a person.
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
KEEP = {"Cache-Control": "public, max-age=86400", "X-Robots-Tag": "noindex"}


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("short_links", __name__)

    # Query parameters, such as the one Zalo appends to shared links, are not looked at.
    @routes.get("/l/<token>")
    def follow(token: str) -> Response:
        target = follow_link.follow(runtime, token)
        if target is None:
            abort(404)
        return Response("", 302, {**HEADERS, "Location": target})

    @routes.get("/l/anh/<name>")
    def picture(name: str) -> Response:
        token, _, kind = name.partition(".")
        found = follow_link.picture_for_all(runtime, token)
        if found is None or found.kind != kind:
            abort(404)
        return Response(found.content, headers=KEEP, content_type=PICTURE_TYPES[found.kind])

    return routes
