"""`/console/buu-dien`: results that go back by post: what waits, one whole, its receiver."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask import Response as Answer
from werkzeug.wrappers import Response

from bot.agencies import list_agencies
from bot.core.counter_faults import Faults
from bot.core.postal import ReturnState
from bot.core.staff import Role
from bot.item_blocks import item_stock
from bot.own_code import own_code
from bot.runtime import Runtime
from bot.sheet import Sheet, csv_lines, write_xlsx
from bot.show_returns import OpenedReturn, find_return, list_posted, open_return, return_counts
from bot.want_by_post import drop_post_wish, want_by_post
from console.desks import desks_of
from console.door import actor, allowed
from console.post_words import TABS, counts_sheet, tab_called, totals
from console.receiver import LABELS, provinces, shown_receiver, typed_receiver
from console.row_number import row_number

PLACE = "/console/buu-dien"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READERS = (Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR)
BAD_STATES = frozenset({ReturnState.UNADDRESSED, ReturnState.REFUSED, ReturnState.RETURNED})


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_post", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(*READERS)
    def listed() -> str:
        return _list(runtime)

    @routes.post(f"{PLACE}/tim")
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def find() -> Response | tuple[str, int]:
        return _found(runtime)

    @routes.get(f"{PLACE}/tong-hop.<kind>")
    @allowed(*READERS)
    def totals_file(kind: str) -> Answer:
        return _totals(runtime, kind)

    @routes.get(f"{PLACE}/<code>")
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def one(code: str) -> str:
        return _page(runtime, code, None, {})

    @routes.post(f"{PLACE}/<code>")
    @allowed(Role.CLERK)
    def save(code: str) -> Response | tuple[str, int]:
        return _saved(runtime, code)

    @routes.post(f"{PLACE}/<code>/bo")
    @allowed(Role.CLERK)
    def drop(code: str) -> Response | tuple[str, int]:
        return _dropped(runtime, code)

    return routes


def _list(runtime: Runtime, typed: str = "", fault: str = "") -> str:
    who, asked = actor(), request.args
    desks = {one.code: one.name for one in desks_of(runtime, who)}
    agency = asked.get("co_quan", "") if asked.get("co_quan", "") in desks else ""
    tab = tab_called(asked.get("xem", ""))
    counts = return_counts(runtime, who)
    before = row_number(asked.get("truoc", "")) or None
    return render_template(
        "post/list.html",
        place=PLACE,
        tabs=TABS,
        tab=tab,
        totals=totals(counts, agency),
        agency=agency,
        desks=desks,
        before=before,
        found=list_posted(runtime, who, tab.states, agency, before),
        service=runtime.settings.post_service,
        stock=item_stock(runtime, who),
        typed=typed,
        faults={"typed": fault} if fault else {},
        day=runtime.today(),
    )


def _found(runtime: Runtime) -> Response | tuple[str, int]:
    typed = request.form.get("typed", "").strip()
    code = find_return(runtime, actor(), typed) if typed else None
    if code is not None:
        return redirect(f"{PLACE}/{code}", 303)
    if not typed:
        fault = "Chưa nhập gì. Nhập mã hồ sơ, hoặc mã bưu gửi như EE123456785VN."
    else:
        fault = (
            f"Không có kết quả nào trả qua bưu điện với mã “{typed[:40]}” ở các cơ quan của tài "
            "khoản. Xem lại mã hồ sơ hoặc mã bưu gửi."
        )
    return _list(runtime, typed, fault), 422


def _totals(runtime: Runtime, kind: str) -> Answer:
    names = {one.code: one.name for one in list_agencies(runtime)}
    sheet = counts_sheet(return_counts(runtime, actor()), names)
    return as_file(sheet, kind, f"tra-qua-buu-dien-{runtime.today():%Y-%m-%d}")


def as_file(sheet: Sheet, kind: str, name: str) -> Answer:
    """A sheet as the file of this kind, csv or xlsx; 404 for another."""
    if kind == "csv":
        answer = Answer(csv_lines(sheet), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        answer = Answer(write_xlsx([sheet]), content_type=XLSX)
    else:
        abort(404)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return answer


def _page(
    runtime: Runtime, code: str, typed: Mapping[str, str] | None, faults: Mapping[str, str]
) -> str:
    """One return; of a dossier that has none, the form that asks for one."""
    own = own_code(runtime, actor(), code)
    if own is None:
        abort(404)
    opened = open_return(runtime, actor(), own)
    receiver = opened.receiver if opened else None
    return render_template(
        "post/one.html",
        place=PLACE,
        code=own,
        opened=opened,
        receiver=receiver,
        typed=_begun(runtime, opened) if typed is None else typed,
        faults=faults,
        labels=LABELS,
        provinces=provinces("– chọn –"),
        may_save=actor().may(Role.CLERK) and (opened is None or opened.may_change),
        may_drop=actor().may(Role.CLERK) and opened is not None and opened.may_drop,
        states=ReturnState,
        bad_states=BAD_STATES,
    )


def _begun(runtime: Runtime, opened: OpenedReturn | None) -> Mapping[str, str]:
    """What the form shows at first: the receiver; else the dossier's person in this province."""
    if opened is not None and opened.receiver is not None:
        return shown_receiver(opened.receiver)
    known = {"name": opened.owner, "tel": opened.phone} if opened else {}
    return {**known, "province": runtime.settings.post_province}


def _saved(runtime: Runtime, code: str) -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in LABELS}
    outcome = want_by_post(runtime, actor(), code, typed_receiver(request.form))
    if isinstance(outcome, Faults):
        return _page(runtime, code, typed, outcome.fields), 422
    flash(f"Hồ sơ {outcome.code}: đã ghi nơi nhận kết quả qua bưu điện.")
    return redirect(f"{PLACE}/{outcome.code}", 303)


def _dropped(runtime: Runtime, code: str) -> Response | tuple[str, int]:
    outcome = drop_post_wish(runtime, actor(), code)
    if isinstance(outcome, Faults):
        return _page(runtime, code, None, outcome.fields), 422
    flash(outcome.words)
    return redirect(f"{PLACE}/{outcome.code}", 303)
