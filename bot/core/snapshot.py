"""One dossier as the one-stop software tells it, and whether that is news."""

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.core.document import ToldDocuments
from bot.core.dossier import ended_at
from bot.core.phone import Line, PhoneReading
from receipts.code import read_one

MOST_AHEAD = timedelta(hours=24)  # further ahead, a clock or a date is wrong
MOST_LOCAL_CODE = 64
# Landlines had heads that are mobile ones today (058, 08, 04): what was written down later
# cannot be one. Source: domain-facts 5.1, 10 (row 20).
OLD_PLAN_ENDED = datetime(2018, 11, 15, tzinfo=UTC)
UNDELIVERABLE = (
    "phone.undeliverable"  # the warning of a number that two messages failed at for good
)


class Outcome(StrEnum):
    """What became of one dossier of a feed.

    Source: interfaces 4.
    """

    NEW = "new"
    CHANGED = "changed"
    REPEAT = "repeat"
    STALE = "stale"
    REFUSED = "refused"


class Cause(StrEnum):
    """Why a dossier or a record of a feed is refused, for those who answer in their own words."""

    AGENCY_UNKNOWN = "agency_unknown"
    AGENCY_NOT_COVERED = "agency_not_covered"
    AHEAD = "ahead"
    CODE = "code"
    LOCAL_CODE = "local_code"
    FOREIGN = "foreign"  # a dossier of an agency that the key does not cover
    CODE_TAKEN = "code_taken"
    LOCAL_CODE_TAKEN = "local_code_taken"
    # Only of the national feed, whose records are refused one by one.
    MISSING = "missing"
    DATE = "date"
    STATUS = "status"
    VALUE = "value"
    DOSSIER_UNKNOWN = "dossier_unknown"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: its cause, one line for the feed, and the fields that are at fault."""

    cause: Cause
    why: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """What is asked of the agency; `same_day` when the result is given at once."""

    code: str
    name: str
    same_day: bool = False


@dataclass(frozen=True, slots=True)
class Ticks:
    """What the citizen ticked on the intake form."""

    zalo: bool = False
    sms: bool = True
    post: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """The dates of a dossier; all aware."""

    received_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class FeedDossier:
    """One dossier as it came: its form is right, its meaning is not checked yet.

    Shape: `code`, `local_code` and `phone` as typed; `unknown_fields` are dotted names;
           `documents` None when it says nothing of any, and they stay as they are.
    """

    code: str
    agency: str
    procedure: Procedure
    step: str
    status: int
    changed_at: datetime
    local_code: str | None = None
    at_desk: bool = False
    times: Times = Times()
    phone: str | None = None
    notify: Ticks = Ticks()
    handler: str | None = None
    needed: tuple[str, ...] = ()
    owner_name: str | None = None
    unknown_fields: tuple[str, ...] = ()
    documents: ToldDocuments | None = None
    kept_phone: PhoneReading | None = None  # as stored, when what came says nothing of a phone
    also_named: tuple[str, ...] = ()  # who else may ask for it by name; only the counter knows


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one dossier, as the feed is told.

    Shape: `code` is canonical, but as it came when the dossier is refused, which has a `why`.
    """

    code: str
    outcome: Outcome
    warnings: tuple[str, ...]
    why: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """One dossier as it shall be stored: codes canonical, the phone read."""

    code: str
    local_code: str | None
    told: FeedDossier
    phone: PhoneReading

    @property
    def e164(self) -> str | None:
        """The mobile number to reach the citizen at."""
        return self.phone.phone.e164 if self.phone.phone else None


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a dossier, as far as a new snapshot is judged by it; `id` once stored.

    Shape: `content` and `documents` are keyed hashes; documents None while no feed has told any.
    """

    id: int | None
    local_code: str | None
    agency_code: str
    step: str
    status: int
    at_desk: bool
    changed_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    content: bytes
    documents: bytes | None = None
    procedure_code: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One accepted change: what was known before (None at first sight) and what holds now."""

    outcome: Outcome
    snapshot: Snapshot
    earlier: Known | None
    now: Known


class Unreadable(Exception):
    """A dossier whose form is right and whose meaning is not; one line for the feed."""

    def __init__(self, cause: Cause, why: str) -> None:
        super().__init__(why)
        self.refusal = Refusal(cause, why)


def read_snapshot(told: FeedDossier, phone: PhoneReading) -> Snapshot:
    """Read the codes.

    Errors: Unreadable when `code` does not read as exactly one receipt code, or `local_code`
    cannot be one.
    Source: interfaces 4; domain-facts 2.3.
    """
    code = read_one(told.code)
    if code is None:
        raise Unreadable(
            Cause.CODE,
            "code does not read as exactly one receipt code; "
            "send it as printed, such as 000.00.17.H32-261122-0001 or ten digits",
        )
    return Snapshot(code, _local_code(told.local_code), told, phone)


def _local_code(typed: str | None) -> str | None:
    if typed is None or not typed.strip():
        return None
    plain = read_one(typed) or unicodedata.normalize("NFKC", typed).strip().upper()
    if len(plain) > MOST_LOCAL_CODE:
        raise Unreadable(
            Cause.LOCAL_CODE,
            f"local_code has {len(plain)} characters in capitals, at most {MOST_LOCAL_CODE} can "
            "be kept; send the code alone",
        )
    return plain


def warnings(told: FeedDossier, phone: PhoneReading) -> tuple[str, ...]:
    """What the sender should know although the dossier is taken.

    Source: interfaces 4 (`warnings`).
    """
    of_phone: tuple[str, ...] = ()
    taken_at = told.times.received_at or told.changed_at
    if phone.doubtful and taken_at < OLD_PLAN_ENDED:
        of_phone = ("phone.doubtful",)
    if phone.line is not Line.MOBILE:
        of_phone = (f"phone.{phone.line}",)
    return (*of_phone, *(f"field.unknown:{name}" for name in told.unknown_fields))


def decide(earlier: Known | None, changed_at: datetime, content: bytes) -> Outcome:
    """Whether a snapshot is news.

    Result: the newest `changed_at` wins in whatever order snapshots arrive; of two that share
    it, the one that came last.
    Source: interfaces 4.
    """
    if earlier is None:
        return Outcome.NEW
    if changed_at < earlier.changed_at:
        return Outcome.STALE
    if changed_at == earlier.changed_at and content == earlier.content:
        return Outcome.REPEAT
    return Outcome.CHANGED


def too_far_ahead(changed_at: datetime, now: datetime) -> bool:
    """Whether a change is told long before it can have happened.

    Source: interfaces 4 ("`changed_at` over 24 h ahead").
    """
    return changed_at > now + MOST_AHEAD


def known_after(
    earlier: Known | None, snapshot: Snapshot, content: bytes, documents: bytes | None = None
) -> Known:
    """What is known of a dossier once this snapshot is accepted."""
    told = snapshot.told
    return Known(
        id=earlier.id if earlier else None,
        local_code=snapshot.local_code,
        agency_code=told.agency,
        step=told.step,
        status=told.status,
        at_desk=told.at_desk,
        changed_at=told.changed_at,
        due_at=told.times.due_at,
        ended_at=ended_at(
            told.status,
            told.changed_at,
            earlier.status if earlier else None,
            earlier.ended_at if earlier else None,
        ),
        content=content,
        documents=documents or (earlier.documents if earlier else None),
        procedure_code=told.procedure.code,
    )


def content_text(snapshot: Snapshot) -> str:
    """All that is told of a dossier but `changed_at` and its documents, in one form: equal
    dossiers, equal texts.

    Shape: a phone counts by the number it reads as, and as typed only when it reads as none; a
    date by its moment, whatever its offset. Personal: keep only a keyed hash of it.
    """
    told, times = snapshot.told, snapshot.told.times
    moments = (times.received_at, times.due_at, times.finished_at, times.returned_at)
    parts = [
        snapshot.code,
        snapshot.local_code,
        told.agency,
        [told.procedure.code, told.procedure.name, told.procedure.same_day],
        told.step,
        told.status,
        told.at_desk,
        [moment and moment.astimezone(UTC).isoformat() for moment in moments],
        snapshot.e164 or told.phone or None,
        [told.notify.zalo, told.notify.sms, told.notify.post],
        told.handler,
        told.needed,
        told.owner_name,
    ]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
