"""Desks say that a result goes back by post, to whom, or that it does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.call_off_post import begun_again, cancelled, is_over
from bot.core.counter_faults import Faults, refused
from bot.core.post_receiver import Receiver, ReceiverDraft, check_receiver
from bot.core.postal import BEFORE_ORDER, ReturnState
from bot.core.staff import Actor, Deed
from bot.move_dossier import NOT_FOUND
from bot.post_wish import SAID_AT_DESK, may_readdress, ready_moments, with_receiver
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.dossiers import dossiers_called, hold_dossiers
from bot.store.post_orders import (
    DossierReturn,
    PostReturn,
    add_returns,
    change_return,
    hold_return,
    returns_of,
)

NO_SERVICE = "Tỉnh chưa bật trả kết quả qua bưu điện (POST_SERVICE). Nhờ quản trị viên bật trước."
OVER = "Hồ sơ đã kết thúc ({step}), không còn kết quả để gửi bưu điện."
WITH_THE_POST = (
    "Kết quả này ở bước “{state}”, không đổi nơi nhận ở đây được. Gọi bưu điện để đổi địa chỉ phát."
)
BEING_ORDERED = "Đang đặt bưu điện cho kết quả này. Chờ vài phút, xem lại rồi làm tiếp."
NONE_THERE = "Hồ sơ này không đăng ký trả qua bưu điện."
NOT_STOPPED = "Kết quả này ở bước “{state}”, không hủy ở đây được. Gọi bưu điện."
STOPPED = "Hồ sơ {code}: đã bỏ trả qua bưu điện; người dân nhận kết quả tại quầy."
TO_STOP = (
    "Hồ sơ {code}: đang báo bưu điện hủy. Xem lại sau vài phút: bưu điện đã nhận gửi thì không hủy "
    "được nữa."
)
TELL_THEM = (
    "Hồ sơ {code}: đã bỏ trả qua bưu điện. Phiếu đã nằm trong tệp gửi bưu điện: báo bưu điện hủy."
)


@dataclass(frozen=True, slots=True)
class PostWish:
    """What became of a wish: the dossier's code, and words for the clerk."""

    code: str
    words: str = ""


def want_by_post(
    runtime: Runtime, actor: Actor, code: str, draft: ReceiverDraft
) -> PostWish | Faults:
    """Let a result go back by post, or correct its receiver until the post has the order.

    A dossier that wanted no post until now may be registered too; one that the post refused is
    ordered anew with what is given here.
    Errors: SQLAlchemyError when it could not be stored.
    """
    if runtime.settings.post_service == "none":
        return refused(NO_SERVICE)
    receiver = check_receiver(draft)
    if isinstance(receiver, Faults):
        return receiver
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = _held(connection, actor, code, actor.account.login, now)
        if isinstance(found, Faults):
            return found
        if fault := _why_not(found):
            return refused(fault)
        before = found.one
        _put(runtime, connection, before, receiver, now)
        action = "post.changed" if before.receiver is not None else "post.registered"
        write_deed(connection, actor, now, Deed(action, found.agency_code, "dossier", found.code))
    return PostWish(found.code)


def keep_receiver(
    runtime: Runtime, connection: Connection, dossier_id: int, receiver: Receiver, by: str
) -> None:
    """Keep who gets the result of a dossier that this transaction has stored and holds.

    For an intake, whose own entry in the audit trail stands for it; nothing without a service.
    Shape: `by` is the account's login.
    """
    if runtime.settings.post_service == "none":
        return
    now = runtime.now()
    add_returns(connection, [_fresh(dossier_id, by, now)])
    one = returns_of(connection, [dossier_id], hold=True)[dossier_id]
    change_return(connection, one.id, now, {"created_by": by})
    _put(runtime, connection, one, receiver, now)


def drop_post_wish(runtime: Runtime, actor: Actor, code: str) -> PostWish | Faults:
    """Let a result be fetched at the desk after all; an order that was made is cancelled.

    Errors: SQLAlchemyError when it could not be stored.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = _held(connection, actor, code, None, now)
        if isinstance(found, Faults):
            return found
        values, words = _dropped(runtime, found.one, now)
        if not values:
            return refused(words)
        change_return(connection, found.one.id, now, values)
        deed = Deed("post.dropped", found.agency_code, "dossier", found.code)
        write_deed(connection, actor, now, deed)
    return PostWish(found.code, words.format(code=found.code))


def _held(
    connection: Connection, actor: Actor, code: str, by: str | None, now: datetime
) -> DossierReturn | Faults:
    """The return of a dossier of the actor's, both held; begun `by` somebody where there is none.

    The dossier is held first, as its feed does: whoever stores its result sees this return.
    """
    own = dossiers_called(connection, [code]).get(code, "")
    known = hold_dossiers(connection, [own]).get(own)
    if known is None or known.id is None or known.agency_code not in actor.agencies:
        return refused(NOT_FOUND)
    if by is not None:
        add_returns(connection, [_fresh(known.id, by, now)])
    return hold_return(connection, own) or refused(NONE_THERE)


def _fresh(dossier_id: int, by: str, now: datetime) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "state": str(ReturnState.UNADDRESSED),
        "due_at": None,
        "reason": None,
        "created_by": by,
        "created_at": now,
        "updated_at": now,
    }


def _why_not(found: DossierReturn) -> str:
    """Why no receiver can be put in now; "" when one can."""
    one = found.one
    if is_over(found.status):
        return OVER.format(step=found.step)
    if one.state is ReturnState.CANCELLED or may_readdress(one):
        return ""
    if one.state in BEFORE_ORDER:
        return BEING_ORDERED
    return WITH_THE_POST.format(state=one.state.label)


def _put(
    runtime: Runtime, connection: Connection, one: PostReturn, receiver: Receiver, now: datetime
) -> None:
    """Write the receiver; a result that is there already is due at once."""
    ready = ready_moments(connection, [one.dossier_id], now).get(one.dossier_id)
    anew: Mapping[str, Any] = {}
    if one.state is ReturnState.CANCELLED:
        anew = begun_again(runtime.vault, True, ready)
    values = {**anew, **with_receiver(runtime, one, receiver, ready)}
    change_return(connection, one.id, now, values)


def _dropped(runtime: Runtime, one: PostReturn, now: datetime) -> tuple[Mapping[str, Any], str]:
    """What is written of a return that is not wanted any more, and what the clerk is told."""
    why = {"reason": runtime.vault.seal(SAID_AT_DESK)}
    if may_readdress(one):
        return {**cancelled(now), **why}, STOPPED
    if one.state not in (ReturnState.REGISTERED, ReturnState.ORDERED):
        return {}, NOT_STOPPED.format(state=one.state.label)
    if one.cancel_at is not None:
        return {}, BEING_ORDERED
    if runtime.settings.post_service == "file":
        return {**cancelled(now), **why}, TELL_THEM
    return {"cancel_at": now, "due_at": one.due_at or now, **why}, TO_STOP
