"""`/console/audit`: what staff did, newest first, found by account, day and dossier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from bot.core.log_in import plain_login
from bot.core.staff import Role
from bot.database import reading
from bot.runtime import Runtime
from bot.store.audit_trail import Entry, Wanted, entries
from console.deeds import said, told
from console.door import actor, allowed
from receipts.code import read_one

MOST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is read."""

    entry: Entry
    words: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed into the filter."""

    login: str
    day: str
    code: str
    before: str

    def linked(self, before: int) -> str:
        """The address of the page after this one."""
        typed = {"login": self.login, "day": self.day, "code": self.code, "before": str(before)}
        return "/console/audit?" + urlencode({name: word for name, word in typed.items() if word})


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_audit", __name__, template_folder="templates")

    @routes.get("/console/audit")
    @allowed(Role.ADMINISTRATOR, Role.SUPERVISOR)
    def trail() -> tuple[str, int]:
        typed = request.args
        asked = Asked(*(typed.get(name, "").strip() for name in ("login", "day", "code", "before")))
        day = _day(asked.day)
        faults = {}
        if asked.day and day is None:
            faults["day"] = "Ngày không đọc được. Mời chọn ngày, ví dụ 25/11/2026."
        if asked.login and not plain_login(asked.login):
            faults["login"] = "Không có tài khoản nào tên như vậy. Mời xem lại tên đăng nhập."
        found = [] if faults else _found(runtime, asked, day)
        return _page(asked, found, faults), 422 if faults else 200

    return routes


def _found(runtime: Runtime, asked: Asked, day: date | None) -> list[Entry]:
    account = actor().account
    since, until = _bounds(day, runtime.settings.zone)
    wanted = Wanted(
        agencies=None if account.agency_code is None else actor().agencies,
        login=plain_login(asked.login),
        about_keys={asked.code, read_one(asked.code) or asked.code} if asked.code else (),
        since=since,
        until=until,
        before=int(asked.before) if asked.before.isdecimal() and len(asked.before) < 18 else None,
    )
    with reading(runtime.engine) as connection:
        return entries(connection, wanted, MOST + 1)


def _page(asked: Asked, found: list[Entry], faults: Mapping[str, str]) -> str:
    shown = found[:MOST]
    lines = [Line(one, said(one.action), told(one.detail)) for one in shown]
    older = asked.linked(shown[-1].id) if len(found) > MOST else ""
    return render_template(
        "console/audit.html", lines=lines, asked=asked, faults=faults, older=older
    )


def _day(typed: str) -> date | None:
    """A day as browsers send it, or as people type it."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007  (a day, no moment)
        except ValueError:
            continue
    return None


def _bounds(day: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    if day is None or day.year < 2000 or day.year > 9000:
        return None, None
    since = datetime.combine(day, time(), zone)
    return since, datetime.combine(day + timedelta(days=1), time(), zone)
