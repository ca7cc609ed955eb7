"""`/console/co-quan`: one's agencies as a tree, added one by one or from a file."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from bot.change_agency import new_agency
from bot.core.agency import Agency
from bot.core.agency_csv import EXAMPLE
from bot.core.staff import Role
from bot.import_agencies import AgencyImport, CameFirst, Planned, import_agencies
from bot.runtime import Runtime
from bot.show_agencies import agency_tree
from console.agency_words import LABELS, as_read, at_fields, said
from console.desks import desks_of
from console.door import actor, allowed

PLACE = "/console/co-quan"
FILE_PLACE = f"{PLACE}/nhap-danh-sach"
MOST_FILE = 2 * 1024 * 1024
MOST_NAMED = 100
NEW = ("code", "name", "sms_name", "parent", "valid_from")
Answer = Response | str | tuple[str, int]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_agencies", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.ADMINISTRATOR, Role.SUPERVISOR)
    def tree() -> str:
        return _tree_page(runtime, MultiDict(), {})

    @routes.post(PLACE)
    @allowed(Role.ADMINISTRATOR)
    def add() -> Answer:
        return _added(runtime)

    @routes.get(FILE_PLACE)
    @allowed(Role.ADMINISTRATOR)
    def ask_file() -> str:
        return _file_page()

    @routes.post(FILE_PLACE)
    @allowed(Role.ADMINISTRATOR, most_bytes=MOST_FILE)
    def take_file() -> Answer:
        return _taken(runtime)

    return routes


def _tree_page(runtime: Runtime, typed: MultiDict[str, str], faults: Mapping[str, str]) -> str:
    words = request.args.get("q", "").strip()
    return render_template(
        "agencies/tree.html",
        place=PLACE,
        branches=agency_tree(runtime, actor(), words),
        asked=words,
        today=runtime.today(),
        typed=typed,
        faults=faults,
        labels=LABELS,
        parents=choices(runtime, none=actor().account.agency_code is None),
        edits=actor().may(Role.ADMINISTRATOR),
    )


def choices(runtime: Runtime, none: bool) -> list[tuple[str, str]]:
    """The agencies that may be named as parent or successor, by name."""
    first = [("", "– không có –")] if none else []
    return [*first, *((one.code, f"{one.name} ({one.code})") for one in desks_of(runtime, actor()))]


def _added(runtime: Runtime) -> Answer:
    typed = request.form
    given = {name: typed.get(name, "") for name in NEW if name != "code"}
    outcome = new_agency(runtime, actor(), typed.get("code", ""), given)
    if not isinstance(outcome, Agency):
        return _tree_page(runtime, typed, at_fields(outcome.misfits)), 422
    flash(f"Đã thêm {outcome.name} (mã {outcome.code}). Điền tiếp thông tin quầy của cơ quan.")
    return redirect(f"{PLACE}/{outcome.code}", 303)


def _file_page(report: AgencyImport | None = None, fault: str = "") -> str:
    return render_template(
        "agencies/file.html",
        place=PLACE,
        file_place=FILE_PLACE,
        columns=EXAMPLE,
        report=report,
        lines=_lines(report)[:MOST_NAMED] if report else [],
        changes=[(one, _changes(one)) for one in report.planned] if report else [],
        labels=LABELS,
        fault=fault,
    )


def _taken(runtime: Runtime) -> Answer:
    """Take a file in, or only look at it; every fault is named with its row."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _file_page(fault="Chưa chọn tệp. Mời chọn tệp CSV của các cơ quan."), 422
    only_look = request.form.get("then") != "store"
    try:
        report = import_agencies(runtime, actor(), file.read(), dry_run=only_look)
    except CameFirst as first:
        words = f"Trong lúc đó có người vừa thêm cơ quan {first}. Chưa ghi gì; mời nạp lại tệp."
        return _file_page(fault=words), 409
    if not report.stored:
        return _file_page(report), 422 if report.misfits else 200
    flash(f"Đã nạp tệp: thêm {report.added}, sửa {report.changed} cơ quan.")
    return redirect(PLACE, 303)


def _changes(one: Planned) -> list[str]:
    """What a row changes, fact by fact."""
    found = []
    for name in one.changed:
        was, now = getattr(one.before, name, None), getattr(one.after, name)
        words = "bỏ trống" if now is None else as_read(now)
        before = "chưa có" if was is None else as_read(was)
        found.append(
            f"{LABELS[name]}: {before} → {words}" if one.before else f"{LABELS[name]}: {words}"
        )
    return found


def _lines(report: AgencyImport) -> list[str]:
    """Each fault with its row and column."""
    lines = []
    for one in report.misfits:
        words = said(one.misfit) if one.misfit else one.words
        column = LABELS.get(one.misfit.field, "") if one.misfit else ""
        place = f"Dòng {one.row}, {column.lower()}" if column else f"Dòng {one.row}"
        lines.append(f"{place}: {words}" if one.row else words)
    return lines
