"""`/console/ho-so/<code>/in/…`: a dossier's papers, each shown in a page that prints it."""

from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from bot.ask_batch import PAPERS
from bot.core.staff import Role
from bot.own_code import own_code
from bot.print_slip import CannotPrint, Kind, Order, Printed, print_slip
from bot.runtime import Runtime
from console.door import actor, allowed, paper

TITLES = {
    Kind.RECEIPT: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    Kind.CONTROL: "Phiếu kiểm soát quá trình giải quyết hồ sơ",
    Kind.SUPPLEMENT: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    Kind.MOVE: "Phiếu gửi công dân",
    Kind.LABEL: "Tem hồ sơ",
    Kind.MINI: "Phiếu tóm tắt (không phải mẫu chính thức)",
}
FORMS = (Kind.RECEIPT, Kind.CONTROL, Kind.SUPPLEMENT, Kind.MOVE)  # printed on A5 or A4
MOST_COPIES = 4
MOST_HOPS = 10_000
NEW = "moi"  # the dossier was taken in a moment ago


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_papers", __name__, template_folder="templates")

    @routes.get("/console/ho-so/<code>/in/<kind>")
    @allowed(Role.CLERK)
    def show(code: str, kind: str) -> str:
        return _page(runtime, code, _order(kind))

    @routes.get("/console/ho-so/<code>/giay/<kind>")
    @allowed(Role.CLERK)
    def file(code: str, kind: str) -> Response:
        return _file(runtime, code, _order(kind))

    return routes


def _order(kind: str) -> Order:
    """What an address asks for; what it says wrongly is as if it said nothing."""
    if kind not in list(Kind):
        abort(404)
    asked = request.args
    hop = asked.get("lan", 0, type=int)
    copies = asked.get("lien", 0, type=int)
    return Order(
        Kind(kind),
        hop if 0 <= hop < MOST_HOPS else 0,
        asked["kho"] if asked.get("kho") in PAPERS else PAPERS[0],
        copies if 1 <= copies <= MOST_COPIES else None,
    )


def _page(runtime: Runtime, code: str, order: Order) -> str:
    canonical = own_code(runtime, actor(), code)
    if canonical is None:
        abort(404)
    place = f"/console/ho-so/{canonical}"
    choices = [] if order.kind not in FORMS else [(size, f"Khổ {size}") for size in PAPERS]
    return render_template(
        "counter/print.html",
        title=TITLES[order.kind],
        about=canonical,
        source=f"{place}/giay/{order.kind}?{_query(order, order.paper)}",
        is_picture=order.kind is Kind.MINI,
        sizes=[(words, f"?{_query(order, size)}", size == order.paper) for size, words in choices],
        back=place,
        back_words="Về hồ sơ",
        taken_in=request.args.get(NEW, "") == "1" and order.kind is Kind.RECEIPT,
        again=request.args.get("thu_tuc", ""),
        desk=request.args.get("co_quan", ""),
    )


def _query(order: Order, size: str) -> str:
    asked = {"kho": size}
    if order.kind is Kind.MOVE:
        asked["lan"] = str(order.hop)
    if order.copies:
        asked["lien"] = str(order.copies)
    return urlencode(asked)


def _file(runtime: Runtime, code: str, order: Order) -> Response:
    try:
        drawn = print_slip(runtime, actor(), code, order)
    except CannotPrint as fault:
        return Response(render_template("counter/cannot_print.html", words=str(fault)), 422)
    if drawn is None:
        abort(404)
    return _answer(drawn)


def _answer(drawn: Printed) -> Response:
    answer = paper(drawn.content, drawn.name)
    answer.content_type = drawn.content_type
    return answer
