"""An order that the post has or may have: called off by a change, taken up again, begun anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.dossier import Status
from bot.core.postal import ReturnState
from bot.store.post_orders import PostReturn
from bot.vault import Unreadable, Vault

NO_ADDRESS = "thiếu địa chỉ người nhận"
TAKEN_BACK = "người dân không đăng ký nhận qua bưu điện nữa"
OVER = "hồ sơ đã kết thúc trước khi gửi bưu điện"
RESULT_BACK = "kết quả được lấy lại để giải quyết tiếp; có kết quả mới thì đặt lại"
AGAIN = "hủy phiếu cũ rồi đặt phiếu mới"
TELL_THE_POST = "người dân không nhận qua bưu điện nữa; báo bưu điện hủy phiếu gửi này"
TELL_RESULT_BACK = "kết quả được lấy lại để giải quyết tiếp; báo bưu điện hủy phiếu gửi này"
# Why an order is cancelled that a change may take back; what a desk has said is no such reason.
_OF_CHANGES = frozenset({TAKEN_BACK, OVER, RESULT_BACK, AGAIN})
_BEGINS_AGAIN = frozenset({RESULT_BACK, AGAIN})
_BY_FILE = {TAKEN_BACK: TELL_THE_POST, RESULT_BACK: TELL_RESULT_BACK}
_OVER = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.RETURNED})
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """A dossier after its change, as far as its return depends on it.

    Shape: `ready_at` is when its result may first be ordered, None while it has none; `by_file`
           where orders leave as files, and nobody can be asked to cancel one; `dropped` where
           whoever wanted the post wants it no more.
    """

    wanted: bool
    status: int
    ready_at: datetime | None
    by_file: bool = False
    dropped: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing is left to be sent."""
        return is_over(self.status)


def is_over(status: int) -> bool:
    """Whether a dossier in this status has no result left to be sent."""
    return status in _OVER


def of_asked(vault: Vault, one: PostReturn, standing: Standing, now: datetime) -> Values:
    """What a change means for an order that the post has, or may have; empty for nothing.

    One that is called off and wanted again before the post was told stands as it stood; when it
    may have been told, the cancellation goes on and the return begins again after it.
    """
    why = _why_not(standing)
    if one.cancel_at is None:
        goes_on = not why or (standing.over and one.state is ReturnState.ORDERED)
        return {} if goes_on else _called_off(vault, one, standing, why, now)
    before = reason_of(vault, one)
    if before not in _OF_CHANGES:
        return {}
    untold = one.state is ReturnState.ORDERED and one.claim is None and one.refusals == 0
    if not why and untold:
        return {"cancel_at": None, "due_at": None, "reason": None}
    return {} if before == (why or AGAIN) else {"reason": vault.seal(why or AGAIN)}


def _why_not(standing: Standing) -> str:
    """Why nothing is to be sent now; "" when it is."""
    if standing.over:
        return OVER
    if standing.dropped:
        return TAKEN_BACK
    return RESULT_BACK if standing.ready_at is None else ""


def _called_off(
    vault: Vault, one: PostReturn, standing: Standing, why: str, now: datetime
) -> Values:
    if standing.by_file:
        return {**cancelled(now), "reason": vault.seal(_BY_FILE.get(why, why))}
    return {"cancel_at": now, "due_at": one.due_at or now, "reason": vault.seal(why)}


def cancelled(now: datetime) -> dict[str, Any]:
    """A return that is over before the post had it."""
    return {
        "state": str(ReturnState.CANCELLED),
        "due_at": None,
        "claim": None,
        "cancel_at": now,
        "closed_at": now,
    }


def begins_again(vault: Vault, one: PostReturn) -> bool:
    """Whether a return whose order is cancelled now waits for its result, and is not over."""
    return reason_of(vault, one) in _BEGINS_AGAIN


def wanted_again(vault: Vault, one: PostReturn, standing: Standing) -> Values:
    """A cancelled return whose tick is set again, or whose result is there again.

    What staff cancelled stays cancelled.
    """
    why = reason_of(vault, one)
    ticked = standing.wanted and why in (TAKEN_BACK, TELL_THE_POST)
    ready = standing.ready_at is not None and not standing.dropped
    if ticked or (ready and why == TELL_RESULT_BACK):
        return begun_again(vault, one.receiver is not None, standing.ready_at)
    return {}


def begun_again(vault: Vault, addressed: bool, ready_at: datetime | None) -> dict[str, Any]:
    """A return that begins anew: what the post knew of an order that was cancelled is over."""
    state = ReturnState.REGISTERED if addressed else ReturnState.UNADDRESSED
    return {
        "state": str(state),
        "due_at": ready_at if addressed else None,
        "reason": None if addressed else vault.seal(NO_ADDRESS),
        "claim": None,
        "refusals": 0,
        "asked_at": None,
        "cancel_at": None,
        "closed_at": None,
        "ordered_at": None,
        "order_day": None,
        "collected_at": None,
        "item_code": None,
        "item_mark": None,
    }


def reason_of(vault: Vault, one: PostReturn) -> str:
    """Why a return stands so; "" where nothing is said, or no key opens it."""
    try:
        return vault.open_text(one.reason) if one.reason else ""
    except Unreadable:
        return ""
