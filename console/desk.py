"""`/console/quay`: what slips and pages say of a desk, and the poster for its counter."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.agency import DESK_FACTS, Agency
from bot.core.counter_code import makes_codes, minted_code
from bot.core.counter_faults import Faults
from bot.core.staff import Role
from bot.desk_facts import set_desk
from bot.runtime import Runtime
from bot.slip_record import Press
from console.desks import present_desk
from console.door import actor, allowed, paper
from receipts.slip.poster import render_poster

PLACE = "/console/quay"
SIZES = ("A4", "A3")
# Name of the fact, what the form calls it, and a hint.
FIELDS = (
    ("desk_name", "Tên bộ phận", "Mặc định: Bộ phận Tiếp nhận và Trả kết quả."),
    ("place", "Địa danh", "Đứng trước ngày trên giấy, ví dụ: Lệ Thủy."),
    ("address", "Địa chỉ", "Công dân đọc trên trang tra cứu sau khi quét mã QR."),
    ("open_hours", "Giờ tiếp dân", "Ví dụ: Thứ Hai đến Thứ Sáu, 7 giờ đến 17 giờ."),
    ("hotline", "Điện thoại", "Số công dân gọi khi cần hỏi."),
    ("work_hours", "Giờ làm việc để tính ngày hẹn", "Ví dụ: 07:00-11:30,13:30-17:00."),
    ("code_head", "Đầu mã hồ sơ", "Mã có dạng <đầu mã>-251126-0001. Để trống: mã cơ quan."),
)  # fmt: skip


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_desk", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK, Role.ADMINISTRATOR)
    def show() -> str:
        return _page(runtime, None, {})

    @routes.post(PLACE)
    @allowed(Role.ADMINISTRATOR)
    def save() -> Response | tuple[str, int]:
        return _saved(runtime)

    @routes.get(f"{PLACE}/ap-phich")
    @allowed(Role.CLERK, Role.ADMINISTRATOR)
    def poster() -> str:
        return _poster_page(runtime)

    @routes.get(f"{PLACE}/ap-phich.pdf")
    @allowed(Role.CLERK, Role.ADMINISTRATOR)
    def poster_file() -> Response | tuple[str, int]:
        return _poster(runtime)

    return routes


def _desk(runtime: Runtime) -> Agency:
    desk, _ = present_desk(runtime)
    if desk is None:
        abort(404)
    return desk


def _page(runtime: Runtime, typed: dict[str, str] | None, faults: dict[str, str]) -> str:
    desk, desks = present_desk(runtime)
    if desk is None:
        abort(404)
    stored = {name: getattr(desk, name) or "" for name in DESK_FACTS}
    return render_template(
        "counter/desk.html",
        place=PLACE,
        desk=desk,
        desks=desks,
        fields=FIELDS,
        longest=DESK_FACTS,
        typed=stored if typed is None else typed,
        faults=faults,
        labels={name: label for name, label, _ in FIELDS},
        changes=actor().may(Role.ADMINISTRATOR),
        sizes=SIZES,
        has_zalo=bool(runtime.settings.zalo_oa_id),
    )


def _saved(runtime: Runtime) -> Response | tuple[str, int]:
    desk = _desk(runtime)
    typed = {name: request.form.get(name, "") for name in DESK_FACTS}
    outcome = set_desk(runtime, actor(), desk.code, typed)
    if isinstance(outcome, Faults):
        return _page(runtime, typed, dict(outcome.fields)), 422
    flash("Đã lưu thông tin quầy.")
    return redirect(PLACE, 303)


def _size() -> str:
    asked = request.args.get("kho", "")
    return asked if asked in SIZES else SIZES[0]


def _poster_page(runtime: Runtime) -> str:
    desk = _desk(runtime)
    place = f"{PLACE}/ap-phich"
    about = f"co_quan={desk.code}&kho="
    return render_template(
        "counter/print.html",
        title="Áp phích của quầy",
        about=desk.name,
        source=f"{place}.pdf?{about}{_size()}",
        sizes=[(f"Khổ {one}", f"{place}?{about}{one}", one == _size()) for one in SIZES],
        back=PLACE,
        back_words="Về trang quầy",
    )


def _poster(runtime: Runtime) -> Response | tuple[str, int]:
    desk = _desk(runtime)
    head = desk.code_head or desk.code
    sample = minted_code(head, runtime.today(), 1) if makes_codes(head) else None
    try:
        pdf = render_poster(Press(runtime).poster(desk, sample), _size())
    except ValueError:  # no Zalo page is set, or a name without end
        words = "Chưa tạo được áp phích: tỉnh chưa khai báo trang Zalo, hoặc tên cơ quan quá dài."
        return render_template("counter/cannot_print.html", words=words), 422
    return paper(pdf, f"ap-phich-{desk.code}.pdf")
