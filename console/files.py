"""`/console/static/…`: the files that the console's pages are made of."""

from pathlib import PurePosixPath

from flask import Blueprint, Response, abort, current_app

from bot.runtime import Runtime
from console.door import public
from console.frame import KINDS

# Nothing of anybody is in these, and a new content has a new address.
KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}


def blueprint(_runtime: Runtime) -> Blueprint:
    """Build the route."""
    routes = Blueprint("console_files", __name__)

    @routes.get("/console/static/<path:name>")
    @public
    def file(name: str) -> Response:
        files = current_app.extensions["console_frame"].files
        if name not in files:
            abort(404)
        return Response(files[name], headers=KEEP, content_type=KINDS[PurePosixPath(name).suffix])

    return routes
