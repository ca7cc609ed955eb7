"""`/console/thong-bao/…`: an announcement approved, released, watched, stopped, reported of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.approve_announcement import Refused, approve, give_back, repeat_of
from bot.core.announcement import BEGUN, State
from bot.core.announcement_reasons import why
from bot.core.staff import Role
from bot.reach_announcement import MOST_BROADCASTS, foresee
from bot.run_announcement import hold_back, pause, release, resume, stop
from bot.runtime import Runtime
from bot.sheet import Cell, Sheet, csv_lines, write_xlsx
from bot.store.announcements import StoredAnnouncement
from bot.watch_announcement import Progress, every_fate, masked, progress, report
from bot.write_announcement import authors_of
from console import announcement_words as words
from console.announcements import ONE, PLACE, READERS, Behind, found_or_404, put_behind_door, shown
from console.door import actor, allowed
from console.row_number import row_number

_READERS, _BESIDE = allowed(*READERS), allowed(*READERS, renews=False)
_RUNNERS, _APPROVERS = allowed(Role.ANNOUNCER, Role.APPROVER), allowed(Role.APPROVER)
VIEWS: tuple[Behind, ...] = (
    ("GET", f"{ONE}/duyet", "look", _APPROVERS),
    ("POST", f"{ONE}/duyet", "approve", _APPROVERS),
    ("POST", f"{ONE}/tra-lai", "give_back", _APPROVERS),
    ("GET", f"{ONE}/theo-doi", "watch", _READERS),
    ("GET", f"{ONE}/tien-do", "progress", _BESIDE),
    ("POST", f"{ONE}/phat-hanh", "release", _RUNNERS),
    ("POST", f"{ONE}/rut-lich", "hold_back", _RUNNERS),
    ("POST", f"{ONE}/tam-dung", "pause", _RUNNERS),
    ("POST", f"{ONE}/gui-tiep", "resume", _RUNNERS),
    ("POST", f"{ONE}/dung", "stop", _RUNNERS),
    ("GET", f"{ONE}/ket-qua", "report", _READERS),
    ("GET", f"{ONE}/ket-qua.csv", "csv_file", _READERS),
    ("GET", f"{ONE}/ket-qua.xlsx", "xlsx_file", _READERS),
)
HEADS = (
    "Người nhận", "Cách gửi", "Kết quả", "Lý do", "Mã", "Gửi lúc", "Nhận lúc", "Xem lúc", "Chi phí",
)  # fmt: skip

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

View = AnyResponse | str | tuple[str, int]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_announcement_watch", __name__, template_folder="templates")
    put_behind_door(routes, Pages(runtime), VIEWS)
    return routes


@dataclass(frozen=True, slots=True)
class Pages:
    """The views; each stands behind the door that the blueprint puts in front of it."""

    runtime: Runtime

    def look(self, number: int, note_fault: str = "") -> str:
        """Exactly what would go out, to whom, and when."""
        found = found_or_404(self.runtime, number)
        return render_template(
            "announcements/approve.html",
            foreseen=foresee(self.runtime, found.content),
            most_broadcasts=MOST_BROADCASTS,
            repeat=repeat_of(self.runtime, found),
            own=actor().account.id in authors_of(self.runtime, found),
            faults={"note": note_fault} if note_fault else {},
            **shown(self.runtime, found),
        )

    def approve(self, number: int) -> AnyResponse:
        """Approve this revision and no other."""
        refused = approve(self.runtime, actor(), number, _revision())
        if refused is None:
            flash("Đã duyệt. Thông báo chưa gửi cho đến khi có người bấm “Phát hành”.")
        return self._done(number, refused, f"{PLACE}/{number}/theo-doi")

    def give_back(self, number: int) -> View:
        """Give it back to its writer, saying why."""
        note = request.form.get("note", "")
        refused = give_back(self.runtime, actor(), number, _revision(), note)
        if refused is Refused.NOTE:
            return self.look(number, words.REFUSED[refused]), 422
        if refused is None:
            flash("Đã trả lại người soạn kèm lý do.")
        return self._done(number, refused, PLACE)

    def watch(self, number: int) -> str:
        """How far it is."""
        found = found_or_404(self.runtime, number)
        return render_template(
            "announcements/watch.html",
            progress=progress(self.runtime, found),
            begun=found.state in BEGUN,
            repeat=repeat_of(self.runtime, found) if found.state is State.APPROVED else None,
            **shown(self.runtime, found),
        )

    def progress(self, number: int) -> Response:
        """The same for the page's script."""
        found = found_or_404(self.runtime, number)
        return jsonify(_told(progress(self.runtime, found)))

    def release(self, number: int) -> AnyResponse:
        """Let what was approved go out."""
        repeat = request.form.get("repeat") == "1"
        refused = release(self.runtime, actor(), number, _revision(), repeat)
        if refused is None:
            fresh = found_or_404(self.runtime, number)
            zone = self.runtime.settings.zone
            begins = f"{fresh.due_at.astimezone(zone):%H:%M %d/%m/%Y}" if fresh.due_at else ""
            flash(f"Đã phát hành. Bắt đầu gửi lúc {begins}.")
        return self._done(number, refused)

    def hold_back(self, number: int) -> AnyResponse:
        """Take it out of the schedule."""
        return self._done(number, hold_back(self.runtime, actor(), number))

    def pause(self, number: int) -> AnyResponse:
        """Begin nothing more for now."""
        return self._done(number, pause(self.runtime, actor(), number))

    def resume(self, number: int) -> AnyResponse:
        """Go on."""
        return self._done(number, resume(self.runtime, actor(), number))

    def stop(self, number: int) -> AnyResponse:
        """Begin nothing more for good."""
        return self._done(number, stop(self.runtime, actor(), number))

    def _done(self, number: int, refused: Refused | None, onward: str = "") -> AnyResponse:
        """Where to go on after a step, or after one that was not taken."""
        if refused is Refused.UNKNOWN:
            abort(404)
        if refused is not None:
            flash(words.REFUSED[refused], "danger")
            return redirect(f"{PLACE}/{number}/theo-doi", 303)
        return redirect(onward or f"{PLACE}/{number}/theo-doi", 303)

    def report(self, number: int) -> str:
        """What came of it, with who did not get it."""
        found = found_or_404(self.runtime, number)
        after = request.args.get("after", "")
        return render_template(
            "announcements/report.html",
            report=report(self.runtime, found, row_number(after)),
            masked=masked,
            why=why,
            **shown(self.runtime, found),
        )

    def csv_file(self, number: int) -> Response:
        """Every recipient as CSV, line by line."""
        found = found_or_404(self.runtime, number)
        answer = Response(csv_lines(self._sheet(found)), content_type="text/csv; charset=utf-8")
        return _named(answer, f"thong-bao-{number}.csv")

    def xlsx_file(self, number: int) -> Response:
        """The figures and every recipient as a workbook."""
        found = found_or_404(self.runtime, number)
        book = write_xlsx([self._figures(found), self._sheet(found)])
        return _named(Response(book, content_type=XLSX), f"thong-bao-{number}.xlsx")

    def _figures(self, found: StoredAnnouncement) -> Sheet:
        told = report(self.runtime, found)
        now = told.progress
        rows: list[tuple[Cell, ...]] = [
            ("Tiêu đề", found.content.title),
            ("Trạng thái", words.STATES[now.state]),
            ("Người nhận", now.people),
            ("Đã gửi", now.sent),
            ("Đã nhận", now.received),
            ("Đã xem", now.seen),
            ("Lượt bấm liên kết", now.clicks),
            ("Không gửi được", now.failed),
            ("Không rõ", now.unsure),
            ("Bỏ qua", now.skipped),
            ("Chưa gửi", now.waiting),
            ("Bỏ quan tâm trong 24 giờ", told.unfollowed),
            ("Chi phí (đồng, chưa VAT)", now.cost_dong),
        ]
        rows += [(f"{one.words} ({words.SHORT_ROADS[one.road]})", one.count) for one in now.reasons]
        return Sheet("Kết quả", ("Chỉ số", "Giá trị"), rows)

    def _sheet(self, found: StoredAnnouncement) -> Sheet:
        return Sheet(f"Thông báo {found.id}", HEADS, self._rows(found))

    def _rows(self, found: StoredAnnouncement) -> Iterator[tuple[Cell, ...]]:
        zone = self.runtime.settings.zone

        def minute(moment: Any) -> str:
            return f"{moment.astimezone(zone):%d/%m/%Y %H:%M:%S}" if moment else ""

        for one in every_fate(self.runtime, found):
            yield (
                masked(one.recipient, one.road),
                words.SHORT_ROADS.get(one.road, one.road),
                words.FATES.get(one.state, one.state),
                why(one.state, one.code) if one.state != "sent" else "",
                one.code or "",
                minute(one.sent_at),
                minute(one.received_at),
                minute(one.seen_at),
                one.cost_dong or 0,
            )


def _named(answer: Response, name: str) -> Response:
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _revision() -> int:
    return row_number(request.form.get("revision", ""), -1)


def _told(now: Progress) -> dict[str, Any]:
    return {
        "state": now.state,
        "state_words": words.STATES[now.state],
        "reason": now.reason,
        "percent": now.percent,
        "people": now.people,
        "waiting": now.waiting,
        "sent": now.sent,
        "received": now.received,
        "seen": now.seen,
        "failed": now.failed,
        "unsure": now.unsure,
        "skipped": now.skipped,
        "cost": now.cost_dong,
        "rate": now.rate,
        "minutes_left": now.minutes_left,
        "waits": now.waits,
        "clicks": now.clicks,
        "reasons": [
            {"road": words.SHORT_ROADS[one.road], "words": one.words, "count": one.count}
            for one in now.reasons
        ],
    }
