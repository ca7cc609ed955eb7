"""The states of a result that goes back by post, and what the post's own words say of it.

Who gets it stands in bot.core.post_receiver, item codes in bot.core.post_item.
Source: domain-facts 9, 10 (row 18).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from receipts.clean import clean, fold


class ReturnState(StrEnum):
    """Where a result that is to go back by post stands."""

    UNADDRESSED = "unaddressed"  # wanted, and no address that reads as one: a clerk has to ask
    REGISTERED = "registered"  # wanted, with its receiver; waits for the result
    ORDERED = "ordered"  # the postal service took the order
    COLLECTED = "collected"  # the postal service has the result
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    RETURNED = "returned"  # came back to the sender ("chuyển hoàn")
    CANCELLED = "cancelled"
    REFUSED = "refused"  # the postal service will never take this order as it is

    @property
    def label(self) -> str:
        """What staff read."""
        return LABELS[self]


LABELS: Mapping[ReturnState, str] = MappingProxyType(
    {
        ReturnState.UNADDRESSED: "Thiếu địa chỉ",
        ReturnState.REGISTERED: "Đã đăng ký, chờ kết quả",
        ReturnState.ORDERED: "Đã đặt bưu điện đến nhận",
        ReturnState.COLLECTED: "Bưu điện đã nhận gửi",
        ReturnState.UNDER_WAY: "Đang trên đường",
        ReturnState.DELIVERED: "Đã phát",
        ReturnState.RETURNED: "Bưu điện chuyển hoàn",
        ReturnState.CANCELLED: "Đã hủy",
        ReturnState.REFUSED: "Bưu điện từ chối",
    }
)
# Before an order: whatever is wanted may still be changed, or no longer be wanted.
BEFORE_ORDER = frozenset({ReturnState.UNADDRESSED, ReturnState.REGISTERED, ReturnState.REFUSED})
WITH_THE_POST = frozenset({ReturnState.ORDERED, ReturnState.COLLECTED, ReturnState.UNDER_WAY})
ENDED = frozenset({ReturnState.DELIVERED, ReturnState.RETURNED, ReturnState.CANCELLED})
# The citizen need not come: the post brings it, or has brought it.
GOES_BY_POST = frozenset({ReturnState.REGISTERED, *WITH_THE_POST, ReturnState.DELIVERED})


class Milestone(StrEnum):
    """What a line of the post's tracking means to us."""

    COLLECTED = "collected"
    UNDER_WAY = "under_way"  # nothing that is known: of a parcel that the post has, on its way
    DELIVERED = "delivered"
    RETURNED = "returned"


# Words of statusMessage, folded. The list of codes is not public: only these are believed.
# "Không phát thành công" must not read as delivered: what denies counts directly beside the words,
# for "Không phát được, chuyển hoàn" is a return all the same. "Vận chuyển hoàn tất" is none.
_DENIED = re.compile(r"\b(khong|chua)( (bi|chuyen|duoc|the|thuc hien))* $")
_FAILED = re.compile(r" (that bai|(khong|chua) thanh cong)\b")
_SAYS: tuple[tuple[re.Pattern[str], Milestone], ...] = (
    (re.compile(r"(?<!van )(?<!luan )\bchuyen hoan\b(?! tat\b)"), Milestone.RETURNED),
    (re.compile(r"\bphat thanh cong\b"), Milestone.DELIVERED),
    (re.compile(r"\b(da nhan|chap nhan) gui\b"), Milestone.COLLECTED),
)
_NEXT: Mapping[Milestone, ReturnState] = MappingProxyType(
    {
        Milestone.COLLECTED: ReturnState.COLLECTED,
        Milestone.UNDER_WAY: ReturnState.UNDER_WAY,
        Milestone.DELIVERED: ReturnState.DELIVERED,
        Milestone.RETURNED: ReturnState.RETURNED,
    }
)
_RANK: Mapping[ReturnState, int] = MappingProxyType(
    {ReturnState.ORDERED: 1, ReturnState.COLLECTED: 2, ReturnState.UNDER_WAY: 3}
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """One line of the post's tracking, as it came.

    Shape: `id` is the service's own number, which ascends; `at` None where the service tells no
           time; `item_code` "" where it tells none.
    """

    id: int
    order_number: str
    code: str
    message: str
    at: datetime | None = None
    item_code: str = ""


def milestone_of(message: str) -> Milestone:
    """What a line of tracking says; UNDER_WAY for whatever is not known.

    Source: domain-facts 10 (row 18).
    """
    folded = " ".join(fold(clean(message)).lower().split())
    for words, milestone in _SAYS:
        if any(not _is_denied(folded, found) for found in words.finditer(folded)):
            return milestone
    return Milestone.UNDER_WAY


def _is_denied(folded: str, found: re.Match[str]) -> bool:
    before, after = folded[: found.start()], folded[found.end() :]
    return _DENIED.search(before) is not None or _FAILED.match(after) is not None


def state_after(state: ReturnState, milestone: Milestone) -> ReturnState:
    """Where a return stands after a line of tracking: never back, and an end stays an end.

    What is delivered after "chuyển hoàn" went to the sender. Words that are not known ("đang đến
    lấy hàng", "đã hủy") move nothing but a parcel that the post has. One that it has although we
    have no answer to our order, or wanted to cancel it, is with the post all the same.
    """
    if state in (ReturnState.DELIVERED, ReturnState.RETURNED):
        return state
    if milestone is Milestone.UNDER_WAY and state is not ReturnState.COLLECTED:
        return state
    new = _NEXT[milestone]
    return new if new in ENDED or _RANK[new] > _RANK.get(state, 0) else state
