"""`/console/phan-anh`: citizens who came and found nothing, and what their agency answers."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.answer_complaint import (
    Fault,
    answer_complaint,
    list_complaints,
    show_complaint,
)
from bot.core.complaint import LONGEST_ANSWER, Verdict
from bot.core.staff import Role
from bot.runtime import Runtime
from console.counter_words import STATUS_WORDS
from console.door import actor, allowed

PLACE = "/console/phan-anh"
VERDICTS = (
    (str(Verdict.READY), "Nay đã có kết quả, mời đến nhận"),
    (str(Verdict.NOT_READY), "Chưa có kết quả: tin báo sai hoặc báo sớm"),
    (str(Verdict.WAS_READY), "Đã có từ trước: công dân đến nhầm nơi hoặc hỏi nhầm"),
)
WORDS = {
    Fault.EMPTY: ("text", "Chưa có nội dung trả lời. Mời viết cho công dân biết phải làm gì tiếp."),
    Fault.TOO_LONG: ("text", f"Câu trả lời dài quá {LONGEST_ANSWER} ký tự. Mời viết ngắn lại."),
    Fault.NO_VERDICT: ("verdict", "Chưa chọn kết luận. Mời chọn một kết luận trong danh sách."),
}
EVENTS = {"result": "Báo có kết quả", "supplement": "Báo bổ sung giấy tờ"}


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_complaints", __name__, template_folder="templates")

    @routes.get(PLACE)
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def listed() -> str:
        answered = request.args.get("xem") == "da-tra-loi"
        found = list_complaints(runtime, actor(), is_open=not answered)
        return render_template(
            "complaints/list.html", found=found, answered=answered, events=EVENTS, place=PLACE
        )

    @routes.get(f"{PLACE}/<int:number>")
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def show(number: int) -> str:
        return _page(runtime, number, {}, {})

    @routes.post(f"{PLACE}/<int:number>")
    @allowed(Role.CLERK)
    def answer(number: int) -> Response | tuple[str, int]:
        return _answered(runtime, number)

    return routes


def _page(runtime: Runtime, number: int, typed: dict[str, str], faults: dict[str, str]) -> str:
    case = show_complaint(runtime, actor(), number) if number < 1 << 62 else None
    if case is None:
        abort(404)
    return render_template(
        "complaints/one.html",
        case=case,
        one=case.complaint,
        is_open=case.window is not None and case.window.is_open(runtime.now()),
        may_answer=actor().may(Role.CLERK) and case.complaint.answered_at is None,
        verdicts=VERDICTS,
        verdict_words=dict(VERDICTS),
        statuses=STATUS_WORDS,
        events=EVENTS,
        typed=typed,
        faults=faults,
        most=LONGEST_ANSWER,
        place=PLACE,
    )


def _answered(runtime: Runtime, number: int) -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in ("verdict", "text")}
    if number >= 1 << 62:
        abort(404)
    outcome = answer_complaint(runtime, actor(), number, typed["verdict"], typed["text"])
    if outcome is Fault.UNKNOWN:
        abort(404)
    if outcome is Fault.ANSWERED:
        flash("Một cán bộ khác vừa trả lời phản ánh này; câu trả lời của Ông/Bà chưa được gửi.",
              "warning")  # fmt: skip
        return _page(runtime, number, typed, {}), 409
    if isinstance(outcome, Fault):
        field, words = WORDS[outcome]
        return _page(runtime, number, typed, {field: words}), 422
    if outcome.told:
        flash("Đã trả lời; câu trả lời đang được gửi cho công dân qua Zalo.")
    else:
        flash("Đã ghi nhận. Zalo không còn cho nhắn công dân này: mời gọi điện cho công dân.",
              "warning")  # fmt: skip
    return redirect(PLACE, 303)
