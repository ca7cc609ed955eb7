"""`/console/ho-so/<code>`: one dossier whole, and what its desk may do with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.counter_faults import Faults
from bot.core.counter_moves import STEPS, MoveKind, MoveOrder
from bot.core.dossier import Status
from bot.core.notice import NoticeEvent
from bot.core.phone import Phone
from bot.core.staff import Role
from bot.messages import messages_about
from bot.move_dossier import move_dossier
from bot.open_dossier import OpenedDossier, open_dossier
from bot.print_slip import Kind
from bot.runtime import Runtime
from bot.show_documents import documents_of
from bot.show_returns import glance_at_return
from bot.slip_record import SLIP_OF
from console.counter_words import INTAKE_CHANNELS, STATUS_WORDS, message_words
from console.document_words import KIND_WORDS, SOURCE_WORDS, VALIDITY_WORDS
from console.door import actor, allowed

SLIP_WORDS = {
    MoveKind.SUPPLEMENT: "Phiếu yêu cầu bổ sung",
    MoveKind.REFUSE: "Phiếu từ chối tiếp nhận",
    MoveKind.NEW_DAY: "Phiếu xin lỗi và hẹn lại",
    MoveKind.STOP: "Thông báo dừng giải quyết",
    MoveKind.WITHDRAW: "Thông báo dừng giải quyết (công dân rút)",
}
NOTICES = frozenset(str(event) for event in NoticeEvent)
# What a move asks for, by the fields of MoveOrder.
FIELDS: dict[MoveKind, tuple[str, ...]] = {
    MoveKind.FORWARD: ("step", "handler"),
    MoveKind.SUPPLEMENT: ("needed", "reason"),
    MoveKind.REFUSE: ("reason",),
    MoveKind.WITHDRAW: ("reason",),
    MoveKind.STOP: ("reason",),
    MoveKind.NEW_DAY: ("new_day", "reason"),
}
_TYPED = ("step", "handler", "reason", "needed", "new_day")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper that can be printed of a dossier."""

    words: str
    path: str


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_dossier", __name__, template_folder="templates")

    @routes.get("/console/ho-so/<code>")
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def show(code: str) -> str:
        return _page(runtime, code, {}, Faults({}))

    @routes.post("/console/ho-so/<code>/chuyen")
    @allowed(Role.CLERK)
    def move(code: str) -> Response | tuple[str, int]:
        return _moved(runtime, code)

    return routes


def _page(runtime: Runtime, code: str, typed: dict[str, str], faults: Faults) -> str:
    opened = open_dossier(runtime, actor(), code)
    if opened is None:
        abort(404)
    told, may_move = opened.told, actor().may(Role.CLERK)
    chosen = typed.get("kind") or request.args.get("viec", "")
    return render_template(
        "counter/dossier.html",
        opened=opened,
        told=told,
        phone=Phone(told.phone).shown if told.phone else "",
        sheets=_sheets(opened) if may_move else (),
        moves=opened.moves if may_move else (),
        why_no_moves=opened.why_no_moves if may_move else "",
        chosen=next((kind for kind in opened.moves if kind == chosen and may_move), None),
        fields=FIELDS,
        steps=(("", "– chọn –"), *((step, step) for step in STEPS)),
        typed=typed,
        faults=faults.fields,
        by_post=glance_at_return(runtime, actor(), told.code),
        brings=runtime.settings.post_service != "none" and may_move,
        messages=_messages(runtime, told.code),
        documents=documents_of(runtime, opened.dossier_id),
        kind_words=KIND_WORDS,
        source_words=SOURCE_WORDS,
        validity_words=VALIDITY_WORDS,
        status_words=STATUS_WORDS,
        channel_words=dict(INTAKE_CHANNELS),
    )


def _messages(runtime: Runtime, code: str) -> list[dict[str, Any]]:
    found = messages_about(runtime, code) or []
    told = [one for one in found if one.event in NOTICES]  # what was asked is no notice
    return [{**message_words(one), "at": one.at} for one in reversed(told)]


def _sheets(opened: OpenedDossier) -> list[Sheet]:
    """What can be printed, the likeliest first."""
    place = f"/console/ho-so/{opened.told.code}/in"
    sheets = [Sheet("Giấy tiếp nhận và hẹn trả", f"{place}/{Kind.RECEIPT}")]
    hops = opened.facts.hops if opened.facts else ()
    for number, hop in reversed(list(enumerate(hops))):
        if hop.kind in SLIP_OF:
            words = f"{SLIP_WORDS[hop.kind]} ({number + 1})"
            sheets.append(Sheet(words, f"{place}/{Kind.MOVE}?lan={number}"))
    if opened.facts is None and opened.told.status == Status.SUPPLEMENT:
        sheets.append(Sheet(SLIP_WORDS[MoveKind.SUPPLEMENT], f"{place}/{Kind.SUPPLEMENT}"))
    sheets.append(Sheet("Phiếu kiểm soát", f"{place}/{Kind.CONTROL}"))
    sheets.append(Sheet("Tem hồ sơ", f"{place}/{Kind.LABEL}"))
    sheets.append(Sheet("Phiếu tóm tắt 80 mm", f"{place}/{Kind.MINI}"))
    return sheets


def _moved(runtime: Runtime, code: str) -> Response | tuple[str, int]:
    """Do what was asked for; what cannot be done is said beside its field, all typed kept."""
    typed = {name: request.form.get(name, "") for name in ("kind", "seen", *_TYPED)}
    kind = next((one for one in MoveKind if one == typed["kind"]), None)
    seen = _moment(typed["seen"])
    if kind is None or seen is None:
        abort(400)
    order = MoveOrder(kind, **{name: typed[name] for name in _TYPED})
    outcome = move_dossier(runtime, actor(), code, seen, order)
    if isinstance(outcome, Faults):
        return _page(runtime, code, typed, outcome), 422
    flash(f"{kind.label}: đã ghi nhận.")
    for words in outcome.warnings:
        flash(words, "warning")
    place = f"/console/ho-so/{outcome.code}"
    if kind in SLIP_OF and outcome.hop_index is not None:
        return redirect(f"{place}/in/{Kind.MOVE}?lan={outcome.hop_index}", 303)
    return redirect(place, 303)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
