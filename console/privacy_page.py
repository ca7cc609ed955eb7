"""`/quyen-rieng-tu`: what is kept of citizens, why and how long, and what rights they have."""

from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, Response, render_template

from bot.agencies import list_agencies
from bot.answer import PRIVACY_PAGE
from bot.core.agency import Agency
from bot.database import AWAY
from bot.logs import log
from bot.retention import load_retention
from bot.runtime import Runtime
from console.status_page import ASSETS

MOST_NAMED = 5  # agencies of the top; others have one above them
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "public, max-age=3600",
    "Referrer-Policy": "no-referrer",
}

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One kind of data, in words."""

    what: str
    why: str
    how_long: str


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("privacy_page", __name__, template_folder="templates")

    @routes.get(PRIVACY_PAGE)
    def notice() -> Response:
        page = render_template(
            "privacy/notice.html",
            kept=kept_lines(),
            contact=runtime.settings.privacy_contact,
            agencies=_heads(runtime),
            style=_address("slip.css"),
            icon=_address("icon.svg"),
        )
        return Response(page, headers=HEADERS, content_type="text/html; charset=utf-8")

    return routes


def kept_lines() -> list[KeptLine]:
    """What the retention table says to citizens."""
    rules = load_retention().rules.values()
    return [
        KeptLine(one.shown, one.shown_why, f"Giữ {how_long(one.kept.days)}")
        for one in rules
        if one.shown
    ]


def how_long(days: int) -> str:
    """So many days as people say it: years and months where they come out even."""
    if days % 365 == 0 and days > 365:
        return f"{days // 365} năm"
    if days == 365:
        return "12 tháng"
    return f"{days} ngày"


def _heads(runtime: Runtime) -> list[Agency]:
    """The agencies that have none above them; the page stands also while the database is away."""
    try:
        return [one for one in list_agencies(runtime) if one.parent is None][:MOST_NAMED]
    except AWAY as fault:
        logger.error("page.away", fault=type(fault).__name__)
        return []


def _address(name: str) -> str:
    """Where the pages behind slips' QR codes have what they are made of."""
    return f"/t/page/{name}?v={sha256((ASSETS / name).read_bytes()).hexdigest()[:10]}"
