"""`/console/buu-dien/dai-ma`: blocks of item codes, entered by the administrator."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.counter_faults import Faults
from bot.core.staff import Role
from bot.item_blocks import Overlap, enter_block, item_stock
from bot.runtime import Runtime
from console.door import actor, allowed

PLACE = "/console/buu-dien/dai-ma"
OVERLAPS = (
    "Dải này có {known} mã đã nhập trước đây, nên chưa ghi mã nào. Xem các dải bên dưới, rồi nhập "
    "đúng mã đầu và mã cuối của dải mới."
)


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_post_items", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.ADMINISTRATOR)
    def show() -> str:
        return _page(runtime, "", {})

    @routes.post(PLACE)
    @allowed(Role.ADMINISTRATOR)
    def enter() -> Response | tuple[str, int]:
        return _entered(runtime)

    return routes


def _page(runtime: Runtime, typed: str, faults: dict[str, str]) -> str:
    """The codes are the province's: who has one agency only has none to enter."""
    stock = item_stock(runtime, actor())
    if stock is None:
        abort(404)
    return render_template(
        "post/items.html",
        left=stock.left,
        count=stock.count,
        low=stock.is_low,
        blocks=stock.blocks,
        typed=typed,
        faults=faults,
    )


def _entered(runtime: Runtime) -> Response | tuple[str, int]:
    typed = request.form.get("block", "")
    outcome = enter_block(runtime, actor(), typed)
    if isinstance(outcome, Overlap):
        return _page(runtime, typed, {"block": OVERLAPS.format(known=outcome.known)}), 422
    if isinstance(outcome, Faults):
        return _page(runtime, typed, dict(outcome.fields)), 422
    flash(f"Đã thêm dải mã: {outcome} mã bưu gửi.")
    return redirect(PLACE, 303)
