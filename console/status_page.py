"""`/t/<CODE>.<SIG>`: the page behind a slip's QR, for whoever holds the slip."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template
from markupsafe import escape

from bot.core.step_line import Line
from bot.count_pages import PageCount
from bot.database import AWAY
from bot.logs import log
from bot.present_texts import look
from bot.runtime import Runtime
from bot.settings import Settings
from bot.show_slip import Shown, SlipDesk
from console.blanks import Blanks, blank, cut

ASSETS = Path(__file__).with_name("static") / "slip"
KINDS = {  # what the page is made of
    "slip.css": "text/css; charset=utf-8",
    "slip.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
# Nothing of a dossier is in these, and a new content has a new address.
KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}
HEADERS = {
    # Nothing inline runs, nothing comes from elsewhere, and the page sends nothing anywhere.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LINES = (("Content-Type", "text/html; charset=utf-8"), *HEADERS.items())
# What differs from dossier to dossier within one form of the page.
# Of these, what is not known is left out of the form.
SOMETIMES = ("due", "address", "open_hours", "hotline")
VALUES = ("code", "sentence", "advice", "agency", "as_of", "link", *SOMETIMES)

logger = log(__name__)

_Form = tuple[Line, bool, tuple[bool, ...]]


class Whole(Response):
    """An answer with every header it needs, so that nobody has to look which are missing.

    It goes out as it is: Werkzeug would look through its headers twice for what is not there.
    """

    def __init__(self, html: str, status: int) -> None:
        super().__init__(status=status)
        self._body = html.encode()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request; without the page where only its head was asked for."""
        start_response(self.status, [*LINES, ("Content-Length", str(len(self._body)))])
        return () if environ["REQUEST_METHOD"] == "HEAD" else (self._body,)


class Pages:
    """The pages' HTML: each form is rendered once, then filled in for each reader.

    There are as many forms as ways of a dossier, late or not, with and without each of SOMETIMES;
    all are of the words that were present when they were made.
    """

    def __init__(self, desk: SlipDesk, assets: Mapping[str, bytes]) -> None:
        settings = desk.runtime.settings
        self.texts = desk.runtime.texts
        self._desk = desk
        self._fixed: dict[str, Any] = {
            "w": {name: escape(text) for name, text in desk.words(self.texts).items()},
            "asset": {name: _address(name, body) for name, body in assets.items()},
            "zalo": zalo_page(settings),
            "sms": sms_question(settings),
        }
        self._forms: dict[_Form, Blanks] = {}

    def status(self, shown: Shown) -> str:
        """Where a dossier stands."""
        form = (
            shown.line,
            shown.late,
            (bool(shown.due), bool(shown.address), bool(shown.open_hours), bool(shown.hotline)),
        )
        page = self._forms.get(form)
        if page is None:
            page = self._forms[form] = self._form(shown)
        return page.filled({name: getattr(shown, name) for name in VALUES})

    def nothing(self, head: str, *lines: str) -> str:
        """That there is nothing to show, and what to do."""
        words = self._fixed["w"]
        told = {"head": words[head], "lines": [words[line] for line in lines]}
        return render_template("slip/nothing.html", **self._fixed, **told)

    def _form(self, shown: Shown) -> Blanks:
        values = asdict(shown) | {name: blank(name) for name in VALUES if getattr(shown, name)}
        steps = self._desk.steps(shown.line)
        return cut(render_template("slip/status.html", **self._fixed, shown=values, steps=steps))


@dataclass(slots=True)
class Shelf:
    """The pages of the present words; made anew when words were changed."""

    desk: SlipDesk
    assets: Mapping[str, bytes]
    _pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        self._pages = Pages(self.desk, self.assets)

    def pages(self) -> Pages:
        """The pages to answer one request with."""
        look(self.desk.runtime)
        if self._pages.texts is not self.desk.runtime.texts:
            self._pages = Pages(self.desk, self.assets)
        return self._pages


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("status_page", __name__, template_folder="templates")
    assets = {name: (ASSETS / name).read_bytes() for name in KINDS}
    desk = SlipDesk(runtime)
    shelf = Shelf(desk, assets)
    count = PageCount(runtime)

    # Query parameters, such as the one Zalo appends to shared links, are not looked at.
    @routes.get("/t/<tail>")
    @routes.get("/T/<tail>")
    def show(tail: str) -> Response:
        pages = shelf.pages()
        try:
            shown = desk.show(tail)
        except AWAY as fault:
            logger.exception("page.away", fault=type(fault).__name__)
            return _page(pages.nothing("away", "away_do"), 503)
        if shown is None:
            return _page(pages.nothing("unknown", "unknown_why", "unknown_do"), 404)
        count.opened()
        return _page(pages.status(shown), 200)

    @routes.get("/t/page/<name>")
    def asset(name: str) -> Response:
        if name not in assets:
            abort(404)
        return Response(assets[name], headers=KEEP, content_type=KINDS[name])

    return routes


def zalo_page(settings: Settings) -> str:
    """The link that opens the Official Account; empty when there is none.

    Source: zalo-platform 8.2.
    """
    return f"https://zalo.me/{quote(settings.zalo_oa_id)}" if settings.zalo_oa_id else ""


def sms_question(settings: Settings) -> dict[str, str]:
    """What to write by SMS in front of the code, and the link that does; empty without a number.

    Source: RFC 5724 (the sms scheme).
    """
    if not settings.sms_short_code:
        return {}
    keyword = settings.sms_keyword.upper()
    return {"text": f"{keyword} ", "link": f"sms:{settings.sms_short_code}?body={keyword}%20"}


def _address(name: str, body: bytes) -> str:
    return f"/t/page/{name}?v={sha256(body).hexdigest()[:10]}"


def _page(html: str, status: int) -> Response:
    return Whole(html, status)
