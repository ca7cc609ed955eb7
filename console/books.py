"""`/console/bao-cao`: the books of some months, their days, and the dossiers behind a figure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

from bot.books_source import books_until, of_books
from bot.core.staff import Role
from bot.ratios import load_ratios, reached
from bot.read_books import (
    MOST_MONTHS,
    Asked,
    Books,
    CasePlace,
    read_books,
    read_cases,
    read_counts,
    read_days,
)
from bot.reckon_clerks import phones_by_clerk
from bot.runtime import Runtime
from bot.sheet import csv_lines, write_xlsx
from console import book_words as words
from console.book_sheets import SHEETS
from console.door import actor, allowed

PLACE = "/console/bao-cao"
READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
MOST_LINES = 200  # procedures in a page's table; the export holds all


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_books", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(*READERS)
    def overview() -> tuple[str, int]:
        return _overview(runtime)

    @routes.get(f"{PLACE}/ngay")
    @allowed(*READERS)
    def days() -> str:
        return _days(runtime)

    @routes.get(f"{PLACE}/ho-so")
    @allowed(*READERS)
    def cases() -> str:
        return _cases(runtime)

    @routes.get(f"{PLACE}/cau-hoi")
    @allowed(*READERS)
    def questions() -> tuple[str, int]:
        return _questions(runtime)

    @routes.get(f"{PLACE}/xuat.csv")
    @allowed(*READERS)
    def export() -> Response:
        return _csv(runtime)

    @routes.get(f"{PLACE}/xuat.xlsx")
    @allowed(*READERS)
    def workbook() -> Response:
        return _xlsx(runtime)

    return routes


def asked_for(runtime: Runtime) -> tuple[Asked, dict[str, str]]:
    """What the address asks for, and what is wrong with it by field; then this month is shown."""
    this_month = runtime.today().strftime("%Y-%m")
    typed = {name: request.args.get(name, "").strip() for name in ("tu", "den")}
    first, last = typed["tu"] or this_month, typed["den"] or typed["tu"] or this_month
    faults = {
        name: f"Tháng “{month[:20]}” không đọc được. Mời nhập như 2026-11."
        for name, month in (("tu", first), ("den", last))
        if not _MONTH.fullmatch(month)
    }
    if not faults and first > last:
        faults["den"] = "Tháng cuối đứng trước tháng đầu. Mời chọn lại tháng cuối."
    if not faults and _months_apart(first, last) >= MOST_MONTHS:
        faults["den"] = f"Mỗi lần xem được nhiều nhất {MOST_MONTHS} tháng. Mời chọn ngắn hơn."
    agency, procedure = request.args.get("co_quan", ""), request.args.get("thu_tuc", "")
    if agency and agency not in actor().agencies:
        abort(404)
    asked = Asked(this_month, this_month, agency, procedure[:64])
    return (asked if faults else replace(asked, first=first, last=last)), faults


def _months_apart(first: str, last: str) -> int:
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def address(path: str, asked: Asked, **more: str) -> str:
    """The address of a page of the books that shows the same extract."""
    given = {"tu": asked.first, "den": asked.last, "co_quan": asked.agency,
             "thu_tuc": asked.procedure}  # fmt: skip
    return f"{PLACE}{path}?" + urlencode({k: v for k, v in {**given, **more}.items() if v})


def _shared(runtime: Runtime, asked: Asked, faults: Mapping[str, str]) -> dict[str, Any]:
    return {
        "until": books_until(runtime),
        "asked": asked,
        "faults": faults,
        "w": words,
        "number": words.number_words,
        "share": words.share_words,
        "address": address,
        "place": PLACE,
    }


def _overview(runtime: Runtime) -> tuple[str, int]:
    asked, faults = asked_for(runtime)
    books = of_books(runtime, lambda house: read_books(house, actor(), asked))
    page = render_template(
        "books/overview.html",
        books=books,
        procedures=dict(list(_largest_first(books).items())[:MOST_LINES]),
        ratios=reached({**books.total, **books.states}),
        missing=load_ratios().missing,
        **_shared(runtime, asked, faults),
    )
    return page, 422 if faults else 200


def _largest_first(books: Books) -> Mapping[str, Mapping[str, int]]:
    weight = lambda row: (-row[1]["due"] - row[1]["received"], row[0])  # noqa: E731
    return dict(sorted(books.by_procedure.items(), key=weight))


def _days(runtime: Runtime) -> str:
    asked, faults = asked_for(runtime)
    figure = _figure()
    month = request.args.get("thang", asked.last)
    if faults or not _MONTH.fullmatch(month):
        abort(404)
    found = of_books(
        runtime, lambda house: read_days(house, actor(), month, asked.agency, asked.procedure)
    )
    return render_template(
        "books/days.html", days=found, month=month, figure=figure, **_shared(runtime, asked, faults)
    )


def _figure() -> str:
    figure = request.args.get("so", "due")
    if figure not in words.FIGURES or figure in words.WITHOUT_CASES:
        abort(404)
    return figure


def _cases(runtime: Runtime) -> str:
    asked, faults = asked_for(runtime)
    figure = _figure()
    try:
        day = date.fromisoformat(request.args.get("ngay", ""))
    except ValueError:
        abort(404)
    if faults or day > runtime.today() or day.year < 2000:
        abort(404)
    place = CasePlace(asked.agency, asked.procedure, alone=request.args.get("rieng") == "1")
    found = of_books(runtime, lambda house: read_cases(house, actor(), day, figure, place))
    page = "books/agencies.html" if isinstance(found, dict) else "books/cases.html"
    return render_template(
        page, found=found, of_day=day, figure=figure, **_shared(runtime, asked, faults)
    )


def _questions(runtime: Runtime) -> tuple[str, int]:
    asked, faults = asked_for(runtime)
    books = of_books(runtime, lambda house: read_books(house, actor(), asked))
    page = render_template(
        "books/questions.html",
        books=books,
        procedures=dict(list(_largest_first(books).items())[:MOST_LINES]),
        by_month=of_books(runtime, lambda house: read_counts(house, actor(), asked, "period")),
        by_agency=of_books(
            runtime, lambda house: read_counts(house, actor(), asked, "agency_code")
        ),
        months=sorted({*books.by_month}),
        clerks=of_books(runtime, lambda house: phones_by_clerk(house, actor(), asked)),
        **_shared(runtime, asked, faults),
    )
    return page, 422 if faults else 200


def _csv(runtime: Runtime) -> Response:
    asked, faults = asked_for(runtime)
    kind = request.args.get("bang", "co-quan")
    if faults or kind not in SHEETS:
        abort(404)
    sheet = SHEETS[kind](of_books(runtime, lambda house: read_books(house, actor(), asked)))
    response = Response(csv_lines(sheet), content_type="text/csv; charset=utf-8")
    name = f"bao-cao-{kind}-{asked.first}-{asked.last}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _xlsx(runtime: Runtime) -> Response:
    asked, faults = asked_for(runtime)
    if faults:
        abort(404)
    books = of_books(runtime, lambda house: read_books(house, actor(), asked))
    response = Response(write_xlsx([make(books) for make in SHEETS.values()]), content_type=XLSX)
    name = f"bao-cao-{asked.first}-{asked.last}.xlsx"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
