"""An announcement written: a draft begun, saved as it is typed, begun anew from an old one."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Connection

from bot.announcement_text import telling
from bot.core.announcement import EDITABLE, Audience, AudienceKind, Content, State
from bot.core.announcement_faults import Faults, content_faults, picture_fault, picture_kind
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.phone_list import PhoneList
from bot.runtime import Runtime
from bot.store.agencies import agency_by_code
from bot.store.announcement_phones import copy_phones, put_phones
from bot.store.announcement_pictures import keep_picture, picture_by_id
from bot.store.announcement_versions import Version, authors, keep_version, renew_version, versions
from bot.store.announcements import (
    StoredAnnouncement,
    announcement_by_id,
    content_values,
    insert_announcement,
    listed,
    rewrite,
)
from bot.store.audit import write_deed

SITTING = timedelta(minutes=10)  # saves of one author within it are one version
TOKEN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105  (letters, read and typed by people)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft that was saved; `revision` is what stands there now."""

    revision: int


@dataclass(frozen=True, slots=True)
class NotSaved:
    """A draft that was not saved: another revision stands there, or it has begun to go out."""

    revision: int
    state: State


@dataclass(frozen=True, slots=True, repr=False)
class Enclosed:
    """What is saved beside the words: a picture's file (None: as before), a list of phones."""

    picture: bytes | None = None
    drop_picture: bool = False
    phones: PhoneList | None = None


NOTHING = Enclosed()


def begin_announcement(runtime: Runtime, actor: Actor, agency: str) -> int | None:
    """Begin a draft for an agency; None when it is not the actor's."""
    if agency not in actor.agencies:
        return None
    with runtime.engine.begin() as connection:
        return _begun(runtime, connection, actor, Content(agency=agency))


def copy_announcement(runtime: Runtime, actor: Actor, announcement_id: int) -> int | None:
    """Begin a draft with the content of another announcement; None when that is not the actor's."""
    with runtime.engine.begin() as connection:
        found = announcement_by_id(connection, announcement_id)
        if found is None or found.content.agency not in actor.agencies:
            return None
        content = replace(found.content, send_at=None)
        made = _begun(runtime, connection, actor, content, found.picture_id)
        copy_phones(connection, announcement_id, made)
        return made


def _begun(
    runtime: Runtime,
    connection: Connection,
    actor: Actor,
    content: Content,
    picture_id: int | None = None,
) -> int:
    now, staff_id = runtime.now(), actor.account.id
    made = insert_announcement(
        connection,
        {
            **content_values(content, picture_id),
            "revision": 1,
            "state": str(State.DRAFT),
            "written_by": staff_id,
            "repeat_confirmed": False,
            "plan_reached": "",
            "link_token": "".join(secrets.choice(TOKEN_LETTERS) for _ in range(12)),
            "clicks": 0,
            "created_at": now,
            "updated_at": now,
        },
    )
    version = {"staff_id": staff_id, "at": now, "content": content.as_json()}
    keep_version(connection, made, 1, version)
    deed = Deed("announcement.begun", content.agency, "announcement", str(made))
    write_deed(connection, actor, now, deed)
    return made


def save_announcement(
    runtime: Runtime,
    actor: Actor,
    announcement_id: int,
    revision: int,
    content: Content,
    enclosed: Enclosed = NOTHING,
) -> Saved | NotSaved | None:
    """Save what stands in the editor; an approval of what stood there before ends with it.

    Shape:  `content.picture` and the phones of its audience are taken from what is stored or
            enclosed. A draft may be unfinished; only what Zalo could never carry is refused.
    Result: None for an announcement that is not the actor's.
    """
    with runtime.engine.begin() as connection:
        found = announcement_by_id(connection, announcement_id, hold=True)
        concerned = {found.content.agency, content.agency} if found else set()
        if found is None or not (concerned | _named(content.audience)) <= actor.agencies:
            return None
        if found.state not in EDITABLE or found.revision != revision:
            return NotSaved(found.revision, found.state)
        picture_id, digest = _picture(runtime, connection, actor, found, enclosed)
        audience = _audience(connection, found, content.audience, enclosed.phones)
        content = replace(content, picture=digest, audience=audience)
        if content.mark == found.content.mark:
            return Saved(found.revision)
        values = content_values(content, picture_id) | {
            "written_by": actor.account.id,
            "updated_at": runtime.now(),
        }
        rewrite(connection, found.id, found.revision, values)
        _keep(runtime, connection, actor, found, content)
    return Saved(revision + 1)


def _named(audience: Audience) -> set[str]:
    """The agency that an audience names."""
    return {audience.agency} if audience.agency else set()


def _keep(
    runtime: Runtime,
    connection: Connection,
    actor: Actor,
    found: StoredAnnouncement,
    content: Content,
) -> None:
    """Keep the version, and tell the audit trail of each new one and of an approval that ended."""
    now = runtime.now()
    values = {"staff_id": actor.account.id, "at": now, "content": content.as_json()}
    newest = versions(connection, found.id)[0]
    same_sitting = (
        found.state is State.DRAFT
        and newest.staff_id == actor.account.id
        and now - newest.at < SITTING
        and newest.revision > 1
    )
    if same_sitting:
        renew_version(connection, found.id, found.revision + 1, values)
        return
    keep_version(connection, found.id, found.revision + 1, values)
    detail = {"revision": found.revision + 1, "approval_ended": found.approved_by is not None}
    deed = Deed("announcement.written", content.agency, "announcement", str(found.id), dict(detail))
    write_deed(connection, actor, now, deed)


def _picture(
    runtime: Runtime,
    connection: Connection,
    actor: Actor,
    found: StoredAnnouncement,
    enclosed: Enclosed,
) -> tuple[int | None, str]:
    """The picture that the draft has from now on: its id and digest."""
    if enclosed.drop_picture:
        return None, ""
    if enclosed.picture is None or picture_fault(enclosed.picture):
        return found.picture_id, found.content.picture
    digest = sha256(enclosed.picture).hexdigest()
    values = {
        "token": secrets.token_hex(20),
        "digest": digest,
        "content": enclosed.picture,
        "kind": picture_kind(enclosed.picture),
        "staff_id": actor.account.id,
        "at": runtime.now(),
    }
    return keep_picture(connection, values), digest


def _audience(
    connection: Connection, found: StoredAnnouncement, wished: Audience, phones: PhoneList | None
) -> Audience:
    """Whom the draft goes to from now on; a list of phones is stored with it."""
    if wished.kind is not AudienceKind.PHONES:
        return replace(wished, digest="", count=0)
    if phones is not None:
        put_phones(connection, found.id, phones.rows)
        return Audience(AudienceKind.PHONES, digest=phones.digest, count=len(phones.rows))
    before = found.content.audience
    if before.kind is AudienceKind.PHONES:
        return before
    return Audience(AudienceKind.PHONES)


def draft_faults(runtime: Runtime, found: StoredAnnouncement) -> Faults:
    """What keeps a draft from being handed in, by field."""
    name = agency_name(runtime, found.content.agency)
    told = telling(runtime, found.content, name, found.link_token, runtime.today())
    return content_faults(found.content, len(told.message), runtime.now())


def agency_name(runtime: Runtime, code: str) -> str:
    """The name of an agency; its code where there is none."""
    with reading(runtime.engine) as connection:
        found = agency_by_code(connection, code)
    return found.name if found else code


def read_announcement(
    runtime: Runtime, actor: Actor, announcement_id: int
) -> StoredAnnouncement | None:
    """One announcement; None when there is none, or it is of an agency that is not the actor's."""
    with reading(runtime.engine) as connection:
        found = announcement_by_id(connection, announcement_id)
    return found if found is not None and found.content.agency in actor.agencies else None


def list_announcements(
    runtime: Runtime, actor: Actor, before: int | None = None
) -> list[StoredAnnouncement]:
    """The announcements of the actor's agencies, newest first, a page at a time."""
    with reading(runtime.engine) as connection:
        return listed(connection, actor.agencies, before, PAGE)


def versions_of(runtime: Runtime, found: StoredAnnouncement) -> Sequence[Version]:
    """What was written of an announcement, newest first."""
    with reading(runtime.engine) as connection:
        return versions(connection, found.id)


def authors_of(runtime: Runtime, found: StoredAnnouncement) -> set[int]:
    """The accounts that wrote any part of it: none of them may approve it."""
    with reading(runtime.engine) as connection:
        return authors(connection, found.id)


def picture_of(runtime: Runtime, found: StoredAnnouncement) -> tuple[bytes, str] | None:
    """Its picture's content and kind; None when it has none."""
    if found.picture_id is None:
        return None
    with reading(runtime.engine) as connection:
        picture = picture_by_id(connection, found.picture_id)
    return (picture.content, picture.kind) if picture else None
