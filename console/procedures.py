"""`/console/thu-tuc`: what a desk offers, its guides to print, its list taken in from a file."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.agency import Agency
from bot.core.counter_procedure import Offered
from bot.core.staff import Role
from bot.procedures import ImportReport, import_procedures, offered_procedure, offered_procedures
from bot.runtime import Runtime
from bot.slip_record import Press
from console.desks import present_desk
from console.door import actor, allowed, paper
from receipts.slip.guide import render_guide

PLACE = "/console/thu-tuc"
MOST_FILE = 2 * 1024 * 1024
SIZES = ("A4", "A5")


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_procedures", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK, Role.ADMINISTRATOR)
    def show() -> str:
        return _page(runtime)

    @routes.post(PLACE)
    @allowed(Role.ADMINISTRATOR, most_bytes=MOST_FILE)
    def take_list() -> Response | tuple[str, int]:
        return _taken(runtime)

    @routes.get(f"{PLACE}/<code>/huong-dan")
    @allowed(Role.CLERK, Role.ADMINISTRATOR)
    def guide(code: str) -> str:
        return _guide_page(runtime, code)

    @routes.get(f"{PLACE}/<code>/huong-dan.pdf")
    @allowed(Role.CLERK, Role.ADMINISTRATOR)
    def guide_file(code: str) -> Response:
        desk, offered = _offered(runtime, code)
        pdf = render_guide(Press(runtime).guide(desk, offered.rule), _size())
        return paper(pdf, f"huong-dan-{offered.rule.code}.pdf")

    return routes


def _page(runtime: Runtime, report: ImportReport | None = None, fault: str = "") -> str:
    desk, desks = present_desk(runtime)
    if desk is None:
        abort(404)
    return render_template(
        "counter/procedures.html",
        place=PLACE,
        desk=desk,
        desks=desks,
        offered=offered_procedures(runtime, actor(), desk.code),
        imports=actor().may(Role.ADMINISTRATOR),
        report=report,
        fault=fault,
        typed=request.form,
    )


def _taken(runtime: Runtime) -> Response | tuple[str, int]:
    """Take a file in, or only look at it; every fault is named with its row and column."""
    desk, _ = present_desk(runtime)
    file = request.files.get("file")
    if desk is None or file is None or not file.filename:
        return _page(runtime, fault="Chưa chọn tệp. Mời chọn tệp CSV của danh mục thủ tục."), 422
    only_look = request.form.get("then") != "store"
    report = import_procedures(
        runtime,
        actor(),
        desk.code,
        file.read(),
        dry_run=only_look,
        retire_missing=request.form.get("retire") == "1",
    )
    if not report.stored:
        return _page(runtime, report), 422 if report.faults else 200
    flash(
        f"Đã nạp danh mục: thêm {report.added}, sửa {report.changed}, giữ nguyên {report.same}, "
        f"ngừng {report.retired}."
    )
    return redirect(PLACE, 303)


def _offered(runtime: Runtime, code: str) -> tuple[Agency, Offered]:
    desk, _ = present_desk(runtime)
    offered = offered_procedure(runtime, actor(), desk.code, code) if desk else None
    if desk is None or offered is None:
        abort(404)
    return desk, offered


def _size() -> str:
    asked = request.args.get("kho", "")
    return asked if asked in SIZES else SIZES[0]


def _guide_page(runtime: Runtime, code: str) -> str:
    desk, offered = _offered(runtime, code)
    place = f"{PLACE}/{offered.rule.code}/huong-dan"
    about = f"co_quan={desk.code}&kho="
    return render_template(
        "counter/print.html",
        title="Hướng dẫn thực hiện thủ tục",
        about=offered.rule.name,
        source=f"{place}.pdf?{about}{_size()}",
        sizes=[(f"Khổ {one}", f"{place}?{about}{one}", one == _size()) for one in SIZES],
        back=PLACE,
        back_words="Về danh mục",
    )
