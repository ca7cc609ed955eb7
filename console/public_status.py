"""`/tinh-trang`: how prompt notices were on the last days, for everybody."""

from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from time import monotonic

from flask import Blueprint, Response, abort, render_template

from bot.database import AWAY
from bot.logs import log
from bot.reckon_promptness import promptness
from bot.runtime import Runtime
from console.book_words import number_words, share_words
from console.status_page import ASSETS

KEPT = 60.0  # seconds; the figures change once a day
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": f"public, max-age={KEPT:.0f}",
    "Referrer-Policy": "no-referrer",
}

logger = log(__name__)


@dataclass(slots=True)
class Shelf:
    """The page as it was made last, so that a crowd costs one look at the database a minute."""

    runtime: Runtime
    _page: str = ""
    _made_at: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def page(self) -> str:
        """The page, at most a minute old; an older one while the database is away.

        Errors: those of the database when none was made before.
        """
        with self._lock:
            if monotonic() - self._made_at < KEPT:
                return self._page
            try:
                self._page = _made(self.runtime)
            except AWAY as fault:
                logger.error("page.away", fault=type(fault).__name__)
                if not self._page:
                    raise
            self._made_at = monotonic()
            return self._page


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("public_status", __name__, template_folder="templates")
    shelf = Shelf(runtime)

    @routes.get("/tinh-trang")
    def show() -> Response:
        try:
            return Response(shelf.page(), headers=HEADERS, content_type="text/html; charset=utf-8")
        except AWAY:
            abort(503)

    return routes


def _made(runtime: Runtime) -> str:
    hours = runtime.settings.notice_hours
    return render_template(
        "watching/public.html",
        days=promptness(runtime),
        hours=hours,
        number=number_words,
        share=share_words,
        style=_address("slip.css"),
        icon=_address("icon.svg"),
    )


def _address(name: str) -> str:
    """Where the pages behind slips' QR codes have what they are made of."""
    return f"/t/page/{name}?v={sha256((ASSETS / name).read_bytes()).hexdigest()[:10]}"
