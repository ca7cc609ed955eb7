"""A notice as it is owed: one row, whose key lets it be owed once only."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.notice import Lane, NoticeEvent

KEPT = timedelta(hours=72)  # what is still open then is closed with a reason


@dataclass(frozen=True, slots=True)
class Owing:
    """One notice about a dossier, before it is stored.

    Shape: `recipient` is the hex of the phone's blind index, "" when the dossier has no mobile
           number; `due_at` is when it may first go (a held result later than `now`); `step`,
           `promised_at` and `late` are those of the change that is told.
    """

    event: NoticeEvent
    dossier_id: int
    changed_at: datetime
    recipient: str
    agency_code: str
    procedure_code: str
    due_at: datetime
    step: str | None = None
    promised_at: datetime | None = None
    late: bool = False
    lane: Lane = Lane.NORMAL
    request_id: str = ""  # of the web request that earned it


def notice_record(owing: Owing, now: datetime) -> dict[str, Any]:
    """The row of a notice: columns of the notice's table.

    An apology is owed once per due date, every other event once per moment of change.
    Source: interfaces 5 ("One per (dossier, event, `changed_at`, recipient)").
    """
    # An apology belongs to the promised day; a new day may earn a new one.
    moment = owing.changed_at.astimezone(UTC).isoformat()
    return {
        "key": f"d:{owing.dossier_id}:{owing.event}:{moment}:{owing.recipient}",
        "lane": str(owing.lane),
        "dossier_id": owing.dossier_id,
        "event": str(owing.event),
        "changed_at": owing.changed_at,
        "recipient": owing.recipient,
        "agency_code": owing.agency_code,
        "procedure_code": owing.procedure_code,
        "step": owing.step,
        "promised_at": owing.promised_at,
        "late": owing.late,
        "phone": None,
        "secret": None,
        "state": "held" if owing.due_at > now else "waiting",
        "due_at": owing.due_at,
        "first_due_at": owing.due_at if owing.due_at > now else None,
        "request_id": owing.request_id or None,
        "created_at": now,
        "expires_at": max(owing.due_at, now) + KEPT,
    }


def one_time_code_record(
    proof_id: int, phone: bytes, secret: bytes, recipient: str, now: datetime, lifetime: timedelta
) -> dict[str, Any]:
    """The row of a one-time code on its way to a phone; `phone` and `secret` are sealed."""
    return {
        "key": f"otp:{proof_id}",
        "lane": str(Lane.URGENT),
        "dossier_id": None,
        "event": str(NoticeEvent.OTP),
        "changed_at": now,
        "recipient": recipient,
        "agency_code": "",
        "procedure_code": "",
        "step": None,
        "promised_at": None,
        "late": False,
        "phone": phone,
        "secret": secret,
        "state": "waiting",
        "due_at": now,
        "created_at": now,
        "expires_at": now + lifetime,
    }
