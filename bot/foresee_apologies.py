"""What an evening's apologies would be, told without owing any."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.apologise import batches, evening_at, to_apologise
from bot.core.agency_ladder import read_ladder
from bot.core.ladder import Clocks, Contact, Situation, Ways, likely_rung
from bot.core.notice import NoticeEvent
from bot.database import reading
from bot.runtime import Runtime
from bot.store.agencies import agencies_among
from bot.store.apologies import Promised
from bot.store.phone_links import linked_followers
from bot.store.phone_states import PhoneState, states_of

NOWHERE = "none"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An apology that would be owed: for which due date, and the first way that would be tried."""

    code: str
    due_on: date
    channel: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the ways to the citizens of one batch."""

    contacts: defaultdict[bytes | int, list[Contact]]
    states: dict[bytes, PhoneState]


def foresee_apologies(runtime: Runtime, at: datetime) -> Iterator[Foreseen]:
    """What would be owed for the evening of this moment's day, in the order of ids.

    Shape: `channel` is "chat", "template_uid", "template_phone", "sms", or "none" when nothing
           leads to the citizen at that moment.
    """
    zone = runtime.settings.zone
    evening, clocks = evening_at(runtime, at), _clocks(runtime)
    for ids in batches(runtime, evening):
        with reading(runtime.engine) as connection:
            chosen = to_apologise(connection, runtime, evening, ids, hold=False)
            known = _known(connection, chosen)
            agencies = agencies_among(connection, {one.agency_code for one in chosen})
        for one in chosen:
            left = read_ladder(agencies[one.agency_code].ladder).get(NoticeEvent.APOLOGY)
            situation = _situation(runtime, one, known, at)
            ways = replace(situation.ways, left=left)
            rung = likely_rung(replace(situation, ways=ways), clocks)
            due_on = one.due_at.astimezone(zone).date()
            yield Foreseen(one.code, due_on, str(rung) if rung else NOWHERE)


def _known(connection: Connection, chosen: Sequence[Promised]) -> _Known:
    phones = {one.phone_index for one in chosen if one.phone_index}
    contacts: defaultdict[bytes | int, list[Contact]] = defaultdict(list)
    for each in linked_followers(connection, phones, [one.dossier_id for one in chosen]):
        place = each.phone_index or each.dossier_id
        if place is not None:
            contacts[place].append(Contact(each.user_id, each.last_interaction_at))
    return _Known(contacts, states_of(connection, phones))


def _situation(runtime: Runtime, one: Promised, known: _Known, at: datetime) -> Situation:
    settings, phone = runtime.settings, one.phone_index or b""
    state = known.states.get(phone, PhoneState())
    ways = Ways(
        contacts=(*known.contacts[phone], *known.contacts[one.dossier_id]),
        phone=phone.hex(),
        phone_line=one.phone_line,
        notify_zalo=one.notify_zalo,
        notify_sms=one.notify_sms,
        template=NoticeEvent.APOLOGY in settings.zalo_templates,
        gateway=settings.sms_gateway != "none",
        bad_phone=state.bad_at is not None,
        no_template=state.no_template_until is not None and state.no_template_until > at,
    )
    return Situation(NoticeEvent.APOLOGY, now=at, expires_at=at, opens_at=at, ways=ways)


def _clocks(runtime: Runtime) -> Clocks:
    settings = runtime.settings
    return Clocks(
        window=timedelta(hours=settings.chat_window_hours),
        fallback=timedelta(minutes=settings.fallback_after_minutes),
        unsure=timedelta(minutes=settings.unsure_after_minutes),
    )
