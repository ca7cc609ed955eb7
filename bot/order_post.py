"""Orders to the postal service: written down, made, recorded; cancelled where they are to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.channels.channel import Again, SendFailed
from bot.channels.post_service import Cancelled, OrderTaken, PostService
from bot.channels.vnpost import build_vnpost
from bot.core.agency import Agency
from bot.core.notice_rules import is_in_result
from bot.core.post_item import is_item_code
from bot.core.post_order import PostOrder
from bot.core.post_receiver import read_receiver
from bot.core.postal import ReturnState
from bot.index_key import index_key_in
from bot.logs import log
from bot.post_sender import lacking, sender_of, sending_desk
from bot.post_wish import NO_ADDRESS, cancelled
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.post_items import next_item
from bot.store.post_orders import (
    DossierReturn,
    PostReturn,
    ReturnWish,
    change_return,
    claim_returns,
    hold_claimed,
)
from bot.vault import blind_index

BUDGET_SECONDS = 5.0  # of a run, which other timed jobs wait for; the next run goes on
LEASE = timedelta(minutes=2)  # of one order: longer than a call can take
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
DESK_PAUSE = timedelta(hours=1)  # until a desk is looked at again that has not said enough
MOST_LOOKED_AT = 50  # of what turns out to need no call, in one transaction
TOO_LATE = "bưu điện đã nhận gửi, không hủy được nữa"

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """One return to call the service for; no `order` where its order is to be cancelled."""

    return_id: int
    number: str
    order: PostOrder | None


Answer = OrderTaken | Cancelled | SendFailed


def order_post(runtime: Runtime, service: PostService | None = None) -> int:
    """The timed job: make and cancel orders that are due, one after the other; how many.

    Each is written down before the network is touched and recorded after. Killed in between, it
    is made again under the same number and the same item code, which the service takes once.
    """
    if runtime.settings.post_service != "vnpost":
        return 0
    service = service or build_vnpost(runtime.settings, runtime.metrics)
    ends, made, claimer = monotonic() + BUDGET_SECONDS, 0, uuid4().hex
    while monotonic() < ends:
        turn = _take(runtime, claimer)
        if turn is None:
            break
        answer = _called(service, turn)
        _record(runtime, turn, answer)
        made += 1
        if isinstance(answer, SendFailed) and answer.again is not Again.NEVER:
            break  # the others would fare alike: they wait for the next run
    return made


def _take(runtime: Runtime, claimer: str) -> Turn | None:
    """The next return that needs a call; what needs none is settled on the way."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        for _ in range(MOST_LOOKED_AT):
            wish = ReturnWish(1, claimer, now, now + LEASE)
            claimed = claim_returns(connection, wish)
            if not claimed:
                return None
            turn = _turn(runtime, connection, claimed[0], now)
            if isinstance(turn, Turn):
                return turn
            change_return(connection, claimed[0].one.id, now, {"claim": None, **turn})
    return None


def _turn(
    runtime: Runtime, connection: Connection, found: DossierReturn, now: datetime
) -> Turn | Mapping[str, Any]:
    """What to do with a return that is due: a call, or what is to be written of it instead."""
    one = found.one
    if one.cancel_at is not None:
        known = one.state in (ReturnState.REGISTERED, ReturnState.ORDERED)
        if known and one.asked_at is not None:
            return Turn(one.id, found.code, None)
        return cancelled(now) if known else {"due_at": None, "cancel_at": None}
    if one.state is not ReturnState.REGISTERED:
        return {"due_at": None}
    if one.asked_at is None and not is_in_result(found):
        return {"due_at": None}
    if one.receiver is None:
        state, why = str(ReturnState.UNADDRESSED), runtime.vault.seal(NO_ADDRESS)
        return {"due_at": None, "state": state, "reason": why}
    agencies = {agency.code: agency for agency in all_agencies(connection)}
    return _order(runtime, connection, found, agencies, now)


def _order(
    runtime: Runtime,
    connection: Connection,
    found: DossierReturn,
    agencies: Mapping[str, Agency],
    now: datetime,
) -> Turn | Mapping[str, Any]:
    """The order, written down before it is made; or why its desk cannot make one."""
    one, vault = found.one, runtime.vault
    sender = sender_of(runtime.settings, agencies, found.agency_code)
    if sender is None or one.receiver is None:
        missing = ", ".join(lacking(sending_desk(agencies, found.agency_code)))
        why = f"cơ quan chưa khai {missing}: quản trị viên khai ở trang Quầy giao dịch"
        return {"due_at": now + DESK_PAUSE, "reason": vault.seal(why)}
    code = vault.open_text(one.item_code) if one.item_code else ""
    written: dict[str, Any] = {"asked_at": one.asked_at or now}
    if not code and (given := next_item(connection, now)):
        code = str(given)
        written |= item_values(runtime, connection, code)
    change_return(connection, one.id, now, written)
    receiver = read_receiver(vault.open_text(one.receiver))
    return Turn(one.id, found.code, PostOrder(found.code, code, sender, receiver))


def item_values(runtime: Runtime, connection: Connection, code: str) -> dict[str, bytes]:
    """What is kept of an item code: sealed, and a mark by which it is given out once."""
    mark = item_mark(index_key_in(runtime, connection), code)
    return {"item_code": runtime.vault.seal(code), "item_mark": mark}


def item_mark(index: bytes, code: str) -> bytes:
    """By what an item code is found; `index` is the key of the blind indexes."""
    return blind_index(index, f"post-item\n{code}")


def _called(service: PostService, turn: Turn) -> Answer:
    try:
        return service.order(turn.order) if turn.order else service.cancel(turn.number)
    except SendFailed as failed:
        return failed


def _record(runtime: Runtime, turn: Turn, answer: Answer) -> None:
    """Write down what the service answered; tracking may have told more meanwhile."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        one = hold_claimed(connection, turn.return_id)
        if one is None:
            return
        values = _recorded(runtime, one, turn, answer, now)
        change_return(connection, one.id, now, {"claim": None, **values})
        if isinstance(answer, OrderTaken) and answer.item_code:
            keep_item(runtime, connection, one, answer.item_code)
    if isinstance(answer, SendFailed):
        told = logger.error if answer.again is Again.HALT else logger.warning
        told("post.refused", dossier=one.dossier_id, again=str(answer.again), code=answer.code)
    else:
        logger.info("post.answered", dossier=one.dossier_id, answer=type(answer).__name__)


def _recorded(
    runtime: Runtime, one: PostReturn, turn: Turn, answer: Answer, now: datetime
) -> dict[str, Any]:
    vault, waits = runtime.vault, one.state is ReturnState.REGISTERED
    if isinstance(answer, OrderTaken):
        values: dict[str, Any] = {"refusals": 0, "ordered_at": one.ordered_at or now}
        values["due_at"] = now if one.cancel_at else None
        return {**values, "state": str(ReturnState.ORDERED), "reason": None} if waits else values
    if isinstance(answer, Cancelled):
        if answer is not Cancelled.TOO_LATE:
            return cancelled(now)
        state = {"state": str(ReturnState.ORDERED)} if waits else {}
        why = vault.seal(TOO_LATE)
        return {**state, "due_at": None, "cancel_at": None, "refusals": 0, "reason": why}
    if answer.again is Again.NEVER:
        return _refused(runtime, one, turn, answer)
    pause = PAUSES[min(one.refusals, len(PAUSES) - 1)]
    why = vault.seal(answer.said or answer.reason)
    return {"due_at": now + pause, "refusals": one.refusals + 1, "reason": why}


def _refused(runtime: Runtime, one: PostReturn, turn: Turn, answer: SendFailed) -> dict[str, Any]:
    """Refused for good: an order is the desk's to correct, a cancellation leaves the order."""
    words = " ".join(filter(None, (answer.code, answer.said))) or answer.reason
    values: dict[str, Any] = {
        "due_at": None,
        "refusals": 0,
        "reason": runtime.vault.seal(words),
    }
    if turn.order is None:
        return {**values, "cancel_at": None}
    if one.cancel_at is not None:
        return cancelled(runtime.now())
    if one.state is ReturnState.REGISTERED:
        values["state"] = str(ReturnState.REFUSED)
    return values


def keep_item(runtime: Runtime, connection: Connection, one: PostReturn, code: str) -> bool:
    """Keep the item code that the service named; False where another return has it."""
    known = runtime.vault.open_text(one.item_code) if one.item_code else ""
    if known == code:
        return True
    if known or not is_item_code(code):
        logger.warning("post.item_odd", dossier=one.dossier_id, replaced=bool(known))
    try:
        with connection.begin_nested():
            change_return(connection, one.id, runtime.now(), item_values(runtime, connection, code))
    except IntegrityError:
        logger.error("post.item_twice", dossier=one.dossier_id)
        return False
    return True
