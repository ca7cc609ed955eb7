"""`/console/nhom-nhan-tin`: groups of officials, tags of the page, chats for test sends."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.core.invitation import Purpose
from bot.core.staff import Role
from bot.invite import MOST_TAG, end, groups, invite, shown_invitations
from bot.runtime import Runtime
from console.announcements import Behind, put_behind_door
from console.door import actor, allowed

PLACE = "/console/nhom-nhan-tin"
_WRITERS = allowed(Role.ANNOUNCER)
VIEWS: tuple[Behind, ...] = (
    ("GET", PLACE, "listed", _WRITERS),
    ("POST", PLACE, "invite", _WRITERS),
    ("POST", f"{PLACE}/<int:number>/het-han", "end", _WRITERS),
)


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_announcement_groups", __name__, template_folder="templates")
    put_behind_door(routes, Pages(runtime), VIEWS)
    return routes


@dataclass(frozen=True, slots=True)
class Pages:
    """The views; each stands behind the door that the blueprint puts in front of it."""

    runtime: Runtime

    def listed(self) -> str:
        """Groups, and the codes that lead there."""
        return self._page({}, "")

    def _page(self, faults: dict[str, str], tag: str) -> str:
        return render_template(
            "announcements/groups.html",
            groups=groups(self.runtime),
            invitations=shown_invitations(self.runtime, actor()),
            faults=faults,
            tag=tag,
            most_tag=MOST_TAG,
            place=PLACE,
        )

    def invite(self) -> Response | tuple[str, int]:
        """Make a code."""
        tester = request.form.get("purpose") == Purpose.TESTER
        tag = request.form.get("tag", "")
        code = invite(self.runtime, actor(), Purpose.TESTER if tester else Purpose.OFFICIAL, tag)
        if code is None:
            fault = "Chưa có tên nhóm. Mời nhập, ví dụ: Cán bộ một cửa."
            return self._page({"tag": fault}, tag), 422
        flash(f"Mã mời: {code}. Người được mời nhắn đúng mã này cho trang Zalo để vào nhóm.")
        return redirect(PLACE, 303)

    def end(self, number: int) -> Response:
        """End a code."""
        if not end(self.runtime, actor(), number):
            abort(404)
        flash("Mã mời đã hết hiệu lực. Người đã vào nhóm vẫn ở trong nhóm.")
        return redirect(PLACE, 303)
