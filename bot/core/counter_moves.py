"""What a desk may do with a dossier of its own, from which status, and what it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.core.dossier import Status


class MoveKind(StrEnum):
    """A button of the dossier's page."""

    FORWARD = "forward"
    SUPPLEMENT = "supplement"
    RESUME = "resume"
    REFUSE = "refuse"
    PAYMENT = "payment"
    WITHDRAW = "withdraw"
    STOP = "stop"
    RESULT = "result"
    HAND_BACK = "hand_back"
    NEW_DAY = "new_day"

    @property
    def label(self) -> str:
        """What the button says."""
        return _LABELS[self]


_LABELS: Mapping[MoveKind, str] = MappingProxyType(
    {
        MoveKind.FORWARD: "Chuyển xử lý",
        MoveKind.SUPPLEMENT: "Yêu cầu bổ sung",
        MoveKind.RESUME: "Đã bổ sung đủ",
        MoveKind.REFUSE: "Từ chối tiếp nhận",
        MoveKind.PAYMENT: "Chờ nghĩa vụ tài chính",
        MoveKind.WITHDRAW: "Công dân rút hồ sơ",
        MoveKind.STOP: "Dừng giải quyết",
        MoveKind.RESULT: "Có kết quả",
        MoveKind.HAND_BACK: "Đã trả kết quả",
        MoveKind.NEW_DAY: "Xin lỗi và hẹn lại",
    }
)
TAKEN_IN = "Tiếp nhận hồ sơ"
# A citizen is told the step's name, and nothing that is typed may get into a notice: the desk
# chooses among these.
STEPS = (
    "Phân công xử lý",
    "Thẩm định hồ sơ",
    "Xác minh thực tế",
    "Lấy ý kiến cơ quan phối hợp",
    "Chuyển cơ quan thuế",
    "Dự thảo kết quả",
    "Trình lãnh đạo ký duyệt",
    "Đóng dấu, vào sổ",
    "Chuyển kết quả về Bộ phận Một cửa",
)


@dataclass(frozen=True, slots=True)
class Becomes:
    """How a dossier stands after a move; no step where the desk chooses it or it stays.

    Shape: `at_desk` when papers or result lie there for the citizen; `needs` are the fields of an
           order that must not be empty.
    """

    status: Status | None
    step: str | None = None
    at_desk: bool = False
    needs: tuple[str, ...] = ()


BECOMES: Mapping[MoveKind, Becomes] = MappingProxyType(
    {
        MoveKind.FORWARD: Becomes(Status.PROCESSING, needs=("step",)),
        MoveKind.SUPPLEMENT: Becomes(
            Status.SUPPLEMENT, "Chờ bổ sung", at_desk=True, needs=("needed", "reason")
        ),
        MoveKind.RESUME: Becomes(Status.RECEIVED, TAKEN_IN),
        MoveKind.REFUSE: Becomes(Status.REFUSED, "Không được tiếp nhận", needs=("reason",)),
        MoveKind.PAYMENT: Becomes(Status.PAYMENT, "Chờ thực hiện nghĩa vụ tài chính"),
        MoveKind.WITHDRAW: Becomes(Status.WITHDRAWN, "Đã rút hồ sơ"),
        MoveKind.STOP: Becomes(Status.STOPPED, "Dừng giải quyết", needs=("reason",)),
        MoveKind.RESULT: Becomes(Status.RESULT, "Trả kết quả", at_desk=True),
        MoveKind.HAND_BACK: Becomes(Status.RETURNED, "Đã trả kết quả"),
        MoveKind.NEW_DAY: Becomes(None, needs=("reason", "new_day")),
    }
)
_WORKED_ON = (
    MoveKind.FORWARD,
    MoveKind.RESULT,
    MoveKind.SUPPLEMENT,
    MoveKind.PAYMENT,
    MoveKind.NEW_DAY,
    MoveKind.REFUSE,
    MoveKind.WITHDRAW,
    MoveKind.STOP,
)
# What may follow a status, the likeliest first. A refused, withdrawn or returned dossier is at
# its end: whoever comes again gets a new one.
FOLLOWS: Mapping[int, tuple[MoveKind, ...]] = MappingProxyType(
    {
        Status.REGISTERED: _WORKED_ON,
        Status.RECEIVED: _WORKED_ON,
        Status.PROCESSING: _WORKED_ON,
        Status.SUPPLEMENT: (MoveKind.RESUME, MoveKind.REFUSE, MoveKind.WITHDRAW, MoveKind.STOP),
        Status.PAYMENT: (
            MoveKind.FORWARD,
            MoveKind.RESULT,
            MoveKind.NEW_DAY,
            MoveKind.WITHDRAW,
            MoveKind.STOP,
        ),
        Status.STOPPED: (MoveKind.FORWARD, MoveKind.WITHDRAW),
        # FORWARD takes a result back that was a mistake; who was told of it is corrected.
        Status.RESULT: (MoveKind.HAND_BACK, MoveKind.FORWARD),
    }
)


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """What the clerk asked for, as typed: `needed` one item a line, `new_day` dd/mm/yyyy with an
    optional HH:MM."""

    kind: MoveKind
    step: str = ""
    handler: str = ""
    reason: str = ""
    needed: str = ""
    new_day: str = ""


def moves_from(status: int, appointed_anew: bool, has_promise: bool) -> tuple[MoveKind, ...]:
    """What may be done with a dossier of this counter now.

    A new appointment is made at most once, and only where a day was promised.
    Source: domain-facts 3.1, 3.2.
    """
    allowed = FOLLOWS.get(status, ())
    if has_promise and not appointed_anew:
        return allowed
    return tuple(kind for kind in allowed if kind is not MoveKind.NEW_DAY)
