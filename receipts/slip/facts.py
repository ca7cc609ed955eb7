"""A record's facts as the texts that a form's lines ask for by name; None where one is unknown."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from receipts.slip.records import (
    Apology,
    Channel,
    Control,
    Office,
    Person,
    Record,
    Refusal,
    Slip,
    Stop,
    Supplement,
)

Facts = dict[str, str | None]
Words = Mapping[str, str]
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SHORT, _LONG = "....", "......"  # blanks of a date, in the width of a pen


def local(at: datetime) -> datetime:
    """The time on the wall in Vietnam; a time without a zone is taken as that already."""
    return at.replace(tzinfo=_ZONE) if at.tzinfo is None else at.astimezone(_ZONE)


def day_text(words: Words, at: datetime | None) -> str:
    """`ngày … tháng … năm …`, with dots where the day is not known."""
    return words["date"].format(**_day_parts(at))


def moment_text(words: Words, at: datetime | None) -> str:
    """`… giờ … phút, ngày … tháng … năm …`, with dots where the time is not known."""
    here = None if at is None else local(at)
    clock = {
        "hour": _SHORT if here is None else f"{here:%H}",
        "minute": _SHORT if here is None else f"{here:%M}",
    }
    return words["moment"].format(**clock, **_day_parts(at))


def _day_parts(at: datetime | None) -> dict[str, str]:
    if at is None:
        return {"day": _SHORT, "month": _SHORT, "year": _LONG}
    here = local(at)
    return {"day": f"{here:%d}", "month": f"{here:%m}", "year": f"{here:%Y}"}


def full_name(office: Office) -> str:
    """The desk's name in a sentence."""
    return office.full or f"{office.desk}, {office.name}"


def facts_of(record: Record, words: Words) -> Facts:
    """Every fact that the lines of the record's form may name.

    Shape: times and dates are whole phrases with their own dots; all others are None when unknown.
    """
    office = record.office
    told: Facts = {
        "desk": full_name(office),
        "agency": office.name,
        "lookup": office.lookup,
        "place": office.place,
        "code": record.code,
        "number": record.number,
        "procedure": record.procedure,
        "date": day_text(words, record.issued_at),
        **_person("submitter", record.submitter),
    }
    told |= _own(record, words)
    return {name: _known(text) for name, text in told.items()} | _channel_text(record, words)


def _known(text: str | None) -> str | None:
    """None for a text that says nothing, so that it prints as dots."""
    return text if text and text.strip() else None


def _channel_text(record: Record, words: Words) -> Facts:
    """How the dossier came in, behind the name; nothing, rather than dots, when it is not said."""
    channel = record.channel if isinstance(record, Slip | Refusal) else None
    online = "online" if channel is Channel.ONLINE else None
    return {"channel": words[channel] if channel else "", "online": online}


def _person(name: str, person: Person) -> Facts:
    prefix = "" if name == "submitter" else f"{name}_"
    return {
        name: person.name,
        f"{prefix}address": person.address,
        f"{prefix}phone": person.phone,
        f"{prefix}email": person.email,
        f"{prefix}identity": person.identity,
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _own(record: Record, words: Words) -> Facts:
    """What only this kind of record has."""
    match record:
        case Slip():
            return _receipt(record, words)
        case Supplement():
            return _supplement(record)
        case Refusal():
            return _refusal(record, words)
        case Apology():
            return _apology(record, words)
        case Control():
            return _control(record, words)
        case Stop():
            return _stop(record, words)


def _receipt(record: Slip, words: Words) -> Facts:
    second = record.second_stage
    owner = _person("owner", record.owner) if record.owner else {}
    return {
        "owner": None,
        "owner_address": None,
        **owner,
        "sets": None if record.sets is None else f"{record.sets:02d}",
        "duration": record.duration,
        "received": moment_text(words, record.received_at or record.issued_at),
        "due": moment_text(words, record.due_at),
        "second_stage": "second" if second else None,
        "second_received": moment_text(words, second.received_at if second else None),
        "second_due": moment_text(words, second.due_at if second else None),
        "collect_at": record.collect_at,
        "fees": record.fees,
        "book": record.book,
        "book_entry": record.book_entry,
        "clerk": record.clerk,
    }


def _supplement(record: Supplement) -> Facts:
    return {
        "reason": record.reason,
        "contact": record.contact,
        "contact_phone": record.contact_phone,
        "clerk": record.clerk,
    }


def _refusal(record: Refusal, words: Words) -> Facts:
    submitted = record.submitted_at
    return {
        "submitted": None if submitted is None else moment_text(words, submitted),
        "reason": record.reason,
        "clerk": record.clerk,
    }


def _apology(record: Apology, words: Words) -> Facts:
    return {
        "received_day_first": _capital(day_text(words, record.received_at)),
        "due": moment_text(words, record.due_at),
        "new_due": moment_text(words, record.new_due_at),
        "reason": record.reason,
        "signer": record.signer,
    }


def _control(record: Control, words: Words) -> Facts:
    return {
        "received": moment_text(words, record.received_at),
        "due": moment_text(words, record.due_at),
        "handler": record.handler,
        "partners": record.partners,
    }


def _stop(record: Stop, words: Words) -> Facts:
    return {
        "received_day_first": _capital(day_text(words, record.received_at)),
        "requested_day_first": _capital(day_text(words, record.requested_at)),
        "stopped_day": day_text(words, record.stopped_at),
        "reason": record.reason,
        "signer": record.signer,
    }
