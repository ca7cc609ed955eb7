"""The editor's form of an announcement: what was typed, as a content and what is enclosed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from werkzeug.datastructures import FileStorage, MultiDict

from bot.core.announcement import ROADS, Audience, AudienceKind, Content, Kind, Road
from bot.core.announcement_faults import MOST_LINK, Faults, picture_fault, plain_text
from bot.phone_list import PhoneList, read_phone_list
from bot.runtime import Runtime
from bot.write_announcement import Enclosed
from console.row_number import row_number

MOST_TITLE, MOST_TEXT = 300, 5_000  # kept of a draft; what Zalo carries is less
MINUTE = "%Y-%m-%dT%H:%M"


@dataclass(slots=True)
class Typed:
    """What came from the editor.

    Shape: `faults` by field are what could not be taken over at all; `notes` tell of a list of
           numbers that was read.
    """

    content: Content
    enclosed: Enclosed
    revision: int
    faults: Faults = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_form(
    runtime: Runtime,
    form: MultiDict[str, str],
    files: Mapping[str, FileStorage],
    before: Content,
) -> Typed:
    """Read the editor's form; a field that is not sent at all stays as it was."""
    faults: Faults = {}
    notes: list[str] = []
    content = Content(
        agency=form.get("agency", before.agency),
        kind=_one_of(Kind, form.get("kind"), before.kind),
        title=_short(form, "title", " ".join(before.title.split()), MOST_TITLE, faults),
        text=_short(form, "text", before.text, MOST_TEXT, faults),
        link=_short(form, "link", before.link, MOST_LINK, faults),
        picture=before.picture,
        audience=_audience(form, before.audience),
        roads=_roads(form, before),
        send_at=_moment(form, before.send_at, runtime.settings.zone, faults),
    )
    enclosed = Enclosed(
        picture=_picture(files, faults),
        drop_picture=bool(form.get("drop_picture")),
        phones=_phones(runtime, files, faults, notes),
    )
    revision = form.get("revision", "")
    return Typed(content, enclosed, row_number(revision, -1), faults, notes)


def _short(form: MultiDict[str, str], name: str, before: str, most: int, faults: Faults) -> str:
    typed = plain_text(form.get(name, before))
    if name == "title":
        typed = " ".join(typed.split())
    if len(typed) > most:
        faults[name] = f"Dài {len(typed)} ký tự, bản nháp giữ nhiều nhất {most}. Mời viết gọn lại."
        return typed[:most]
    return typed


def _one_of(kinds: type[Kind], typed: str | None, before: Kind) -> Kind:
    try:
        return kinds(typed) if typed else before
    except ValueError:
        return before


def _audience(form: MultiDict[str, str], before: Audience) -> Audience:
    try:
        kind = AudienceKind(form.get("audience") or before.kind)
    except ValueError:
        kind = before.kind
    if kind is AudienceKind.DOSSIERS:
        return Audience(
            kind,
            agency=form.get("audience_agency", before.agency),
            procedure=plain_text(form.get("procedure", before.procedure))[:64],
        )
    if kind is AudienceKind.OFFICIALS:
        return Audience(kind, tag=form.get("official", before.tag)[:100])
    if kind is AudienceKind.TAG:
        return Audience(kind, tag=form.get("tag", before.tag)[:100])
    return Audience(kind, digest=before.digest, count=before.count)


def _roads(form: MultiDict[str, str], before: Content) -> tuple[Road, ...]:
    if "roads_sent" not in form:
        return before.roads
    kind = _audience(form, before.audience).kind
    known = {str(road): road for road in ROADS[kind]}
    return tuple(known[typed] for typed in known if typed in form.getlist("roads"))


def _moment(
    form: MultiDict[str, str], before: datetime | None, zone: tzinfo, faults: Faults
) -> datetime | None:
    typed = form.get("send_at")
    if typed is None:
        return before
    if not typed.strip():
        return None
    try:
        return datetime.strptime(typed.strip()[:16], MINUTE).replace(tzinfo=zone)
    except ValueError:
        faults["send_at"] = (
            f"Không đọc được giờ gửi “{typed[:30]}”. Mời chọn ngày và giờ, ví dụ 2026-12-01T08:00."
        )
        return before


def _content(files: Mapping[str, FileStorage], name: str) -> bytes | None:
    file = files.get(name)
    if file is None or not file.filename:
        return None
    content: bytes = file.read()
    return content


def _picture(files: Mapping[str, FileStorage], faults: Faults) -> bytes | None:
    content = _content(files, "picture")
    if content is None:
        return None
    fault = picture_fault(content)
    if fault:
        faults["picture"] = fault
        return None
    return content


def _phones(
    runtime: Runtime, files: Mapping[str, FileStorage], faults: Faults, notes: list[str]
) -> PhoneList | None:
    content = _content(files, "phones")
    if content is None:
        return None
    found = read_phone_list(runtime, content)
    if isinstance(found, str):
        faults["phones"] = found
        return None
    told = f"Đã đọc {len(found.rows)} số"
    if found.repeats:
        told += f", bỏ {found.repeats} số trùng"
    notes.append(f"{told}.")
    notes += [f"Dòng {line}: {why}." for line, why in found.faults[:10]]
    return found
