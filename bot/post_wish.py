"""What changes of dossiers mean for results that go back by post, where they are stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.call_off_post import (
    NO_ADDRESS,
    OVER,
    TAKEN_BACK,
    Standing,
    cancelled,
    of_asked,
    wanted_again,
)
from bot.core.dossier import Status
from bot.core.notice_rules import is_in_result
from bot.core.post_receiver import (
    Receiver,
    ReceiverDraft,
    check_receiver,
    read_address,
    receiver_text,
)
from bot.core.postal import BEFORE_ORDER, WITH_THE_POST, ReturnState
from bot.core.snapshot import Change
from bot.dossier_book import Desk
from bot.runtime import Runtime
from bot.store.post_orders import (
    PostReturn,
    add_returns,
    change_return,
    result_holds,
    returns_of,
)
from bot.vault import Vault, blind_index

FEED = "feed"  # who wanted it: software, and no account
HANDED_OVER = "hồ sơ đã ghi trả kết quả"
SAID_AT_DESK = "cán bộ ghi: không trả qua bưu điện"
Values = Mapping[str, Any]


def keep_post_wishes(
    desk: Desk, connection: Connection, changes: Sequence[Change], ids: Mapping[str, int]
) -> None:
    """Begin, stop and make due what these changes mean for the post; nothing without a service.

    A dossier that is seen for the first time with its result is left alone: when a house takes
    over, its old results have gone their ways.
    Shape: `ids` are those of the dossiers by code, which this transaction holds.
    """
    service = desk.runtime.settings.post_service
    if service == "none" or not changes:
        return
    # Several changes of one dossier: what held before the first, and what holds after the last.
    first = {change.snapshot.code: change for change in reversed(changes)}
    last = {change.snapshot.code: change for change in changes}
    known = returns_of(connection, [ids[code] for code in last], hold=True)
    fresh = []
    for code, change in last.items():
        earlier = first[code].earlier
        was_ready = earlier is not None and is_in_result(earlier)
        standing = _standing(desk, change, was_ready, service == "file")
        one = known.get(ids[code])
        if one is not None:
            dropped = not standing.wanted and one.created_by == FEED
            standing = replace(standing, dropped=dropped)
            if values := _after(desk.runtime.vault, one, standing, desk.now):
                change_return(connection, one.id, desk.now, values)
        elif standing.wanted and not standing.over and _is_new(earlier is None, was_ready, change):
            fresh.append(_fresh(desk.runtime.vault, ids[code], desk.now))
    add_returns(connection, fresh)


def _is_new(first_sight: bool, was_ready: bool, change: Change) -> bool:
    """Whether its result is still to come, or has come just now."""
    return not was_ready and not (first_sight and is_in_result(change.now))


def _standing(desk: Desk, change: Change, was_ready: bool, by_file: bool) -> Standing:
    told = change.snapshot.told
    ready_at = None
    if is_in_result(change.now):
        minutes = desk.known_agencies[told.agency].result_hold_minutes
        ready_at = desk.now if was_ready else desk.now + timedelta(minutes=minutes)
    return Standing(told.notify.post, change.now.status, ready_at, by_file)


def _fresh(vault: Vault, dossier_id: int, now: datetime) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "state": str(ReturnState.UNADDRESSED),
        "due_at": None,
        "reason": vault.seal(NO_ADDRESS),
        "created_by": FEED,
        "created_at": now,
        "updated_at": now,
    }


def _after(vault: Vault, one: PostReturn, standing: Standing, now: datetime) -> Values:
    """What changes of a return; empty for nothing."""
    if one.state in BEFORE_ORDER:
        return _before_order(vault, one, standing, now)
    if one.state in WITH_THE_POST:
        return _with_the_post(vault, one, standing, now)
    if one.state is ReturnState.CANCELLED and not standing.over:
        return wanted_again(vault, one, standing)
    return {}


def _before_order(vault: Vault, one: PostReturn, standing: Standing, now: datetime) -> Values:
    """No order is to be made; one that may have been made just now is to be cancelled."""
    if one.state is ReturnState.REGISTERED and one.asked_at is not None:
        return of_asked(vault, one, standing, now) or _due(one, standing)
    if standing.over or standing.dropped:
        why = OVER if standing.over else TAKEN_BACK
        return {**cancelled(now), "reason": vault.seal(why)}
    return _due(one, standing) if one.state is ReturnState.REGISTERED else {}


def _with_the_post(vault: Vault, one: PostReturn, standing: Standing, now: datetime) -> Values:
    if standing.by_file and standing.status == Status.RETURNED:
        why = vault.seal(HANDED_OVER)
        return {"state": str(ReturnState.DELIVERED), "closed_at": now, "reason": why}
    return of_asked(vault, one, standing, now) if one.state is ReturnState.ORDERED else {}


def _due(one: PostReturn, standing: Standing) -> Values:
    """A result that came is to be ordered; one that was taken back is not, unless it may be."""
    if standing.ready_at is None:
        waits = one.due_at is not None and one.asked_at is None
        return {"due_at": None, "refusals": 0} if waits else {}
    return {"due_at": standing.ready_at} if one.due_at is None else {}


@dataclass(frozen=True, slots=True, repr=False)
class ToldAddress:
    """Where a source wants a result to be sent: address in one line, name and phone as it came."""

    address: str
    name: str = ""
    phone: str = ""

    def mark(self, index: bytes) -> bytes:
        """What tells whether it was told before."""
        return blind_index(index, "\n".join(("post", self.address, self.name, self.phone)))

    def receiver(self) -> Receiver | None:
        """The receiver, where all of it reads well; None where a clerk has to ask."""
        place = read_address(self.address)
        if place is None:
            return None
        draft = ReceiverDraft(self.name, self.phone, place.line, place.commune, place.province)
        found = check_receiver(draft)
        return found if isinstance(found, Receiver) else None


def news_of(one: PostReturn, told: ToldAddress, index: bytes) -> bool:
    """Whether an address is news for a return that can still take it."""
    return may_readdress(one) and one.told_mark != told.mark(index)


def may_readdress(one: PostReturn) -> bool:
    """Whether another receiver may be put in: not while the post may have the present one."""
    in_doubt = one.state is ReturnState.REGISTERED and one.asked_at is not None
    return one.state in BEFORE_ORDER and not in_doubt


def keep_told_addresses(
    desk: Desk, connection: Connection, told: Mapping[int, ToldAddress]
) -> None:
    """Keep where sources want results to be sent, by dossier; what was told before is no news.

    An address that a desk has corrected holds for as long as the source repeats the wrong one.
    """
    known = returns_of(connection, told, hold=True)
    news = {place: one for place, one in known.items() if news_of(one, told[place], desk.index)}
    ready = ready_moments(connection, news, desk.now)
    for place, one in news.items():
        values = _addressed(desk, one, told[place], ready.get(place))
        change_return(connection, one.id, desk.now, values)


def ready_moments(
    connection: Connection, dossiers: Collection[int], now: datetime
) -> dict[int, datetime]:
    """From when on the results of these dossiers may be ordered; those without one are absent.

    Source: the same gate as of the result's notice: the agency's hold, reckoned from the change.
    """
    holds = result_holds(connection, dossiers)
    return {
        one.dossier_id: max(now, one.changed_at + timedelta(minutes=one.hold_minutes))
        for one in holds
        if is_in_result(one)
    }


def _addressed(
    desk: Desk, one: PostReturn, told: ToldAddress, ready_at: datetime | None
) -> dict[str, Any]:
    vault = desk.runtime.vault
    kept = {"told": vault.seal(told.address), "told_mark": told.mark(desk.index)}
    receiver = told.receiver()
    if receiver is None:
        if one.state is not ReturnState.UNADDRESSED:
            return kept
        return {**kept, "reason": vault.seal(NO_ADDRESS)}
    return {**kept, **with_receiver(desk.runtime, one, receiver, ready_at)}


def with_receiver(
    runtime: Runtime, one: PostReturn, receiver: Receiver, ready_at: datetime | None
) -> dict[str, Any]:
    """A return that now has its receiver, or another one; a refused one is to be ordered anew."""
    due_at = one.due_at if one.state is ReturnState.REGISTERED else None
    return {
        "receiver": runtime.vault.seal(receiver_text(receiver)),
        "state": str(ReturnState.REGISTERED),
        "due_at": due_at or ready_at,
        "asked_at": None,
        "refusals": 0,
        "reason": None,
    }
