"""The keys of programs that feed: made, listed with what they were used for, ended."""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.agencies import InputFault, UnknownAgency
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.note_feeds import TAKEN
from bot.runtime import Runtime
from bot.store.agencies import agency_by_code
from bot.store.audit import write_deed
from bot.store.feed_keys import (
    FeedKey,
    KeptKey,
    SealedFeedKey,
    insert_feed_key,
    kept_keys,
)
from bot.store.feed_keys import revoke_feed_key as end_in_store
from bot.store.feed_uses import uses_since

MOST_NOTE = 100
LOOKED_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True, repr=False)
class NewKey:
    """A feed key and its secret, which is shown this once and stored sealed."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key in the list: what it was used for in the last 24 hours, in whole hours.

    Shape: `refused` by reason (signature, clock, form, …); `successor` when a newer key of the
           same agency is in force, so that this one is on its way out.
    """

    kept: KeptKey
    taken: int
    refused: Mapping[str, int] = field(default_factory=dict)
    successor: bool = False

    @property
    def in_force(self) -> bool:
        """Whether calls signed with it are taken."""
        return self.kept.revoked_at is None

    @property
    def in_use(self) -> bool:
        """Whether some program signs with it still."""
        return self.taken > 0


@dataclass(frozen=True, slots=True)
class KeyList:
    """The keys that one may see, and the calls under ids that are no key of ours."""

    listed: list[ListedKey]
    strangers: int


def add_feed_key(
    runtime: Runtime,
    agency_code: str,
    all_agencies: bool = False,
    actor: Actor | None = None,
    note: str = "",
) -> NewKey:
    """Make a key that feeds an agency and all below it, or every agency.

    Shape:  `actor` is None for a command at the machine, which may do all.
    Errors: UnknownAgency, also for one that is not among the actor's; InputFault for a note that
            cannot be, and for all agencies asked by who has not all.
    """
    new = NewKey(id=f"fk-{secrets.token_hex(8)}", secret=secrets.token_urlsafe(32))
    key, now, words = FeedKey(new.id, agency_code, all_agencies), runtime.now(), _note(note)
    if actor is not None and agency_code not in actor.agencies:
        raise UnknownAgency(agency_code)
    if all_agencies and not _is_everywhere(actor):
        raise InputFault("a key for all agencies was asked for by an account of one; leave it out")
    detail = {"note": words or None, "all_agencies": all_agencies}
    deed = Deed("feed_key.made", agency_code, "feed_key", new.id, dict(detail))
    with runtime.engine.begin() as connection:
        if agency_by_code(connection, agency_code) is None:
            raise UnknownAgency(agency_code)
        sealed = SealedFeedKey(key, runtime.vault.seal(new.secret))
        insert_feed_key(connection, sealed, now, _login(actor), words)
        write_deed(connection, actor, now, deed)
    return new


def revoke_feed_key(runtime: Runtime, key_id: str, actor: Actor | None = None) -> None:
    """End a feed key: from now on it is answered 401.

    Errors: InputFault when there is no such key in force, or none that the actor may see.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        ended = end_in_store(connection, key_id, now, _login(actor))
        if ended is None or not _may_see(actor, ended.key):
            raise InputFault(
                f"feed key {key_id[:60]!r} came, expected the id of a key in force; "
                "see: python -m bot feed-key list"
            )
        detail = {"in_force_before": True, "in_force": False, "note": ended.note or None}
        deed = Deed("feed_key.revoked", ended.key.agency_code, "feed_key", key_id, dict(detail))
        write_deed(connection, actor, now, deed)


def list_feed_keys(runtime: Runtime, actor: Actor | None = None) -> KeyList:
    """The keys of the actor's agencies, those in force first; every key for a command."""
    now = runtime.now()
    since = (now - LOOKED_BACK).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with reading(runtime.engine) as connection:
        kept = [one for one in kept_keys(connection) if _may_see(actor, one.key)]
        uses = uses_since(connection, since)
    newest: dict[tuple[str, bool], datetime] = {}
    for one in kept:
        if one.revoked_at is None:
            place = (one.key.agency_code, one.key.all_agencies)
            newest[place] = max(one.created_at, newest.get(place, one.created_at))
    listed = [_listed(one, uses.get(one.key.id, {}), newest) for one in kept]
    listed.sort(key=lambda one: not one.in_force)
    strangers = sum(uses.get("", {}).values()) if _is_everywhere(actor) else 0
    return KeyList(listed, strangers)


def feed_key_for(runtime: Runtime, actor: Actor, key_id: str) -> ListedKey | None:
    """One key in force; None when there is none that the actor may see."""
    found = [one for one in list_feed_keys(runtime, actor).listed if one.kept.key.id == key_id]
    return found[0] if found and found[0].in_force else None


def _listed(
    kept: KeptKey, uses: Mapping[str, int], newest: Mapping[tuple[str, bool], datetime]
) -> ListedKey:
    refused = {why: calls for why, calls in sorted(uses.items()) if why != TAKEN}
    place = (kept.key.agency_code, kept.key.all_agencies)
    successor = kept.created_at < newest.get(place, kept.created_at)
    return ListedKey(kept, uses.get(TAKEN, 0), refused, successor)


def _may_see(actor: Actor | None, key: FeedKey) -> bool:
    if actor is None:
        return True
    return key.agency_code in actor.agencies and (not key.all_agencies or _is_everywhere(actor))


def _is_everywhere(actor: Actor | None) -> bool:
    return actor is None or actor.account.agency_code is None


def _login(actor: Actor | None) -> str | None:
    return actor.account.login if actor else None


def _note(note: str) -> str:
    plain = unicodedata.normalize("NFC", note).strip()
    if len(plain) > MOST_NOTE or not plain.isprintable():
        raise InputFault(
            f"a note of {len(plain)} characters came, expected at most {MOST_NOTE} printable ones; "
            "shorten it"
        )
    return plain
