"""`/console/ho-so/<code>/giay-to`: digitised papers and results of a dossier, added and changed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.counter_faults import Faults
from bot.core.document import LACK_WORDS, Kind
from bot.core.document_form import FIELDS, form_of
from bot.core.staff import Role
from bot.keep_document import (
    Kept,
    add_document,
    change_kept_document,
    delete_document,
    revoke_document,
)
from bot.open_dossier import OpenedDossier, open_dossier
from bot.runtime import Runtime
from bot.show_documents import ShownDocument, document_to_change
from console.document_words import KIND_WORDS, LABELS
from console.door import actor, allowed

PLACE = "/console/ho-so/<code>/giay-to"
PRESS_BYTES = 9


@dataclass(frozen=True, slots=True)
class Form:
    """What a form's page shows: what was typed, what is wrong with it, which document it is."""

    typed: Mapping[str, str]
    faults: Mapping[str, str]
    shown: ShownDocument | None = None


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_documents", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK)
    def blank(code: str) -> str:
        return _blank(runtime, code)

    @routes.post(PLACE)
    @allowed(Role.CLERK)
    def add(code: str) -> Response | tuple[str, int]:
        return _added(runtime, code)

    @routes.get(f"{PLACE}/<int:number>")
    @allowed(Role.CLERK)
    def show(code: str, number: int) -> str:
        opened, shown = _opened(runtime, code, number)
        return _page(opened, shown.document.kind, Form(form_of(shown.document), {}, shown))

    @routes.post(f"{PLACE}/<int:number>")
    @allowed(Role.CLERK)
    def change(code: str, number: int) -> Response | tuple[str, int]:
        return _changed(runtime, code, number)

    @routes.post(f"{PLACE}/<int:number>/thu-hoi")
    @allowed(Role.CLERK)
    def revoke(code: str, number: int) -> Response | tuple[str, int]:
        typed = request.form.get("revoked_on", "")
        outcome = revoke_document(runtime, actor(), code, number, typed)
        return _done(runtime, outcome, number, "Đã ghi nhận thu hồi giấy tờ.")

    @routes.post(f"{PLACE}/<int:number>/xoa")
    @allowed(Role.CLERK)
    def delete(code: str, number: int) -> Response | tuple[str, int]:
        outcome = delete_document(runtime, actor(), code, number)
        return _done(runtime, outcome, number, "Đã xóa giấy tờ khỏi hồ sơ.")

    return routes


def _blank(runtime: Runtime, code: str) -> str:
    opened = open_dossier(runtime, actor(), code)
    if opened is None:
        abort(404)
    kind = _kind(request.args.get("loai", ""))
    known = {"owner_name": opened.told.owner_name or "", "digitised": "1"}
    if kind is Kind.RESULT:
        known["issuer"] = opened.agency.name
    return _page(opened, kind, Form(known, {}))


def _added(runtime: Runtime, code: str) -> Response | tuple[str, int]:
    kind, press = _kind(request.form.get("kind", "")), request.form.get("press", "")[:40]
    if not press:
        abort(400)
    outcome = add_document(runtime, actor(), code, kind, press, request.form)
    if isinstance(outcome, Kept):
        return _back(outcome, f"Đã thêm {KIND_WORDS[kind].lower()}.")
    opened = open_dossier(runtime, actor(), code)
    if opened is None:
        abort(404)
    return _page(opened, kind, Form(request.form, outcome.fields)), 422


def _changed(runtime: Runtime, code: str, number: int) -> Response | tuple[str, int]:
    seen = _moment(request.form.get("seen", ""))
    if seen is None:
        abort(400)
    outcome = change_kept_document(runtime, actor(), (code, number), seen, request.form)
    if isinstance(outcome, Kept):
        return _back(outcome, "Đã lưu giấy tờ.")
    opened, shown = _opened(runtime, code, number)
    return _page(opened, shown.document.kind, Form(request.form, outcome.fields, shown)), 422


def _done(
    runtime: Runtime, outcome: Kept | Faults, number: int, words: str
) -> Response | tuple[str, int]:
    """Back to the dossier, or to the form with what stands in the way."""
    if isinstance(outcome, Kept):
        return _back(outcome, words)
    code = str((request.view_args or {})["code"])
    opened, shown = _opened(runtime, code, number)
    typed = {**form_of(shown.document), "revoked_on": request.form.get("revoked_on", "")}
    return _page(opened, shown.document.kind, Form(typed, outcome.fields, shown)), 422


def _opened(runtime: Runtime, code: str, number: int) -> tuple[OpenedDossier, ShownDocument]:
    opened = open_dossier(runtime, actor(), code)
    shown = document_to_change(runtime, opened.dossier_id, number) if opened else None
    if opened is None or shown is None:
        abort(404)
    return opened, shown


def _page(opened: OpenedDossier, kind: Kind, form: Form) -> str:
    return render_template(
        "counter/document.html",
        code=opened.told.code,
        kind=kind,
        kind_words=KIND_WORDS,
        labels=LABELS,
        lack_words=LACK_WORDS,
        typed={name: form.typed.get(name, "") for name in (*FIELDS, "revoked_on")},
        faults=form.faults,
        shown=form.shown,
        # Of a change that somebody else was faster with: pressed again it is refused again.
        seen=form.typed.get("seen") or (form.shown.seen.isoformat() if form.shown else ""),
        press=form.typed.get("press") or secrets.token_urlsafe(PRESS_BYTES),
    )


def _back(kept: Kept, words: str) -> Response:
    flash(words)
    if kept.lacks:
        flash(f"Còn thiếu: {'; '.join(LACK_WORDS[one] for one in kept.lacks)}.", "warning")
    return redirect(f"/console/ho-so/{kept.code}#documents", 303)


def _kind(word: str) -> Kind:
    return next((one for one in Kind if one == word), Kind.RESULT)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
