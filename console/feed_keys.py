"""`/console/khoa-nguon`: keys of the programs that feed: made, watched, ended."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from bot.agencies import InputFault, list_agencies
from bot.core.staff import Role
from bot.feed_keys import (
    MOST_NOTE,
    ListedKey,
    add_feed_key,
    feed_key_for,
    list_feed_keys,
    revoke_feed_key,
)
from bot.runtime import Runtime
from console.door import actor, allowed

PATH = "/console/khoa-nguon"
FEED = "/feeds/v1/dossiers"
LABELS = {"agency": "Cơ quan", "note": "Ghi chú"}
# Why calls of a key were refused, in the words of who has to mend it.
WHY: Mapping[str, str] = {
    "clock": "đồng hồ máy gửi lệch quá 5 phút",
    "signature": "sai chữ ký (thường là sai chuỗi bí mật)",
    "key": "khóa không còn hiệu lực",
    "form": "dữ liệu sai dạng",
    "size": "gói quá lớn",
    "type": "sai kiểu nội dung",
    "storage": "phía ta chưa ghi được",
}
Answer = Response | str | tuple[str, int]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_feed_keys", __name__, template_folder="templates")

    @routes.get(PATH)
    @allowed(Role.ADMINISTRATOR)
    def keys() -> str:
        return _list_page(runtime, MultiDict(), {})

    @routes.post(PATH)
    @allowed(Role.ADMINISTRATOR)
    def add() -> Answer:
        return _add(runtime, request.form)

    @routes.get(f"{PATH}/<key_id>/thu-hoi")
    @allowed(Role.ADMINISTRATOR)
    def ask(key_id: str) -> str:
        return render_template("watching/revoke.html", one=_known(runtime, key_id), why=WHY)

    @routes.post(f"{PATH}/<key_id>/thu-hoi")
    @allowed(Role.ADMINISTRATOR)
    def revoke(key_id: str) -> Answer:
        return _revoke(runtime, key_id)

    return routes


def _list_page(runtime: Runtime, typed: MultiDict[str, str], faults: Mapping[str, str]) -> str:
    listed = list_feed_keys(runtime, actor())
    return render_template(
        "watching/feed_keys.html",
        found=listed,
        agencies=_agencies(runtime),
        names={one.code: one.name for one in list_agencies(runtime)},
        everywhere=actor().account.agency_code is None,
        typed=typed,
        faults=faults,
        labels=LABELS,
        why=WHY,
        most_note=MOST_NOTE,
    )


def _agencies(runtime: Runtime) -> list[tuple[str, str]]:
    return [
        (one.code, f"{one.code} – {one.name}")
        for one in list_agencies(runtime)
        if one.code in actor().agencies
    ]


def _add(runtime: Runtime, typed: MultiDict[str, str]) -> Answer:
    agency, note = typed.get("agency", ""), typed.get("note", "").strip()
    every = "all_agencies" in typed
    faults = {}
    if agency not in dict(_agencies(runtime)):
        faults["agency"] = "Chưa chọn cơ quan. Mời chọn cơ quan mà phần mềm gửi hồ sơ cho."
    if len(note) > MOST_NOTE or not note.isprintable():
        faults["note"] = f"Ghi chú dài {len(note)} ký tự. Mời viết một dòng, tối đa {MOST_NOTE}."
    if faults:
        return _list_page(runtime, typed, faults), 422
    if every and actor().account.agency_code is not None:
        abort(403)
    new = add_feed_key(runtime, agency, every, actor(), note)
    url = f"{runtime.settings.public_url}{FEED}"
    return render_template("watching/new_key.html", new=new, agency=agency, url=url)


def _known(runtime: Runtime, key_id: str) -> ListedKey:
    return feed_key_for(runtime, actor(), key_id) or abort(404)


def _revoke(runtime: Runtime, key_id: str) -> Answer:
    one = _known(runtime, key_id)
    if one.in_use and "sure" not in request.form:
        words = "Khóa này còn được dùng. Nếu vẫn muốn thu hồi, mời đánh dấu vào ô xác nhận."
        page = render_template("watching/revoke.html", one=one, why=WHY, faults={"sure": words})
        return page, 422
    try:
        revoke_feed_key(runtime, key_id, actor())
    except InputFault:  # somebody else was faster
        abort(404)
    flash(f"Đã thu hồi khóa {key_id}. Mọi lời gọi ký bằng khóa này từ nay bị từ chối.")
    return redirect(PATH, 303)
