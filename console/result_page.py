"""`/kiem-tra-ket-qua`: whether the result that somebody holds is in force, for everybody."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Blueprint, Response, render_template, request

from bot.check_result import (
    PAGE_ANSWERS,
    PAGE_TIME,
    PAGE_TOO_MANY,
    PAGE_WORDS,
    TooManyChecks,
    check_from,
)
from bot.core.document import MOST_TYPED_NUMBER
from bot.core.result_number import Standing, is_readable
from bot.database import AWAY
from bot.logs import log
from bot.present_texts import look
from bot.runtime import Runtime
from bot.vault import blind_index, derived_key
from console.status_page import ASSETS
from console.status_page import HEADERS as SLIP_HEADERS

PLACE = "/kiem-tra-ket-qua"
COOKIE = "kiem_tra"  # half of the form's token; names nobody
HOURS = 2  # so long a page may stand open before its form is sent
MOST_BYTES = 8 * 1024
HEADERS = {
    **SLIP_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """What a form is answered with, in words; `good` when the result counts."""

    answer: str = ""
    good: bool = False
    why: str = ""
    as_of: str = ""
    fault: str = ""
    status: int = 200


@dataclass(slots=True)
class Forms:
    """Tokens of forms that whoever sends them has opened here.

    Nothing is changed by the form, but each one sent counts against the sender's address.
    """

    runtime: Runtime
    _key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._key = derived_key(self.runtime.settings.secret_key, "result page")

    def token(self, half: str, hours_ago: int = 0) -> str:
        """The other half of the token: of this hour, or of one before."""
        hour = int(self.runtime.now().timestamp()) // 3600 - hours_ago
        return blind_index(self._key, f"{half}:{hour}").hex()

    def is_ours(self, half: str, token: str) -> bool:
        """Whether both halves belong together and are not too old."""
        known = (self.token(half, hours) for hours in range(HOURS + 1))
        return bool(half) and any(
            [hmac.compare_digest(one.encode(), token.encode()) for one in known]
        )


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("result_page", __name__, template_folder="templates")
    forms = Forms(runtime)
    assets = {name: _address(name) for name in ("slip.css", "icon.svg")}

    @routes.get(PLACE)
    def ask() -> Response:
        look(runtime)
        return _page(runtime, forms, assets, Said())

    @routes.post(PLACE)
    def answer() -> Response:
        look(runtime)
        request.max_content_length = MOST_BYTES
        typed = request.form.get("so", "").strip()
        half, token = request.cookies.get(COOKIE, ""), request.form.get("token", "")
        if not forms.is_ours(half, token):
            said = Said(fault=_words(runtime)["open_too_long"], status=400)
        else:
            said = _said(runtime, typed)
        return _page(runtime, forms, assets, said, typed)

    return routes


def _said(runtime: Runtime, typed: str) -> Said:
    """The answer to what was typed: the same form and the same work whatever it is."""
    words = _words(runtime)
    if not is_readable(typed):
        return Said(fault=words["empty"], status=422)
    try:
        standing = check_from(runtime, request.remote_addr or "", typed)
    except TooManyChecks as refusal:
        until = refusal.until + timedelta(seconds=59)
        told = runtime.texts.render(PAGE_TOO_MANY, time=_time(runtime, until))
        logger.warning("result_page.limited")
        return Said(fault=told, status=429)
    except AWAY as fault:
        logger.exception("page.away", fault=type(fault).__name__)
        return Said(fault=words["away"], status=503)
    return Said(
        answer=runtime.texts.render(PAGE_ANSWERS[standing]),
        good=standing is Standing.IN_FORCE,
        why=words["unknown_why"] if standing is Standing.UNKNOWN else "",
        as_of=runtime.texts.render(PAGE_TIME, time=_time(runtime, runtime.now())),
    )


def _words(runtime: Runtime) -> dict[str, str]:
    return {name: runtime.texts.render(key) for name, key in PAGE_WORDS.items()}


def _time(runtime: Runtime, moment: datetime) -> str:
    return f"{moment.astimezone(runtime.settings.zone):%H giờ %M phút ngày %d/%m/%Y}"


def _page(
    runtime: Runtime, forms: Forms, assets: Mapping[str, str], said: Said, typed: str = ""
) -> Response:
    half = request.cookies.get(COOKIE, "")[:64] or secrets.token_urlsafe(18)
    page = render_template(
        "slip/check.html",
        w=_words(runtime),
        asset=assets,
        said=said,
        typed=typed[: MOST_TYPED_NUMBER * 2],
        token=forms.token(half),
        most=MOST_TYPED_NUMBER,
    )
    shown = Response(page, said.status, HEADERS, content_type="text/html; charset=utf-8")
    shown.set_cookie(
        COOKIE,
        half,
        path=PLACE,
        httponly=True,
        samesite="Strict",
        secure=runtime.settings.public_url.startswith("https://"),
    )
    return shown


def _address(name: str) -> str:
    """Where the pages behind slips' QR codes have what they are made of."""
    return f"/t/page/{name}?v={sha256((ASSETS / name).read_bytes()).hexdigest()[:10]}"
