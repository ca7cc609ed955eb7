"""`/console/giay-to`: digitised papers and results of one's agencies, searched and exported."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.counter_faults import Faults
from bot.core.document_filter import LACKS
from bot.core.staff import Role
from bot.core.subject import masked_name
from bot.document_register import (
    CHOICES,
    MOST_COUNTED,
    MOST_EXPORTED,
    AskedDocuments,
    Registered,
    export_documents,
    find_documents,
    read_asked,
)
from bot.runtime import Runtime
from bot.sheet import csv_lines, write_xlsx
from bot.vault import Unreadable
from console.document_sheet import register_sheet
from console.document_words import KIND_WORDS, SOURCE_WORDS, VALIDITY_WORDS
from console.door import actor, allowed

PLACE = "/console/giay-to"
READERS = (Role.SUPERVISOR, Role.CLERK)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Names in addresses; what was typed as a text is sealed, because it may be a person's number.
FIELDS = {
    "co_quan": "agency",
    "thu_tuc": "procedure",
    "loai": "type_code",
    "noi_ban_hanh": "issuer",
    "la": "kind",
    "nguon": "source",
    "tinh_trang": "state",
    "tu": "since",
    "den": "until",
}
STATE_WORDS: Mapping[str, str] = {
    **{str(one): words for one, words in VALIDITY_WORDS.items()},
    LACKS: "Thiếu thông tin",
}


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_document_register", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(*READERS)
    def show() -> str | tuple[str, int]:
        return _page(runtime)

    @routes.post(PLACE)
    @allowed(*READERS)
    def ask() -> Response:
        return redirect(f"{PLACE}?{_query(runtime, request.form.get('q', '').strip()[:200])}", 303)

    @routes.get(f"{PLACE}/xuat.csv")
    @allowed(*READERS)
    def export() -> Response:
        sheet = register_sheet(_exported(runtime, "csv"))
        return _file(csv_lines(sheet), "text/csv; charset=utf-8", "csv")

    @routes.get(f"{PLACE}/xuat.xlsx")
    @allowed(*READERS)
    def workbook() -> Response:
        sheet = register_sheet(_exported(runtime, "xlsx"))
        return _file(write_xlsx([sheet]), XLSX, "xlsx")

    return routes


def _query(runtime: Runtime, typed: str) -> str:
    """The address of what a form asks for."""
    given = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    if typed:
        given["k"] = runtime.vault.seal(typed).decode()
    return urlencode({name: value for name, value in given.items() if value})


def _asked(runtime: Runtime) -> tuple[AskedDocuments, Faults, dict[str, str]]:
    """What the address asks for, what is wrong with it, and what was typed."""
    typed = {name: request.args.get(name, "") for name in FIELDS}
    named = {FIELDS[name]: value for name, value in typed.items()}
    text = _opened(runtime, request.args.get("k", ""))
    asked, faults = read_asked({**named, "text": text})
    by_address = {
        name: faults.fields[told] for name, told in FIELDS.items() if told in faults.fields
    }
    return asked, Faults(by_address), {**typed, "q": text}


def _opened(runtime: Runtime, sealed: str) -> str:
    """What was asked for; nothing where it cannot be read any more."""
    try:
        return runtime.vault.open_text(sealed.encode()) if sealed else ""
    except Unreadable:
        return ""


def _page(runtime: Runtime) -> str | tuple[str, int]:
    asked, faults, typed = _asked(runtime)
    before = request.args.get("truoc", "")
    known = before.isascii() and before.isdecimal() and len(before) < 19
    found = find_documents(runtime, actor(), asked, int(before) if known else None)
    if isinstance(found, Faults):
        faults = Faults({**faults.fields, "co_quan": found.fields["agency"]})
    given = {name: value for name, value in request.args.items() if name != "truoc"}
    page = render_template(
        "counter/documents.html",
        place=PLACE,
        found=None if isinstance(found, Faults) else found,
        typed=typed,
        faults=faults.fields,
        chosen={name: _choices(name) for name in CHOICES},
        kind_words=KIND_WORDS,
        source_words=SOURCE_WORDS,
        validity_words=VALIDITY_WORDS,
        masked=masked_name,
        most_counted=MOST_COUNTED,
        most_exported=MOST_EXPORTED,
        query=urlencode(given),
        next=lambda last: f"{PLACE}?{urlencode({**given, 'truoc': last})}",
    )
    return (page, 422) if faults.fields else page


def _choices(name: str) -> list[tuple[str, str]]:
    words: Mapping[str, Mapping[Any, str]] = {
        "kind": KIND_WORDS, "source": SOURCE_WORDS, "state": STATE_WORDS,
    }  # fmt: skip
    return [("", "tất cả"), *((str(one), text) for one, text in words[name].items())]


def _exported(runtime: Runtime, form: str) -> Iterator[Registered]:
    asked, faults, _ = _asked(runtime)
    found = export_documents(runtime, actor(), asked, form) if not faults.fields else faults
    if isinstance(found, Faults):
        abort(404)
    return found


def _file(content: Iterator[str] | bytes, kind: str, ending: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=f"giay-to.{ending}")
    return response
