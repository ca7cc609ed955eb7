"""`/console/thong-bao`: announcements listed, begun, written, tried out and handed in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.agencies import list_agencies
from bot.announcement_text import telling
from bot.approve_announcement import Refused, ask_for_approval, repeat_of
from bot.core.announcement import EDITABLE, ROADS, content_of
from bot.core.announcement_diff import differences
from bot.core.announcement_faults import (
    MOST_MESSAGE,
    MOST_SUMMARY,
    MOST_TITLE,
    PLACEHOLDERS,
    Faults,
)
from bot.core.staff import Role
from bot.invite import groups
from bot.reach_announcement import MOST_BROADCASTS, foresee
from bot.runtime import Runtime
from bot.store.announcements import StoredAnnouncement
from bot.try_announcement import count_testers, try_out
from bot.write_announcement import (
    NotSaved,
    agency_name,
    begin_announcement,
    copy_announcement,
    draft_faults,
    list_announcements,
    picture_of,
    read_announcement,
    save_announcement,
    versions_of,
)
from console import announcement_words as words
from console.announcement_form import MINUTE, Typed, read_form
from console.door import actor, allowed
from console.row_number import row_number

PLACE = "/console/thong-bao"
MOST_BYTES = 4 * 1024 * 1024
READERS = (Role.ANNOUNCER, Role.APPROVER, Role.SUPERVISOR)
PICTURE_TYPES = {"jpg": "image/jpeg", "png": "image/png"}

View = AnyResponse | str | tuple[str, int]
Behind = tuple[str, str, str, Callable[..., Callable[..., Any]]]  # method, path, view, its mark
_WRITERS, _READERS = allowed(Role.ANNOUNCER), allowed(*READERS)
_BESIDE = allowed(*READERS, renews=False)  # what a page asks by itself
ONE = f"{PLACE}/<int:number>"
VIEWS: tuple[Behind, ...] = (
    ("GET", PLACE, "listed", _READERS),
    ("POST", PLACE, "begin", _WRITERS),
    ("GET", ONE, "edit", _WRITERS),
    ("POST", ONE, "save", allowed(Role.ANNOUNCER, most_bytes=MOST_BYTES)),
    ("GET", f"{ONE}/nguoi-nhan", "reach", _BESIDE),
    ("GET", f"{ONE}/phien-ban", "versions", _READERS),
    ("GET", f"{ONE}/anh", "picture", _BESIDE),
    ("POST", f"{ONE}/soan-lai", "copy", _WRITERS),
    ("POST", f"{ONE}/gui-thu", "try_out", _WRITERS),
    ("POST", f"{ONE}/trinh-duyet", "ask", _WRITERS),
)


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_announcements", __name__, template_folder="templates")
    put_behind_door(routes, Pages(runtime), VIEWS)
    return routes


def put_behind_door(routes: Blueprint, pages: object, views: Iterable[Behind]) -> None:
    """Register the views of a page's class, each with its mark."""
    for method, path, name, mark in views:
        view = mark(partial(getattr(pages, name)))
        routes.add_url_rule(path, name, view, methods=[method])


def found_or_404(runtime: Runtime, number: int) -> StoredAnnouncement:
    """The announcement of an address, if it is the actor's."""
    found = read_announcement(runtime, actor(), number)
    if found is None:
        abort(404)
    return found


def shown(runtime: Runtime, found: StoredAnnouncement) -> dict[str, Any]:
    """What every page about one announcement shows of it."""
    names = {one.code: one.name for one in list_agencies(runtime)}
    content = found.content
    name = names.get(content.agency, content.agency)
    day = (content.send_at or runtime.now()).astimezone(runtime.settings.zone).date()
    return {
        "found": found,
        "content": content,
        "told": telling(runtime, content, name, found.link_token, day),
        "agency": name,
        "audience": words.audience_words(found, names),
        "words": words,
        "place": f"{PLACE}/{found.id}",
    }


@dataclass(frozen=True, slots=True)
class Pages:
    """The views; each stands behind the door that the blueprint puts in front of it."""

    runtime: Runtime

    def listed(self) -> str:
        """All of them, newest first."""
        before = request.args.get("before", "")
        rows = list_announcements(self.runtime, actor(), row_number(before) or None)
        agencies = [one for one in list_agencies(self.runtime) if one.code in actor().agencies]
        return render_template(
            "announcements/list.html",
            rows=rows,
            words=words,
            agencies=agencies,
            choices=[(one.code, one.name) for one in agencies],
            place=PLACE,
        )

    def begin(self) -> AnyResponse:
        """Begin a draft."""
        own = actor().account.agency_code
        agency = request.form.get("agency") or own or min(actor().agencies, default="")
        made = begin_announcement(self.runtime, actor(), agency)
        if made is None:
            abort(404)
        return redirect(f"{PLACE}/{made}", 303)

    def edit(self, number: int) -> View:
        """The editor; what has begun to go out is watched instead."""
        found = found_or_404(self.runtime, number)
        if found.state not in EDITABLE:
            return redirect(f"{PLACE}/{number}/theo-doi", 303)
        return self._editor(found, {})

    def _editor(self, found: StoredAnnouncement, faults: Faults, status: int = 200) -> View:
        agencies = [one for one in list_agencies(self.runtime) if one.code in actor().agencies]
        known, zone = groups(self.runtime), self.runtime.settings.zone
        send_at = found.content.send_at
        page = render_template(
            "announcements/edit.html",
            **shown(self.runtime, found),
            faults=faults,
            agencies=agencies,
            agency_choices=[(one.code, one.name) for one in agencies],
            official_choices=[(name, f"{name} ({count})") for name, count in known.officials],
            tag_choices=[(name, f"{name} ({count})") for name, count in known.page_tags],
            all_roads=ROADS,
            places="; ".join(f"{{{name}}} ({told})" for name, told in PLACEHOLDERS.items()),
            send_at=f"{send_at.astimezone(zone):{MINUTE}}" if send_at else "",
            placeholders=PLACEHOLDERS,
            limits={"title": MOST_TITLE, "message": MOST_MESSAGE, "summary": MOST_SUMMARY},
            fixed=self._fixed(found),
            testers=count_testers(self.runtime),
            has_template=self.runtime.settings.zalo_announcement_template is not None,
        )
        return (page, status) if status != 200 else page

    def _fixed(self, found: StoredAnnouncement) -> dict[str, str]:
        """What the preview fills in by itself while somebody types."""
        texts, public = self.runtime.texts, self.runtime.settings.public_url
        link = f"{public}/l/{found.link_token}"
        return {
            "ending": texts.render("announcement.ending"),
            "more": texts.render("announcement.more", link=link),
            "button": texts.render("announcement.more_button"),
            "link": link,
            "agency": agency_name(self.runtime, found.content.agency),
            "day": f"{self.runtime.today():%d/%m/%Y}",
        }

    def save(self, number: int) -> View:
        """Save; by itself while somebody types, or with the button."""
        found = found_or_404(self.runtime, number)
        typed = read_form(self.runtime, request.form, request.files, found.content)
        saved = save_announcement(
            self.runtime, actor(), number, typed.revision, typed.content, typed.enclosed
        )
        if saved is None:
            abort(404)
        if isinstance(saved, NotSaved):
            return self._not_saved(found, typed)
        fresh = found_or_404(self.runtime, number)
        if _by_script():
            return self._told(fresh, typed)
        for note in typed.notes:
            flash(note, "info")
        if typed.faults:
            return self._editor(fresh, typed.faults, 422)
        flash("Đã lưu bản nháp.")
        return redirect(f"{PLACE}/{number}", 303)

    def _told(self, fresh: StoredAnnouncement, typed: Typed) -> Response:
        now = self.runtime.now().astimezone(self.runtime.settings.zone)
        faults = draft_faults(self.runtime, fresh) | typed.faults
        return jsonify(
            revision=fresh.revision,
            saved=f"{now:%H:%M:%S}",
            faults=faults,
            notes=typed.notes,
            picture=bool(fresh.content.picture),
            count=fresh.content.audience.count,
            state=words.STATES[fresh.state],
        )

    def _not_saved(self, found: StoredAnnouncement, typed: Typed) -> View:
        """Somebody else saved meanwhile, or it goes out by now: nothing typed is lost."""
        told = (
            "Chưa lưu: thông báo này vừa được lưu ở một cửa sổ hoặc bởi người khác. Nội dung đang "
            "gõ vẫn còn đây; mời sao chép lại, rồi mở lại trang để sửa tiếp trên bản mới."
        )
        if _by_script():
            answer = jsonify(message=told, revision=found.revision)
            answer.status_code = 409
            return answer
        page = render_template(
            "announcements/conflict.html",
            typed=typed.content,
            message=told,
            **shown(self.runtime, found),
        )
        return page, 409

    def reach(self, number: int) -> str:
        """Whom it would reach now, as a part of a page."""
        found = found_or_404(self.runtime, number)
        return render_template(
            "announcements/reach.html",
            foreseen=foresee(self.runtime, found.content),
            most_broadcasts=MOST_BROADCASTS,
            repeat=repeat_of(self.runtime, found),
            **shown(self.runtime, found),
        )

    def versions(self, number: int) -> str:
        """What was written when and by whom, with the differences."""
        found = found_or_404(self.runtime, number)
        kept = versions_of(self.runtime, found)
        zone = self.runtime.settings.zone
        changes = [
            (
                newer,
                differences(content_of(older.content), content_of(newer.content), zone, words.NAMES)
                if older
                else [],
            )
            for newer, older in zip(kept, [*kept[1:], None], strict=True)
        ]
        return render_template(
            "announcements/versions.html", changes=changes, **shown(self.runtime, found)
        )

    def picture(self, number: int) -> Response:
        """The picture of a draft, for those who may see it."""
        picture = picture_of(self.runtime, found_or_404(self.runtime, number))
        if picture is None:
            abort(404)
        return Response(picture[0], content_type=PICTURE_TYPES[picture[1]])

    def copy(self, number: int) -> AnyResponse:
        """Begin anew with the same content."""
        made = copy_announcement(self.runtime, actor(), number)
        if made is None:
            abort(404)
        flash("Đã tạo bản nháp mới từ thông báo này.")
        return redirect(f"{PLACE}/{made}", 303)

    def try_out(self, number: int) -> AnyResponse:
        """Send it to the testers."""
        sent = try_out(self.runtime, actor(), number)
        if sent is None:
            abort(404)
        if sent:
            flash(f"Đang gửi thử đến {sent} máy của nhóm thử.")
        else:
            flash(
                "Chưa có máy nào trong nhóm thử. Mời tạo mã ở trang “Nhóm nhận tin” rồi nhắn mã đó "
                "cho trang Zalo từ điện thoại của mình.",
                "warning",
            )
        return redirect(f"{PLACE}/{number}", 303)

    def ask(self, number: int) -> View:
        """Hand it in for approval."""
        revision = request.form.get("revision", "")
        asked = ask_for_approval(self.runtime, actor(), number, row_number(revision, -1))
        if asked is Refused.UNKNOWN:
            abort(404)
        if isinstance(asked, Refused):
            flash(words.REFUSED[asked], "danger")
            return redirect(f"{PLACE}/{number}", 303)
        if asked:
            return self._editor(found_or_404(self.runtime, number), asked, 422)
        flash("Đã trình duyệt. Người duyệt sẽ xem đúng bản này; sửa lại thì phải trình lại.")
        return redirect(f"{PLACE}/{number}/theo-doi", 303)


def _by_script() -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
