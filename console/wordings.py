"""`/console/cau-chu`: citizens' texts, what they look like, how long they get, what they were."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.change_text import (
    MOST_WHY,
    Changed,
    Faulty,
    Fixed,
    NotYours,
    Outcome,
    Wish,
    restore_text,
    save_text,
)
from bot.core.announcement_diff import Piece, pieces
from bot.core.staff import Role
from bot.core.wording import Source, Wording
from bot.read_texts import Looked, Reader, ShownText, TextPage, list_texts, read_text
from bot.runtime import Runtime
from bot.sms_lengths import MOST_SHOWN
from bot.texts.changed import digest
from bot.texts.uses import Use
from bot.texts.writing import composed
from bot.texts_of_day import texts_of_day
from console.door import actor, allowed

PLACE = "/console/cau-chu"
DAY = "%d/%m/%Y"
READERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.APPROVER)
SOURCES = {
    Source.SHIPPED: "câu chữ gốc",
    Source.CHANGED: "tỉnh đổi",
    Source.RESTORED: "về câu chữ gốc",
}
SEEN = {
    "zalo": "Tin Zalo",
    "sms": "Tin SMS",
    "page": "Trang tiến độ",
    "button": "Nút trong Zalo",
    "paper": "Giấy in",
    "template": "Trường của mẫu tin Zalo",
}
FILTERS: dict[str, tuple[str, Callable[[ShownText], bool]]] = {
    "": ("Tất cả", lambda _: True),
    "doi-duoc": ("Đổi được", lambda one: one.use.open),
    "da-doi": ("Tỉnh đã đổi", lambda one: one.changed or bool(one.fault)),
    "co-dinh": ("Cố định", lambda one: not one.use.open),
}
FIELDS = {"words": "Câu chữ", "why": "Lý do", "confirmed": "Liên kết", "version": "Câu này"}
NOT_YOURS = (
    "Câu chữ dùng chung cho toàn tỉnh: chỉ quản trị viên của mọi cơ quan (cấp tỉnh) sửa được. Nhờ "
    "quản trị viên cấp tỉnh sửa."
)
SAVED = "Đã lưu. Người dân nhận câu chữ mới sau vài giây."
MOVED = (
    "Chưa lưu: câu này vừa được người khác đổi. Nội dung đang gõ vẫn còn đây; mời xem lại khác "
    "biệt với bản mới nhất rồi lưu lại."
)

View = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """Words that somebody types, as they would be read, beside those that are said now."""

    use: Use
    words: str
    looked: Looked
    faults: list[str]
    warnings: list[str]
    pieces: list[Piece]

    @property
    def mark(self) -> str:
        """What was looked at: saving asks that it is what is saved."""
        return digest(self.words)


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_wordings", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(*READERS)
    def listed() -> str:
        return _list(runtime)

    @routes.get(f"{PLACE}/ngay")
    @allowed(*READERS)
    def day() -> View:
        return _day(runtime)

    @routes.get(f"{PLACE}/<key>")
    @allowed(*READERS)
    def one(key: str) -> View:
        return _one(runtime, key)

    @routes.post(f"{PLACE}/<key>")
    @allowed(Role.ADMINISTRATOR)
    def save(key: str) -> View:
        return _save(runtime, key)

    @routes.post(f"{PLACE}/<key>/xem")
    @allowed(Role.ADMINISTRATOR, renews=False)
    def look(key: str) -> View:
        page = _found(runtime, key)
        preview = _preview(runtime, page, request.form.get("words", ""))
        return render_template("wordings/preview.html", preview=preview, SEEN=SEEN)

    @routes.post(f"{PLACE}/<key>/ban-goc")
    @allowed(Role.ADMINISTRATOR)
    def restore(key: str) -> View:
        outcome = restore_text(runtime, actor(), key, _wish(""))
        return _told(runtime, key, outcome, "", {"restoring": True})

    return routes


def _list(runtime: Runtime) -> str:
    chosen = request.args.get("loc", "")
    chosen = chosen if chosen in FILTERS else ""
    _, wanted = FILTERS[chosen]
    groups = [
        (title, [one for one in texts if wanted(one)]) for title, texts in list_texts(runtime)
    ]
    return render_template(
        "wordings/list.html",
        groups=[(title, texts) for title, texts in groups if texts],
        filters=[(name, words) for name, (words, _) in FILTERS.items()],
        chosen=chosen,
        place=PLACE,
        today=f"{runtime.today():{DAY}}",
        SEEN=SEEN,
    )


def _day(runtime: Runtime) -> View:
    typed = request.args.get("ngay", "").strip() or f"{runtime.today():{DAY}}"
    asked = _date(typed)
    faults = {}
    if asked is None:
        faults["ngay"] = (
            f"Không đọc được ngày “{typed[:20]}”. Mời gõ dạng dd/mm/yyyy, ví dụ 25/11/2026."
        )
    elif asked > runtime.today():
        faults["ngay"] = f"Ngày {typed[:20]} chưa đến. Mời chọn hôm nay hoặc một ngày trước."
    uses = Reader(runtime).uses
    page = render_template(
        "wordings/day.html",
        typed=typed,
        faults=faults,
        found=texts_of_day(runtime, asked) if asked and not faults else None,
        when={key: use.when for key, use in uses.by_key.items()},
        place=PLACE,
        SOURCES=SOURCES,
    )
    return (page, 422) if faults else page


def _date(typed: str) -> date | None:
    for form in (DAY, "%Y-%m-%d"):
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007  (a day, no moment)
        except ValueError:
            continue
    return None


def _found(runtime: Runtime, key: str) -> TextPage:
    page = read_text(runtime, key)
    if page is None:
        abort(404)
    return page


def _one(runtime: Runtime, key: str) -> View:
    """One text; `?ban=3` puts the words of that version into the form."""
    page = _found(runtime, key)
    wanted = request.args.get("ban", "")
    old = [one for one in page.history if str(one.version) == wanted]
    typed = {"words": old[0].words if old else page.shown.words}
    return _page(page, typed, shown=_preview(runtime, page, typed["words"]))


def _save(runtime: Runtime, key: str) -> View:
    """Show what was typed as citizens would read it; save it once it was looked at."""
    page = _found(runtime, key)
    words = composed(request.form.get("words", ""))
    preview = _preview(runtime, page, words)
    looked_at = request.form.get("seen") == preview.mark
    wants = request.form.get("step") == "luu"
    if page.shown.use.open and not (wants and looked_at):
        if wants:
            flash("Câu chữ đã đổi sau lần xem trước. Mời xem lại dưới đây rồi lưu.", "warning")
        faults = {"words": " ".join(preview.faults)} if preview.faults else {}
        answer = _page(page, request.form, faults, shown=preview, looked=True)
        return (answer, 422) if faults else answer
    return _told(runtime, key, save_text(runtime, actor(), key, _wish(words)), words)


def _wish(words: str) -> Wish:
    version = request.form.get("version", "")
    return Wish(
        words=words,
        why=request.form.get("why", ""),
        version=int(version) if version.isdecimal() and len(version) < 10 else -1,
        confirmed=bool(request.form.get("confirmed")),
    )


def _told(
    runtime: Runtime,
    key: str,
    outcome: Outcome | None,
    words: str,
    more: dict[str, Any] | None = None,
) -> View:
    if outcome is None:
        abort(404)
    page = _found(runtime, key)
    typed = {**request.form, "words": words or page.shown.words}
    preview = _preview(runtime, page, typed["words"])
    how: dict[str, Any] = {"shown": preview, "looked": True, **(more or {})}
    if isinstance(outcome, NotYours):
        flash(NOT_YOURS, "danger")
        return _page(page, typed, **how), 403
    if isinstance(outcome, Fixed):
        flash(f"Chưa lưu: {outcome.why}", "danger")
        return _page(page, typed, **how), 409
    if isinstance(outcome, Changed):
        return _page(page, typed, {"version": MOVED}, **how), 409
    if isinstance(outcome, Faulty):
        return _page(page, typed, outcome.faults, **how), 422
    flash(SAVED)
    return redirect(f"{PLACE}/{key}", 303)


def _preview(runtime: Runtime, page: TextPage, typed: str) -> Preview:
    reader, use, words = Reader(runtime), page.shown.use, composed(typed)
    text = runtime.wording.shipped.texts[use.key]
    writing = reader.writing(use.key, text, words)
    return Preview(
        use=use,
        words=words,
        looked=reader.looked(text, use, words),
        faults=writing.faults() if use.open else [],
        warnings=writing.warnings() if use.open else [],
        pieces=pieces(page.shown.words, words) if words != page.shown.words else [],
    )


def _page(
    page: TextPage,
    typed: Any,
    faults: dict[str, str] | None = None,
    **how: Any,
) -> str:
    return render_template(
        "wordings/one.html",
        page=page,
        shown=page.shown,
        use=page.shown.use,
        preview=how["shown"],
        typed=typed,
        faults=faults or {},
        looked=how.get("looked", False),
        restoring=how.get("restoring", False),
        may_change=page.shown.use.open and actor().may(Role.ADMINISTRATOR),
        history=_history(page.history),
        most_shown=MOST_SHOWN,
        most_why=MOST_WHY,
        place=PLACE,
        own=f"{PLACE}/{page.shown.use.key}",
        FIELDS=FIELDS,
        SEEN=SEEN,
        SOURCES=SOURCES,
    )


def _history(wordings: Any) -> list[tuple[Wording, list[Piece]]]:
    """Newest first, each with how it differs from the one before."""
    pairs = zip(wordings, [None, *wordings], strict=False)
    told = [(one, pieces(before.words, one.words) if before else []) for one, before in pairs]
    return told[::-1]
