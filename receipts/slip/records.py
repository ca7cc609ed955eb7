"""What the slips say, as the counter knows it; what is not known stays None and prints as dots.

Times are aware; a time without a zone is taken as local (Asia/Ho_Chi_Minh). Names and addresses are
printed as they come, composed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, with_config

from receipts.barcode import Symbology

# Where a slip is read from JSON, a field that it does not have is a typing mistake.
_exact = with_config(ConfigDict(extra="forbid"))


class Channel(StrEnum):
    """How the dossier came in."""

    DESK = "desk"
    ONLINE = "online"
    POST = "post"


class Outcome(StrEnum):
    """How a step of the control sheet ended against its own deadline."""

    EARLY = "early"
    KEPT = "kept"
    MISSED = "missed"


@_exact
@dataclass(frozen=True, slots=True)
class Office:
    """The agency whose desk hands out the slip.

    Shape: `name` and `desk` are the upper left block, printed in capitals; a line break in them
    is kept there. `full` is the desk's name in a sentence (default: desk and name); `place` stands
    before the date; `lookup` is where a citizen can ask, as it is to be printed.
    """

    name: str
    desk: str = "Bộ phận Tiếp nhận và Trả kết quả"
    full: str | None = None
    place: str | None = None
    lookup: str | None = None
    symbology: Symbology = Symbology.CODE128


@_exact
@dataclass(frozen=True, slots=True)
class Person:
    """Who hands a dossier in, or whose it is."""

    name: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    identity: str | None = None


@_exact
@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the dossier and how many of each kind were handed in."""

    name: str
    originals: int | None = None
    certified: int | None = None
    copies: int | None = None


@_exact
@dataclass(frozen=True, slots=True)
class SecondStage:
    """The second stage of a dossier that waits for a tax notice; blanks are filled in later."""

    received_at: datetime | None = None
    due_at: datetime | None = None


@_exact
@dataclass(frozen=True, slots=True)
class Slip:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả.

    Shape:  `code` canonical; `link` the address that the QR holds (receipts.qr.slip_address), no QR
            without it; `number` the whole of "Số: …"; `duration` with its unit, "05 ngày làm việc".
    Source: domain-facts 1.2.
    """

    office: Office
    code: str
    issued_at: datetime
    submitter: Person
    procedure: str
    link: str | None = None
    number: str | None = None
    owner: Person | None = None
    channel: Channel | None = None
    papers: tuple[Paper, ...] = ()
    sets: int | None = 1
    duration: str | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    second_stage: SecondStage | None = None
    collect_at: str | None = None
    fees: str | None = None
    book: str | None = None
    book_entry: str | None = None
    clerk: str | None = None


@_exact
@dataclass(frozen=True, slots=True)
class Supplement:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""

    office: Office
    code: str
    issued_at: datetime
    submitter: Person
    procedure: str
    link: str | None = None
    number: str | None = None
    items: tuple[str, ...] = ()
    reason: str | None = None
    contact: str | None = None
    contact_phone: str | None = None
    clerk: str | None = None


@_exact
@dataclass(frozen=True, slots=True)
class Refusal:
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ; `code` only where one was given online."""

    office: Office
    issued_at: datetime
    submitter: Person
    procedure: str
    code: str | None = None
    link: str | None = None
    number: str | None = None
    channel: Channel | None = None
    submitted_at: datetime | None = None
    reason: str | None = None
    clerk: str | None = None


@_exact
@dataclass(frozen=True, slots=True)
class Apology:
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả; under another title since 2025."""

    office: Office
    code: str
    issued_at: datetime
    submitter: Person
    procedure: str
    link: str | None = None
    number: str | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    new_due_at: datetime | None = None
    reason: str | None = None
    signer: str | None = None


@_exact
@dataclass(frozen=True, slots=True)
class Hop:
    """One handing over of the dossier, from desk to desk."""

    giver: str | None = None
    taker: str | None = None
    at: datetime | None = None
    giver_name: str | None = None
    taker_name: str | None = None
    outcome: Outcome | None = None
    note: str | None = None


@_exact
@dataclass(frozen=True, slots=True)
class Control:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ; hops not yet made are blank rows."""

    office: Office
    code: str
    issued_at: datetime
    submitter: Person
    procedure: str
    link: str | None = None
    number: str | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    handler: str | None = None
    partners: str | None = None
    hops: tuple[Hop, ...] = ()


@_exact
@dataclass(frozen=True, slots=True)
class Stop:
    """Thông báo dừng giải quyết hồ sơ; a form since 2025."""

    office: Office
    code: str
    issued_at: datetime
    submitter: Person
    procedure: str
    link: str | None = None
    number: str | None = None
    received_at: datetime | None = None
    requested_at: datetime | None = None
    stopped_at: datetime | None = None
    reason: str | None = None
    signer: str | None = None


Record = Slip | Supplement | Refusal | Apology | Control | Stop
