"""The console's door: who may open which page, who acts, and what every page carries along."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, Response, current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from bot.core.staff import Actor, Role
from bot.log_in import NoSession, Standing, standing
from bot.logs import log
from bot.runtime import Runtime
from console import instead
from console.frame import Frame
from console.kept import from_our_page, read, typed_here

ROOT = "/console"
COOKIE = "console"
PASSWORD_PAGE = "/console/mat-khau"  # noqa: S105  (an address)
CODE_PAGE = "/console/ma-xac-thuc"  # the second step of a log-in
FACTOR_PAGE = "/console/xac-thuc"
LOGOUT = "/console/logout"
MOST_BYTES = 1024 * 1024
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; "
    "object-src 'self'; base-uri 'none'; frame-ancestors "
)
HEADERS = {
    "Content-Security-Policy": CSP + "'none'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
# A paper is shown inside a page of ours. It holds no script that could run as one of us, and
# browsers' own viewers need what a stricter policy closes.
PAPER_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
SETTINGS = {
    "SESSION_COOKIE_NAME": "console_form",  # of CSRF and of short messages; names nobody
    "SESSION_COOKIE_PATH": ROOT,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_HTTPONLY": True,
    "WTF_CSRF_CHECK_DEFAULT": False,  # machines' addresses check signatures; ours are guarded here
    "WTF_CSRF_TIME_LIMIT": 12 * 3600,  # as long as a session at most
    "WTF_CSRF_SSL_STRICT": False,  # a proxy may change the Host that it compares with
}
MARK = "console_mark"

logger = log(__name__)
View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Mark:
    """Who may open a page: these roles; none: whoever is logged in.

    Shape: `renews` is False for what a page asks by itself; `most_bytes` of a body are taken.
    """

    roles: frozenset[Role] = frozenset()
    public: bool = False
    renews: bool = True
    most_bytes: int = MOST_BYTES

    def lets_in(self, actor: Actor) -> bool:
        """Whether this account may open the page."""
        return not self.roles or actor.may(*self.roles)


def allowed(
    *roles: Role, renews: bool = True, most_bytes: int = MOST_BYTES
) -> Callable[[View], View]:
    """Mark a view as one for these roles; without a role, for whoever is logged in."""
    return _marked(Mark(frozenset(roles), renews=renews, most_bytes=most_bytes))


def public(view: View) -> View:
    """Mark a view as open to everybody; wsgi.PUBLIC names its address too."""
    return _marked(Mark(public=True))(view)


def _marked(mark: Mark) -> Callable[[View], View]:
    def put_on(view: View) -> View:
        setattr(view, MARK, mark)
        return view

    return put_on


def actor() -> Actor:
    """Who acts in this request."""
    return present().actor


def present() -> Standing:
    """Who is logged in, in which session."""
    return cast(Standing, g.present)


def mark_of(app: Flask, endpoint: str) -> Mark | None:
    """The mark of a view; None when it has none."""
    mark: Mark | None = getattr(app.view_functions[endpoint], MARK, None)
    return mark


def is_ours(asked: Request) -> bool:
    """Whether a request is for the console."""
    return asked.path == ROOT or asked.path.startswith(ROOT + "/")


def paper(pdf: bytes, name: str) -> Response:
    """A PDF that a page of ours may show inside itself; `name` is its file name."""
    shown = Response(pdf, content_type="application/pdf", headers=PAPER_HEADERS)
    shown.headers.set("Content-Disposition", "inline", filename=name)
    return shown


def open_console(app: Flask, runtime: Runtime, parts: Iterable[Blueprint]) -> None:
    """Put the console's pages behind its door.

    Errors: RuntimeError for a page that does not say who may open it.
    """
    app.config.update(SETTINGS)
    app.config["SESSION_COOKIE_SECURE"] = runtime.settings.public_url.startswith("https://")
    csrf = CSRFProtect(app)
    frame = Frame(runtime)
    app.extensions["console_frame"] = frame
    for part in parts:
        part.before_request(lambda: _guard(runtime, csrf))
        part.context_processor(lambda: frame.values(g.get("present"), request.path))
        app.register_blueprint(part)
    frame.open_places({path: mark.lets_in for path, mark in _marks_of_pages(app).items()})


def _marks_of_pages(app: Flask) -> dict[str, Mark]:
    """The marks of the pages that are opened by GET, by address."""
    marks, unmarked = {}, []
    for rule in app.url_map.iter_rules():
        mark = mark_of(app, rule.endpoint)
        if rule.rule.startswith(ROOT) and mark is None:
            unmarked.append(rule.rule)
        elif mark is not None and "GET" in (rule.methods or ()):
            marks[rule.rule] = mark
    if unmarked:
        raise RuntimeError(f"console pages without @allowed(…): {', '.join(sorted(unmarked))}")
    return marks


def _guard(runtime: Runtime, csrf: CSRFProtect) -> Response | None:
    """Let a request through to its page, or answer in the page's place."""
    mark = mark_of(current_app, str(request.endpoint)) or Mark()
    request.max_content_length = mark.most_bytes
    token, address = request.cookies.get(COOKIE, ""), request.remote_addr or ""
    found = standing(runtime, token, address, mark.renews)
    if isinstance(found, Standing):
        g.present = found
    refused = None if mark.public else _refusal(mark, found, runtime.settings.public_url)
    if refused is not None:
        return refused
    if _holds_nul():
        return instead.refused(400)
    try:
        csrf.protect()
    except CSRFError:
        return _open_too_long(runtime.settings.public_url)
    return None


def _holds_nul() -> bool:
    """Whether something typed holds the one character that PostgreSQL keeps in no text."""
    addressed = "".join(str(value) for value in (request.view_args or {}).values())
    typed = (*request.args.items(multi=True), *request.form.items(multi=True))
    return "\x00" in addressed or any("\x00" in value for _, value in typed)


def _refusal(mark: Mark, found: Standing | NoSession, public_url: str) -> Response | None:
    """What answers in the page's place; None for who may open it."""
    if isinstance(found, NoSession):
        if request.method in ("GET", "HEAD"):
            return instead.log_in_first(found, request.full_path.rstrip("?"))
        return instead.log_in_to_send(found, request.path, typed_here(public_url))
    first = _first(found)
    if first is not None and request.path not in (first, LOGOUT):
        return _do_first(first)
    return None if mark.lets_in(found.actor) else instead.not_yours()


def _first(found: Standing) -> str | None:
    """The page on which something has to be done before any other is opened."""
    if found.must_prove:
        return CODE_PAGE
    if found.must_change:
        return PASSWORD_PAGE
    return FACTOR_PAGE if found.must_enrol else None


def _do_first(page: str) -> Response:
    if page == CODE_PAGE:
        back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else ROOT + "/"
        return instead.prove_first(page, back)
    return instead.change_first(page) if page == PASSWORD_PAGE else instead.enrol_first(page)


def _open_too_long(public_url: str) -> Response:
    """A login page that was left open is shown anew; of another page, what was typed."""
    if request.path == instead.LOGIN:
        back, login = local_page(request.form.get("next", "")), request.form.get("login", "")
        kept = read(request.form.get("kept", ""))
        if "present" in g and kept and from_our_page(public_url):  # logged in, in another tab
            return instead.send_again(instead.SEND_AGAIN, back, kept)
        words = "Trang đăng nhập đã mở quá lâu. Mời nhập lại mật khẩu."
        return instead.login_page(words, back, kept, login)
    return instead.open_too_long(typed_here(public_url))


def local_page(typed: str) -> str:
    """Where to go on after logging in: an address of the console, else its first page."""
    parts = urlsplit(typed)
    plain = typed.isprintable() and "\\" not in typed
    if plain and not parts.scheme and not parts.netloc and parts.path.startswith(ROOT + "/"):
        return typed
    return ROOT + "/"


def protect(response: Response) -> Response:
    """Give a console's answer its headers; what a page has set itself stays."""
    for name, value in HEADERS.items():
        if name not in response.headers:
            response.headers[name] = value
    return response


def explain(fault: Exception) -> Response:
    """A fault in a console page, in words."""
    if isinstance(fault, HTTPException):
        return instead.refused(fault.code or 500)
    logger.exception("console.broke")
    return instead.refused(500)
