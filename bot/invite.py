"""Invitation codes made, shown and ended; the chats that test sends go to."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.invitation import LETTERS, Purpose, shape_invitation
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.news_wish import KEY
from bot.runtime import Runtime
from bot.store.announcement_audience import tag_names
from bot.store.announcement_wishes import (
    Invitation,
    add_invitation,
    end_invitation,
    invitations,
    testers,
)
from bot.store.audit import write_deed
from bot.vault import blind_index, derived_key

OFFICIALS_KEPT, TESTERS_KEPT = timedelta(days=30), timedelta(days=1)
MOST_OFFICIALS, MOST_TESTERS = 2_000, 5
MOST_TAG = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A code as its makers see it."""

    invitation: Invitation
    code: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of officials and tags of the page with their sizes; (login, since) of testers."""

    officials: Sequence[tuple[str, int]]
    page_tags: Sequence[tuple[str, int]]
    testers: Sequence[tuple[str, datetime]]


def invite(runtime: Runtime, actor: Actor, purpose: Purpose, tag: str = "") -> str | None:
    """Make a code for a group of officials, or for this account's own test chats.

    Result: the code; None for a group without a name.
    """
    tag = " ".join(tag.split())[:MOST_TAG]
    official = purpose is Purpose.OFFICIAL
    if official and not tag:
        return None
    now = runtime.now()
    code = shape_invitation("".join(secrets.choice(LETTERS) for _ in range(8)))
    key = derived_key(runtime.settings.secret_key, KEY)
    values = {
        "code_mark": blind_index(key, code),
        "code": runtime.vault.seal(code),
        "purpose": str(purpose),
        "tag": tag if official else "",
        "agency_code": actor.account.agency_code,
        "staff_id": actor.account.id,
        "made_at": now,
        "expires_at": now + (OFFICIALS_KEPT if official else TESTERS_KEPT),
        "most_uses": MOST_OFFICIALS if official else MOST_TESTERS,
        "uses": 0,
    }
    with runtime.engine.begin() as connection:
        made = add_invitation(connection, values)
        detail: dict[str, str | int | bool | None] = {"purpose": str(purpose), "group": tag}
        deed = Deed("invitation.made", actor.account.agency_code, "invitation", str(made), detail)
        write_deed(connection, actor, now, deed)
    return code


def end(runtime: Runtime, actor: Actor, invitation_id: int) -> bool:
    """End a code before its time; False when it is not the actor's to end."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        if not end_invitation(connection, invitation_id, actor.agencies, now):
            return False
        deed = Deed("invitation.ended", actor.account.agency_code, "invitation", str(invitation_id))
        write_deed(connection, actor, now, deed)
    return True


def shown_invitations(runtime: Runtime, actor: Actor) -> list[Shown]:
    """The codes that an account may see, newest first."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        found = invitations(connection, actor.agencies, actor.account.id)
    return [
        Shown(
            one,
            runtime.vault.open_text(one.code),
            one.ended_at is None and one.expires_at > now and one.uses < one.most_uses,
        )
        for one in found
    ]


def groups(runtime: Runtime) -> Groups:
    """Every group that an announcement may go to, and who gets test sends."""
    with reading(runtime.engine) as connection:
        officials, tags = tag_names(connection)
        tried = testers(connection)
    return Groups(officials, tags, [(login, since) for _, _, login, since in tried])
