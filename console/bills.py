"""`/console/bao-cao/sms`: the gateways' monthly bills beside our own hand-overs."""

import re
from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.check_bill import GATEWAYS, Imported, check_bill, list_bills, show_bill
from bot.core.sms_bill import MOST_BYTES
from bot.core.staff import Role
from bot.runtime import Runtime
from bot.sheet import Cell, Sheet, csv_lines
from bot.store.sms_bills import KeptBill, KeptDifference
from console import book_words as words
from console.door import actor, allowed

PLACE = "/console/bao-cao/sms"
READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
MOST_SHOWN = 500
KINDS = {
    "theirs": "Nhà mạng tính, ta không có",
    "ours": "Ta đã gửi, nhà mạng không tính",
    "parts": "Khác số phần",
    "cost": "Khác số tiền",
    "twice": "Nhà mạng tính hai lần",
}
HEADS = ("Khác nhau", "Dòng trong tệp", "Mã tham chiếu", "Ngày", "Phần (nhà mạng)", "Phần (ta)",
         "Tiền (nhà mạng)", "Tiền (ta)")  # fmt: skip
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_bills", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(*READERS)
    def listed() -> str:
        _whole_province()
        return _page(runtime, {"month": runtime.today().strftime("%Y-%m")}, {})

    @routes.post(PLACE)
    @allowed(*READERS, most_bytes=MOST_BYTES)
    def take() -> AnyResponse | tuple[str, int]:
        _whole_province()
        return _taken(runtime)

    @routes.get(f"{PLACE}/<int:number>")
    @allowed(*READERS)
    def show(number: int) -> str:
        bill, found = _found(runtime, number)
        return render_template(
            "books/bill.html", bill=bill, found=found[:MOST_SHOWN], kinds=KINDS, heads=HEADS,
            number=words.number_words, place=PLACE,
        )  # fmt: skip

    @routes.get(f"{PLACE}/<int:number>/khac.csv")
    @allowed(*READERS)
    def export(number: int) -> Response:
        bill, found = _found(runtime, number)
        sheet = Sheet("Khác nhau", HEADS, (_cells(one) for one in found))
        response = Response(csv_lines(sheet), content_type="text/csv; charset=utf-8")
        name = f"doi-chieu-sms-{bill.gateway}-{bill.month}.csv"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    return routes


def _whole_province() -> None:
    """A bill is of all agencies: who has one agency only has no bill."""
    if actor().account.agency_code is not None:
        abort(404)


def _found(runtime: Runtime, number: int) -> tuple[KeptBill, list[KeptDifference]]:
    _whole_province()
    found = show_bill(runtime, number) if number < 1 << 62 else None
    if found is None:
        abort(404)
    return found


def _page(runtime: Runtime, typed: dict[str, str], faults: dict[str, str]) -> str:
    return render_template(
        "books/bills.html",
        bills=list_bills(runtime),
        gateways=[(one, one) for one in GATEWAYS],
        typed=typed,
        faults=faults,
        number=words.number_words,
        place=PLACE,
    )


def _taken(runtime: Runtime) -> AnyResponse | tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in ("gateway", "month")}
    faults = {}
    if typed["gateway"] not in GATEWAYS:
        faults["gateway"] = "Chưa chọn cổng SMS. Mời chọn một cổng trong danh sách."
    if not _MONTH.fullmatch(typed["month"]):
        faults["month"] = f"Tháng “{typed['month'][:20]}” không đọc được. Mời nhập như 2026-11."
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content:
        faults["file"] = "Chưa chọn tệp bảng kê. Mời chọn tệp CSV của nhà mạng."
    if not faults:
        outcome = check_bill(runtime, actor(), typed["gateway"], typed["month"], content)
        if isinstance(outcome, Imported):
            flash(f"Đã đối chiếu bảng kê: {outcome.differences} chỗ khác nhau.")
            return redirect(f"{PLACE}/{outcome.id}", 303)
        faults["file"] = " ".join(outcome)
    return _page(runtime, typed, faults), 422


def _cells(one: KeptDifference) -> Sequence[Cell]:
    day = one.day.strftime("%d/%m/%Y") if one.day else None
    return (KINDS.get(one.kind, one.kind), one.file_line, one.reference, day, one.their_parts,
            one.our_parts, one.their_cost, one.our_cost)  # fmt: skip
