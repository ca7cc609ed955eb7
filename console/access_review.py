"""`/console/ra-soat-quyen`: every account looked over twice a year, confirmed or closed."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from bot.core.staff import Role
from bot.review_accounts import closed_of_late, export_accounts, review_account, to_review
from bot.runtime import Runtime
from bot.sheet import Sheet, csv_lines
from bot.staff import Listed, list_accounts
from console.door import actor, allowed
from console.frame import ROLE_WORDS
from console.words import told

PATH = "/console/ra-soat-quyen"
HEADS = (
    "Tên đăng nhập",
    "Họ tên",
    "Vai trò",
    "Cơ quan",
    "Tình trạng",
    "Xác thực hai lớp",
    "Đăng nhập gần nhất",
    "Rà soát gần nhất",
    "Người rà soát",
    "Đến hạn rà soát",
)


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_access_review", __name__, template_folder="templates")

    @routes.get(PATH)
    @allowed(Role.ADMINISTRATOR)
    def review() -> str:
        rows = to_review(runtime, actor())
        closed = closed_of_late(list_accounts(runtime, actor()), runtime)
        return render_template("console/accounts/review.html", rows=rows, closed=closed)

    @routes.post(f"{PATH}/<login>")
    @allowed(Role.ADMINISTRATOR)
    def judge(login: str) -> Answer:
        return _judged(runtime, login)

    @routes.get(f"{PATH}/danh-sach.csv")
    @allowed(Role.ADMINISTRATOR)
    def export() -> Response:
        rows = export_accounts(runtime, actor())
        sheet = Sheet("tai-khoan", HEADS, _cells(runtime, rows))
        answer = Response(csv_lines(sheet), content_type="text/csv; charset=utf-8")
        name = f"ra-soat-quyen-{runtime.today():%Y%m%d}.csv"
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer

    return routes


def _judged(runtime: Runtime, login: str) -> Answer:
    verdict = request.form.get("verdict", "")
    if verdict not in ("keep", "remove"):
        flash("Chưa chọn giữ hay khóa tài khoản. Mời bấm một trong hai nút.", "warning")
        return redirect(PATH, 303)
    found = review_account(runtime, actor(), login, keep=verdict == "keep")
    if isinstance(found, tuple):
        flash(" ".join(told(found).values()), "danger")
    elif verdict == "keep":
        flash(f"Đã xác nhận tài khoản {found.login}.")
    else:
        flash(f"Đã khóa tài khoản {found.login}; mọi phiên làm việc của tài khoản đã đóng.")
    return redirect(PATH, 303)


def _cells(runtime: Runtime, rows: list[Listed]) -> Iterator[tuple[str, ...]]:
    zone = runtime.settings.zone
    for one in rows:
        last = one.last_login_at
        yield (
            one.account.login,
            one.account.name,
            ", ".join(words for role, words in ROLE_WORDS.items() if role in one.account.roles),
            one.account.agency_code or "Tất cả",
            _state(one),
            "có" if one.factor else "không",
            f"{last.astimezone(zone):%d/%m/%Y %H:%M}" if last else "",
            f"{one.reviewed_at.astimezone(zone):%d/%m/%Y}",
            one.reviewed_by or "",
            "có" if one.review_due else "không",
        )


def _state(one: Listed) -> str:
    if one.unused:
        return "Tự khóa vì lâu không dùng"
    return "Đã khóa" if one.disabled else "Đang dùng"
