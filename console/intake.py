"""`/console/tiep-nhan`: a dossier taken in at the desk, from the procedure to the printed slip."""

import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from bot.agencies import list_agencies
from bot.core.agency import Agency
from bot.core.counter_draft import Draft, DraftPaper
from bot.core.counter_faults import Faults
from bot.core.counter_phone import PhoneAdvice, phone_advice
from bot.core.counter_procedure import MOST_PAPERS, Offered, PaperRule
from bot.core.counter_receiver import PREFIX
from bot.core.snapshot import Ticks
from bot.core.staff import Role
from bot.print_slip import Kind
from bot.procedures import offered_procedure, offered_procedures
from bot.runtime import Runtime
from bot.take_in_dossier import Taken, promise, take_in_dossier, why_closed
from console.counter_words import INTAKE_CHANNELS
from console.desks import present_desk
from console.door import actor, allowed
from console.papers import NEW
from console.procedure_choice import chosen_code, line_of, matching
from console.receiver import INTAKE_LABELS, provinces, typed_receiver

PLACE = "/console/tiep-nhan"
SPARE_LINES = 2  # for papers that no list names
MOST_SHOWN = 60  # procedures in the list of those that fit
TYPED = (
    "name", "phone", "address", "email", "owner", "owner_address", "sets", "fees", "collect_at",
    "channel", "note", "post_fee",
)  # fmt: skip
COUNTS = ("originals", "certified", "copies")
# The three ticks of the Quảng Bình form, word for word.
TICKS = {
    "sms": "Đăng ký nhận SMS mỗi khi cập nhật tình trạng xử lý hồ sơ",
    "post": "Đăng ký nhận kết quả bằng chuyển phát nhanh (EMS)",
    "zalo": "Đăng ký nhận thông báo trạng thái hồ sơ qua Zalo",
}
LABELS = {
    "": "Biểu mẫu",
    "name": "Họ tên",
    "phone": "Số điện thoại",
    "address": "Địa chỉ",
    "email": "Email",
    "owner": "Chủ hồ sơ",
    "owner_address": "Địa chỉ chủ hồ sơ",
    "sets": "Số bộ",
    "fees": "Phí, lệ phí",
    "collect_at": "Nhận kết quả tại",
    "note": "Ghi chú",
    "post_fee": "Cước bưu chính",
    **INTAKE_LABELS,
    "papers": "Giấy tờ",
}

Form = MultiDict[str, str]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_intake", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK)
    def begin() -> str:
        return _begin(runtime)

    @routes.post(PLACE)
    @allowed(Role.CLERK)
    def send() -> Response | str | tuple[str, int]:
        return _sent(runtime)

    @routes.post(f"{PLACE}/so-dien-thoai")
    @allowed(Role.CLERK, renews=False)
    def check_phone() -> Response:
        advice = phone_advice(request.form.get("phone", ""))
        return jsonify(level=advice.level, words=advice.words, normalised=advice.normalised)

    return routes


def _begin(runtime: Runtime) -> str:
    """The choice of a procedure; once it is sure, the form."""
    desk, desks = present_desk(runtime)
    if desk is None:
        abort(404)
    offered = offered_procedures(runtime, actor(), desk.code)
    typed = request.args.get("thu_tuc", "")
    code = chosen_code(offered, typed)
    if code is not None:
        [chosen] = [one for one in offered if one.rule.code == code]
        return _form(runtime, desk, chosen, _empty(chosen), Faults({}))
    found = matching(offered, typed)
    return render_template(
        "counter/choose.html",
        place=PLACE,
        desk=desk,
        desks=[one for one in desks if one == desk or one.takes_in(runtime.today())],
        closed=why_closed(runtime, desk, {one.code: one for one in list_agencies(runtime)}),
        typed=typed,
        lines=[line_of(one) for one in offered],
        found=found[:MOST_SHOWN],
        more=max(0, len(found) - MOST_SHOWN),
        offered=offered,
    )


def _sent(runtime: Runtime) -> Response | str | tuple[str, int]:
    """Take the form in; a fault is said beside its field, and nothing typed is lost."""
    typed = request.form
    desk, _ = present_desk(runtime)
    if desk is None:
        abort(404)
    chosen = offered_procedure(runtime, actor(), desk.code, typed.get("procedure", ""))
    if chosen is None:
        flash("Thủ tục này không còn trong danh mục của quầy. Mời chọn lại.", "warning")
        return redirect(PLACE, 303)
    if typed.get("then") not in ("print", "save"):  # Enter, where no script moves on to the next
        return _form(runtime, desk, chosen, typed, Faults({}))
    outcome = take_in_dossier(
        runtime, actor(), _draft(runtime, desk, chosen, typed), typed.get("press", "")[:40]
    )
    if isinstance(outcome, Faults):
        return _form(runtime, desk, chosen, typed, outcome), 422
    return _saved(desk, chosen, outcome, prints=typed["then"] == "print")


def _saved(desk: Agency, chosen: Offered, taken: Taken, prints: bool) -> Response:
    words = "đã có từ lần bấm trước" if taken.again else "đã được ghi nhận"
    flash(f"Hồ sơ {taken.code} {words}.")
    for warning in taken.warnings:
        flash(warning, "warning")
    place = f"/console/ho-so/{taken.code}"
    if not prints:
        return redirect(place, 303)
    then = urlencode({NEW: "1", "co_quan": desk.code, "thu_tuc": chosen.rule.code})
    return redirect(f"{place}/in/{Kind.RECEIPT}?{then}", 303)


def _form(runtime: Runtime, desk: Agency, chosen: Offered, typed: Form, faults: Faults) -> str:
    named = {f"papers.{place}.{part}" for place in range(MOST_PAPERS) for part in COUNTS}
    labels = LABELS | {name: "Số lượng" for name in named if name in faults.fields}
    return render_template(
        "counter/intake.html",
        place=PLACE,
        desk=desk,
        chosen=chosen,
        typed=typed,
        faults=faults.fields,
        labels=labels,
        to_confirm=faults.to_confirm,
        lines=range(_line_count(chosen, typed)),
        counts=COUNTS,
        ticks=TICKS,
        channels=INTAKE_CHANNELS,
        by_post=_by_post(runtime),
        receiver_prefix=PREFIX,
        provinces=provinces(f"{runtime.settings.post_province} (như cơ quan này)"),
        advice=_advice(typed, faults),
        due=promise(runtime, actor(), desk.code, chosen.rule.code),
        press=typed.get("press", "") or secrets.token_urlsafe(18),
    )


def _by_post(runtime: Runtime) -> bool:
    """Whether the province has results brought, so that the form asks where to."""
    return runtime.settings.post_service != "none"


def _advice(typed: Form, faults: Faults) -> PhoneAdvice | None:
    """What to say beside a number that is no fault."""
    if "phone" in faults.fields or not typed.get("phone", "").strip():
        return None
    return phone_advice(typed["phone"])


def _empty(chosen: Offered) -> Form:
    """The form before anybody typed: the papers and fees of the list, one set, notices by SMS."""
    form: Form = MultiDict({"sets": "1", "fees": chosen.rule.fees or "", "sms": "1"})
    for place, rule in enumerate(chosen.rule.papers):
        form[f"papers.{place}.name"] = rule.name
        for part in COUNTS:
            form[f"papers.{place}.{part}"] = _asked_for(rule, part)
    return form


def _asked_for(rule: PaperRule, part: str) -> str:
    count: int | None = getattr(rule, part)
    return "" if count is None else str(count)


def _line_count(chosen: Offered, typed: Form) -> int:
    """Lines of the papers' table: the list's, those typed below it, and a few to spare."""
    filled = [
        place + 1 for place in range(MOST_PAPERS) if typed.get(f"papers.{place}.name", "").strip()
    ]
    return min(MOST_PAPERS, max([len(chosen.rule.papers), *filled]) + SPARE_LINES)


def _draft(runtime: Runtime, desk: Agency, chosen: Offered, typed: Form) -> Draft:
    fields: dict[str, Any] = {name: typed.get(name, "") for name in TYPED}
    fields["channel"] = fields["channel"] or INTAKE_CHANNELS[0][0]
    lines = range(_line_count(chosen, typed))
    return Draft(
        agency=desk.code,
        procedure=chosen.rule.code,
        ticks=Ticks(**{name: typed.get(name) == "1" for name in TICKS}),
        papers=tuple(
            DraftPaper(
                typed.get(f"papers.{place}.name", ""),
                *(typed.get(f"papers.{place}.{part}", "") for part in COUNTS),
            )
            for place in lines
        ),
        phone_confirmed=typed.get("phone_confirmed") == "1",
        receiver=typed_receiver(typed, PREFIX) if _by_post(runtime) else None,
        **fields,
    )
