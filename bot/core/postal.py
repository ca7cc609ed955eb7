"""The states of a result that goes back by post, and what the post's own words say of it.

Who gets it stands in bot.core.post_receiver, item codes in bot.core.post_item.
Source: domain-facts 9, 10 (row 18).
"""

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
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    RETURNED = "returned"


# Words of statusMessage, folded. The list of codes is not public: only these are believed.
# "Không phát thành công" must not read as delivered, so what denies is looked for first.
_DENIES = ("khong ", "chua ", "that bai")
_SAYS: tuple[tuple[str, Milestone], ...] = (
    ("chuyen hoan", Milestone.RETURNED),
    ("phat thanh cong", Milestone.DELIVERED),
    ("da nhan gui", Milestone.COLLECTED),
    ("chap nhan gui", Milestone.COLLECTED),
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
    """What a line of tracking says; whatever is not known means that it is under way.

    Source: domain-facts 10 (row 18).
    """
    folded = " ".join(fold(clean(message)).lower().split())
    for words, milestone in _SAYS:
        before, found, after = folded.partition(words)
        if found and not any(no in f"{before}{after} " for no in _DENIES):
            return milestone
    return Milestone.UNDER_WAY


def state_after(state: ReturnState, milestone: Milestone) -> ReturnState:
    """Where a return stands after a line of tracking: never back, and an end stays an end.

    A parcel on its way back that is brought in the end was delivered; one that the service has
    although we have no answer to our order, or wanted to cancel it, is with the post all the same.
    """
    new = _NEXT[milestone]
    if state is ReturnState.DELIVERED:
        return state
    if state is ReturnState.RETURNED:
        return new if new is ReturnState.DELIVERED else state
    return new if new in ENDED or _RANK[new] > _RANK.get(state, 0) else state
