"""The web process: assembles the blueprints; importing this module starts nothing."""

import os
import sys
from functools import cache

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

import console.access_review
import console.agencies
import console.agency
import console.announcement_groups
import console.announcement_watch
import console.announcements
import console.audit
import console.batch
import console.bills
import console.books
import console.calendar
import console.calendar_notice
import console.complaints
import console.desk
import console.document_register
import console.documents
import console.door
import console.dossier
import console.due
import console.feed_keys
import console.files
import console.find
import console.home
import console.intake
import console.login
import console.papers
import console.password
import console.phones
import console.photos
import console.post_files
import console.post_items
import console.post_returns
import console.privacy_page
import console.procedures
import console.public_status
import console.result_page
import console.row_number
import console.second_factor
import console.short_links
import console.staff
import console.status_page
import console.talks
import console.watching
import console.wordings
import webhooks.feed
import webhooks.health
import webhooks.security_txt
import webhooks.sms_inbound
import webhooks.sms_receipts
import webhooks.zalo
from bot.database import is_ahead, present_schema, reading, schema_fault
from bot.health import redis_fault
from bot.logs import configure_logs, log
from bot.runtime import Runtime, build_runtime
from bot.settings import SERVICE_NEEDS, SettingsError, load_settings
from bot.traces import start_traces
from webhooks.proxies import TrustedProxies
from webhooks.request_ids import RequestIds

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cache-Control": "no-store",
}
# Every address that may be called without a log-in; a test walks the route map against it.
PUBLIC = frozenset(
    {
        "/webhooks/zalo",
        "/webhooks/sms/esms/inbound",
        "/webhooks/sms/1pay/inbound",
        "/webhooks/sms/cpurl/inbound",
        "/webhooks/sms/esms/receipt",
        "/webhooks/sms/speedsms/receipt",
        "/webhooks/sms/vietguys/receipt",
        "/feeds/v1/dossiers",
        "/feeds/dvcqg",
        "/healthz",
        "/.well-known/security.txt",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/docs/swagger-ui/<name>",
        "/docs/page/<name>",
        "/t/<tail>",
        "/T/<tail>",
        "/t/page/<name>",
        "/l/<token>",
        "/l/anh/<name>",
        "/tinh-trang",
        "/quyen-rieng-tu",
        "/kiem-tra-ket-qua",
        "/console/login",
        "/console/login/tinh",
        "/console/login/tinh/ve",
        "/console/static/<path:name>",
    }
)
# Pages of the console. Whom each lets in stands above its views; one that does not say so keeps
# the application from starting.
CONSOLE = (
    console.login,
    console.password,
    console.second_factor,
    console.files,
    console.home,
    console.find,
    console.dossier,
    console.documents,
    console.document_register,
    console.due,
    console.papers,
    console.intake,
    console.phones,
    console.batch,
    console.post_files,
    console.post_items,
    console.post_returns,
    console.procedures,
    console.desk,
    console.calendar,
    console.calendar_notice,
    console.agencies,
    console.agency,
    console.staff,
    console.access_review,
    console.audit,
    console.feed_keys,
    console.watching,
    console.photos,
    console.talks,
    console.bills,
    console.books,
    console.complaints,
    console.announcements,
    console.announcement_watch,
    console.announcement_groups,
    console.wordings,
)

# gunicorn takes this code for "the application cannot be loaded" and ends; a worker that ends
# with any other would be started again for ever.
CANNOT_LOAD = 4
# Set by gunicorn.conf.py for a process that takes the place of one that served already.
REPLACEMENT = "WEB_REPLACEMENT"

logger = log(__name__)


class SessionsOfCookies(SecureCookieSessionInterface):
    """Sessions in signed cookies; who brings none costs no reading of one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the request's cookie; an empty one without a cookie."""
        if "HTTP_COOKIE" not in request.environ:
            return SecureCookieSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie anew; nothing for a session that nobody looked into."""
        if session.accessed:
            super().save_session(app, session, response)


def create_app(runtime: Runtime) -> Flask:
    """Assemble the web application around a runtime."""
    app = Flask("wsgi", static_folder=None)
    start_traces(runtime.settings, "web", runtime.engines, app)
    app.session_interface = SessionsOfCookies()
    app.url_map.converters["int"] = console.row_number.RowNumber
    app.config["SECRET_KEY"] = runtime.settings.secret_key
    app.config["TRUSTED_HOSTS"] = None
    machines = (webhooks.zalo, webhooks.sms_inbound, webhooks.sms_receipts)
    for part in (*machines, webhooks.feed, webhooks.health, webhooks.security_txt):
        app.register_blueprint(part.blueprint(runtime))
    app.register_blueprint(console.status_page.blueprint(runtime))
    app.register_blueprint(console.short_links.blueprint(runtime))
    app.register_blueprint(console.public_status.blueprint(runtime))
    app.register_blueprint(console.privacy_page.blueprint(runtime))
    app.register_blueprint(console.result_page.blueprint(runtime))
    console.door.open_console(app, runtime, [part.blueprint(runtime) for part in CONSOLE])

    defaults = [(name.lower(), name, value) for name, value in SECURITY_HEADERS.items()]

    @app.after_request
    def protect(response: Response) -> Response:
        if isinstance(response, console.status_page.Whole):
            return response
        if console.door.is_ours(request):
            return console.door.protect(response)
        # Machines' answers set none of these themselves; the one public form has its own.
        if request.method == "POST" and request.path != console.result_page.PLACE:
            response.headers.extend(SECURITY_HEADERS)
            return response
        given = {name.lower() for name, _ in response.headers}
        for lower, name, value in defaults:
            if lower not in given:
                response.headers.add(name, value)
        return response

    app.register_error_handler(Exception, explain)
    trusted = runtime.settings.trusted_proxies
    app.wsgi_app = RequestIds(  # type: ignore[method-assign]
        TrustedProxies(app.wsgi_app, trusted), trusted
    )
    return app


def explain(fault: Exception) -> Response | tuple[str, int, dict[str, str]]:
    """Never a stack trace, never silence: a person may be reading this."""
    if console.door.is_ours(request):
        return console.door.explain(fault)
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    if isinstance(fault, HTTPException):
        status = fault.code or 500
        return SHORT_WORDS.get(status, "Không thực hiện được yêu cầu này."), status, plain
    logger.exception("web.broke")
    return "Hệ thống đang gặp trục trặc, mời thử lại sau ít phút.", 500, plain


SHORT_WORDS = {
    403: "Địa chỉ này không mở cho bạn.",
    404: "Không tìm thấy trang này.",
    405: "Địa chỉ này không nhận yêu cầu kiểu đó.",
    413: "Nội dung gửi lên quá lớn.",
}


def start_faults(runtime: Runtime) -> list[str]:
    """Why the web process cannot start: one line each, what, why and what to do."""
    settings = runtime.settings
    if not settings.redis_url:
        return ["REDIS_URL: is not set; set it to your Redis, or start all with: bot up"]
    try:
        with reading(runtime.engine) as connection:
            schema = present_schema(connection)
    except SQLAlchemyError as fault:
        why = str(getattr(fault, "orig", fault)).splitlines()[0]
        if os.environ.get(REPLACEMENT):  # it answers 503 until the database is back
            logger.error("database.away", why=why, do="start the database")
            return []
        return [f"DATABASE_URL: the database does not answer ({why}); start it or correct it"]
    schema_is = schema_fault(schema)
    if schema_is:
        return [f"database: {schema_is}"]
    if is_ahead(schema):
        logger.warning("schema.ahead", schema=schema, do="nothing: the newer version only added")
    redis_why = redis_fault(settings.redis_url)
    if redis_why:  # events are stored all the same, and workers look by themselves
        logger.error("redis.away", why=redis_why, do="start Redis or correct REDIS_URL")
    return []


@cache
def _app() -> Flask:
    configure_logs()
    os.umask(0o077)  # what we write belongs to this account alone
    try:
        runtime = build_runtime(load_settings(os.environ, SERVICE_NEEDS))
        faults = start_faults(runtime)
    except SettingsError as error:
        faults = [str(fault) for fault in error.faults]
    if faults:
        print("\n".join(faults), file=sys.stderr)
        raise SystemExit(CANNOT_LOAD)
    return create_app(runtime)


def __getattr__(name: str) -> Flask:
    """Build `wsgi:app` when the server first asks for it."""
    if name != "app":
        raise AttributeError(name)
    try:
        return _app()
    except AttributeError as fault:  # the server would take it for "there is no app"
        raise RuntimeError("the web application could not be built") from fault
