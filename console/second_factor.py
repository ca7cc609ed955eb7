"""`/console/ma-xac-thuc` and `/console/xac-thuc`: the code at log-in; one's own second factor."""

from base64 import b64encode
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.second_factor import FEW_LEFT, needs_factor
from bot.runtime import Runtime
from bot.second_factor import (
    FactorFault,
    codes_left,
    confirm_factor,
    drop_own_factor,
    offer_factor,
    prove_code,
    renew_recovery_codes,
)
from console.door import CODE_PAGE, FACTOR_PAGE, actor, allowed, local_page, present
from console.instead import SEND_AGAIN, code_page, send_again
from console.kept import read
from receipts.qr import qr_png, text_matrix

WRONG = (
    "Mã không đúng, đã dùng rồi hoặc đã hết hạn. Mời chờ ứng dụng hiện mã mới rồi nhập lại; nhập "
    "sai 5 lần liên tiếp thì tài khoản tạm khóa 15 phút."
)
WORDS: Mapping[FactorFault, str] = {
    FactorFault.CODE_WRONG: WRONG,
    FactorFault.OFFER_STALE: "Trang này mở từ một phiên làm việc đã đóng. Mời quét mã QR mới bên "
    "dưới rồi nhập lại.",
    FactorFault.ALREADY: "Tài khoản đã có xác thực hai lớp.",
    FactorFault.NONE: "Tài khoản chưa có xác thực hai lớp.",
}
SCREEN_DPI, QR_MM = 96, 55.0
Answer = Response | str | tuple[str, int]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_second_factor", __name__, template_folder="templates")

    @routes.get(CODE_PAGE)
    @allowed()
    def ask_code() -> Response:
        back = local_page(request.args.get("next", ""))
        return code_page(back, "") if present().must_prove else redirect(back, 303)

    @routes.post(CODE_PAGE)
    @allowed()
    def take_code() -> Response:
        return _proved(runtime)

    @routes.get(FACTOR_PAGE)
    @allowed()
    def own() -> str:
        return _own_page(runtime, {})

    @routes.post(FACTOR_PAGE)
    @allowed()
    def set_up() -> Answer:
        sealed, typed = request.form.get("offered", ""), request.form.get("otp", "")
        return _codes(runtime, confirm_factor(runtime, present(), sealed, typed))

    @routes.post(f"{FACTOR_PAGE}/ma-du-phong")
    @allowed()
    def more_codes() -> Answer:
        return _codes(runtime, renew_recovery_codes(runtime, present(), _code()))

    @routes.post(f"{FACTOR_PAGE}/bo")
    @allowed()
    def drop() -> Answer:
        fault = drop_own_factor(runtime, present(), _code())
        if fault is not None:
            return _own_page(runtime, {"otp": WORDS[fault]}), 422
        flash("Đã bỏ xác thực hai lớp của tài khoản. Các phiên làm việc khác đã được đóng.")
        return redirect(FACTOR_PAGE, 303)

    return routes


def _code() -> str:
    return request.form.get("otp", "")


def _proved(runtime: Runtime) -> Response:
    back, kept = local_page(request.form.get("next", "")), request.form.get("kept", "")
    if present().must_prove and not prove_code(runtime, present(), _code()):
        return code_page(back, kept, WRONG, 422)
    typed = read(kept)
    if typed and not present().must_change:
        return send_again(SEND_AGAIN, back, typed)
    return redirect(back, 303)


def _codes(runtime: Runtime, found: tuple[str, ...] | FactorFault) -> Answer:
    """The recovery codes, this once; or what is wrong."""
    if isinstance(found, FactorFault):
        return _own_page(runtime, {"otp": WORDS[found]}), 422
    login = actor().account.login
    return render_template("console/accounts/codes.html", codes=found, login=login)


def _own_page(runtime: Runtime, faults: Mapping[str, str]) -> str:
    left, needed = codes_left(runtime, present()), needs_factor(actor().account.roles)
    if left is not None:
        few = left <= FEW_LEFT
        return render_template(
            "console/accounts/factor.html", left=left, few=few, needed=needed, faults=faults
        )
    offer = offer_factor(runtime, present(), request.form.get("offered", ""))
    picture = b64encode(qr_png(text_matrix(offer.address), SCREEN_DPI, QR_MM)).decode()
    groups = [offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4)]
    return render_template(
        "console/accounts/enrol.html",
        offered=offer.sealed,
        address=offer.address,
        secret=" ".join(groups),
        picture=picture,
        first=present().must_enrol,
        faults=faults,
    )
