"""Orders to the postal service: written down, made, recorded; cancelled where they are to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.call_off_post import NO_ADDRESS, begins_again, begun_again, cancelled, reason_of
from bot.channels.channel import Again, SendFailed
from bot.channels.post_service import Cancelled, OrderTaken, PostService
from bot.channels.vnpost import build_vnpost
from bot.core.agency import Agency
from bot.core.notice_rules import is_in_result
from bot.core.post_item import is_item_code
from bot.core.post_order import PostOrder
from bot.core.post_receiver import read_receiver
from bot.core.postal import ReturnState
from bot.database import reading
from bot.give_item import give_item, item_mark, item_values
from bot.index_key import index_key_in
from bot.logs import log
from bot.post_sender import lacking, sender_of, sending_desk
from bot.post_wish import ready_moments
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.post_orders import (
    DossierReturn,
    PostReturn,
    ReturnWish,
    change_return,
    claim_returns,
    hold_claimed,
    last_refused,
)
from bot.vault import Unreadable

BUDGET_SECONDS = 5.0  # of a run, which other timed jobs wait for; the next run goes on
LEASE = timedelta(minutes=2)  # of one order: longer than a call can take
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
DESK_PAUSE = timedelta(hours=1)  # until a desk is looked at again that has not said enough
MOST_LOOKED_AT = 50  # of what turns out to need no call, in one transaction
TOO_LATE = "bưu điện đã nhận gửi, không hủy được nữa"
UNREADABLE = "không mở được thông tin người nhận: báo quản trị xem khóa FIELD_KEYS"
ALIKE = "tạm dừng: bưu điện từ chối nhiều phiếu liền nhau cùng một lý do: {words}"

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """One return to call the service for; no `order` where its order is to be cancelled.

    Shape: `first` where the service was never asked before, so that a refusal leaves no doubt.
    """

    return_id: int
    number: str
    order: PostOrder | None
    first: bool = False


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
        answer = _judged(runtime, turn, _called(service, turn))
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
            turn = _readable_turn(runtime, connection, claimed[0], now)
            if isinstance(turn, Turn):
                return turn
            change_return(connection, claimed[0].one.id, now, {"claim": None, **turn})
    return None


def _readable_turn(
    runtime: Runtime, connection: Connection, found: DossierReturn, now: datetime
) -> Turn | Mapping[str, Any]:
    """What to do with it; one that no key opens waits, so that the others go."""
    try:
        return _turn(runtime, connection, found, now)
    except Unreadable:
        logger.error("post.unreadable", dossier=found.one.dossier_id)
        return {"due_at": now + DESK_PAUSE, "reason": runtime.vault.seal(UNREADABLE)}


def _turn(
    runtime: Runtime, connection: Connection, found: DossierReturn, now: datetime
) -> Turn | Mapping[str, Any]:
    """What to do with a return that is due: a call, or what is to be written of it instead."""
    one = found.one
    if one.cancel_at is not None:
        known = one.state in (ReturnState.REGISTERED, ReturnState.ORDERED)
        if known and one.asked_at is not None:
            return Turn(one.id, found.code, None)
        ended = _ended(runtime, connection, one, now)
        return ended if known else {"due_at": None, "cancel_at": None}
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
    receiver = read_receiver(vault.open_text(one.receiver))
    written: dict[str, Any] = {"asked_at": one.asked_at or now}
    if not code and (code := give_item(runtime, connection, now)):
        written |= item_values(runtime, connection, code)
    change_return(connection, one.id, now, written)
    order = PostOrder(found.code, code, sender, receiver)
    return Turn(one.id, found.code, order, first=one.asked_at is None)


def _called(service: PostService, turn: Turn) -> Answer:
    try:
        return service.order(turn.order) if turn.order else service.cancel(turn.number)
    except SendFailed as failed:
        return failed


def _judged(runtime: Runtime, turn: Turn, answer: Answer) -> Answer:
    """The answer; a second order that is refused as the one before it was is our account's fault.

    It and the others wait then, instead of being refused one after the other.
    """
    if turn.order is None or not isinstance(answer, SendFailed) or not answer.code:
        return answer
    with reading(runtime.engine) as connection:
        last = last_refused(connection) if answer.again is Again.NEVER else None
    if last is None or last.id == turn.return_id:
        return answer
    if f"{reason_of(runtime.vault, last)} ".startswith(f"{answer.code} "):
        said = ALIKE.format(words=f"{answer.code} {answer.said}".strip())
        return SendFailed(Again.HALT, "orders are refused one after the other", answer.code, said)
    return answer


def _record(runtime: Runtime, turn: Turn, answer: Answer) -> None:
    """Write down what the service answered; tracking may have told more meanwhile."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        one = hold_claimed(connection, turn.return_id)
        if one is None:
            return
        values = _recorded(runtime, connection, one, turn, answer)
        change_return(connection, one.id, now, {"claim": None, **values})
        if isinstance(answer, OrderTaken) and answer.item_code:
            keep_item(runtime, connection, one, answer.item_code)
    if isinstance(answer, SendFailed):
        told = logger.error if answer.again is Again.HALT else logger.warning
        told("post.refused", dossier=one.dossier_id, again=str(answer.again), code=answer.code)
    else:
        logger.info("post.answered", dossier=one.dossier_id, answer=type(answer).__name__)


def _recorded(
    runtime: Runtime, connection: Connection, one: PostReturn, turn: Turn, answer: Answer
) -> dict[str, Any]:
    now, vault, waits = runtime.now(), runtime.vault, one.state is ReturnState.REGISTERED
    if isinstance(answer, OrderTaken):
        values: dict[str, Any] = {"refusals": 0, "ordered_at": one.ordered_at or now}
        values["due_at"] = now if one.cancel_at else None
        return {**values, "state": str(ReturnState.ORDERED), "reason": None} if waits else values
    if isinstance(answer, Cancelled):
        if answer is not Cancelled.TOO_LATE:
            return _ended(runtime, connection, one, now)
        state = {"state": str(ReturnState.ORDERED)} if waits else {}
        why = vault.seal(TOO_LATE)
        return {**state, "due_at": None, "cancel_at": None, "refusals": 0, "reason": why}
    if answer.again is Again.NEVER:
        return _refused(runtime, connection, one, turn, answer)
    return _paused(runtime, one, turn, answer)


def _ended(
    runtime: Runtime, connection: Connection, one: PostReturn, now: datetime
) -> dict[str, Any]:
    """A return whose order is cancelled: over, or begun again where it is wanted all the same."""
    if not begins_again(runtime.vault, one):
        return cancelled(now)
    ready = ready_moments(connection, [one.dossier_id], now).get(one.dossier_id)
    return begun_again(runtime.vault, one.receiver is not None, ready)


def waited(refusals: int) -> timedelta:
    """How long an order has been put off that was tried so often."""
    more = max(0, refusals - len(PAUSES)) * PAUSES[-1]
    return sum(PAUSES[:refusals], timedelta()) + more


def _paused(runtime: Runtime, one: PostReturn, turn: Turn, answer: SendFailed) -> dict[str, Any]:
    """To be tried again; why an order is cancelled stays said beside it.

    An account that is not taken leaves no doubt about an order: the desk may change it meanwhile.
    """
    pause = PAUSES[min(one.refusals, len(PAUSES) - 1)]
    values: dict[str, Any] = {"due_at": runtime.now() + pause, "refusals": one.refusals + 1}
    if one.cancel_at is None:
        values["reason"] = runtime.vault.seal(answer.said or answer.reason)
    if turn.first and answer.again is Again.HALT:
        values["asked_at"] = None
    return values


def _refused(
    runtime: Runtime, connection: Connection, one: PostReturn, turn: Turn, answer: SendFailed
) -> dict[str, Any]:
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
        return _ended(runtime, connection, one, runtime.now())
    if one.state is ReturnState.REGISTERED:
        values["state"] = str(ReturnState.REFUSED)
    return values


def keep_item(runtime: Runtime, connection: Connection, one: PostReturn, code: str) -> bool:
    """Keep the item code that the service named; False where another return has it."""
    known = one.item_mark is not None
    if known and one.item_mark == item_mark(index_key_in(runtime, connection), code):
        return True
    if known or not is_item_code(code):
        logger.warning("post.item_odd", dossier=one.dossier_id, replaced=known)
    try:
        with connection.begin_nested():
            change_return(connection, one.id, runtime.now(), item_values(runtime, connection, code))
    except IntegrityError:
        logger.error("post.item_twice", dossier=one.dossier_id)
        return False
    return True
