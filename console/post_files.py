"""`/console/buu-dien`: what goes to the postal service on paper and in files, and comes back."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask import Response as Answer
from werkzeug.wrappers import Response

from bot.core.counter_faults import Faults
from bot.core.counter_typing import read_day
from bot.core.staff import Role
from bot.order_file import LeftOut, order_file
from bot.print_hand_over import print_hand_over
from bot.runtime import Runtime
from bot.take_items import take_items
from console.door import actor, allowed, paper
from console.post_returns import PLACE, as_file

MOST_BYTES = 4 * 1024 * 1024
MOST_TOLD = 5  # dossiers that could not go into a file, each named
UPLOAD = f"{PLACE}/ma-buu-gui"


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_post_files", __name__, template_folder="templates")

    @routes.get(f"{PLACE}/ban-giao.pdf")
    @allowed(Role.CLERK)
    def hand_over() -> Response:
        pdf = print_hand_over(runtime, actor(), request.args.get("co_quan", ""))
        if pdf is None:
            abort(404)
        return paper(pdf, "phieu-ban-giao.pdf")

    @routes.post(f"{PLACE}/don-hang")
    @allowed(Role.CLERK)
    def orders() -> Response | Answer:
        return _orders(runtime)

    @routes.get(UPLOAD)
    @allowed(Role.CLERK)
    def ask() -> str:
        return _page((), {})

    @routes.post(UPLOAD)
    @allowed(Role.CLERK, most_bytes=MOST_BYTES)
    def take() -> Response | tuple[str, int]:
        return _items(runtime)

    return routes


def _orders(runtime: Runtime) -> Response:
    """A day's orders as a file; a day that cannot be is said on the list's page."""
    form = request.form
    day = _day(form.get("ngay", ""))
    agency, kind = form.get("co_quan", ""), form.get("dang", "")
    if day is None:
        came = form.get("ngay", "")[:20]
        flash(f"“{came}” không phải ngày. Nhập dạng 27/11/2026 rồi tải lại.", "danger")
        return redirect(f"{PLACE}?xem=cho", 303)
    drawn = order_file(runtime, actor(), day, agency)
    if isinstance(drawn, Faults):
        flash(" ".join(drawn.fields.values()), "danger")
        return redirect(f"{PLACE}?xem=cho", 303)
    _tell_left_out(drawn.left_out)
    return as_file(drawn.sheet, kind, f"don-gui-buu-dien-{agency}-{day:%Y-%m-%d}")


def _tell_left_out(left_out: Sequence[LeftOut]) -> None:
    """The file goes to the disk at once: what is not in it is said on the next page."""
    for one in left_out[:MOST_TOLD]:
        flash(f"Hồ sơ {one.code} không vào tệp: {one.words}.", "warning")
    if len(left_out) > MOST_TOLD:
        flash(f"Còn {len(left_out) - MOST_TOLD} hồ sơ khác không vào tệp.", "warning")


def _day(typed: str) -> date | None:
    read = read_day(typed)
    return read[0] if read else None


def _page(wrong: Sequence[str], faults: Mapping[str, str]) -> str:
    return render_template("post/item_file.html", wrong=wrong, faults=faults)


def _items(runtime: Runtime) -> Response | tuple[str, int]:
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content:
        return _page((), {"file": "Chưa chọn tệp. Chọn tệp CSV mà bưu điện trả về."}), 422
    outcome = take_items(runtime, actor(), content)
    if not outcome.faults:
        flash(f"Đã ghi {outcome.new} mã bưu gửi mới; {outcome.known} mã đã có từ trước.")
        return redirect(f"{PLACE}?xem=dang-di", 303)
    wrong = [str(fault) for fault in outcome.faults]
    return _page(wrong, {"file": "Tệp có chỗ sai, chưa ghi dòng nào."}), 422
