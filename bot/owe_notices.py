"""Changes of dossiers become notices that are owed, in the transaction that stores them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.dossier import Progress, Timing, timing
from bot.core.notice import NoticeEvent
from bot.core.notice_rules import Meaning, meaning
from bot.core.snapshot import Change
from bot.notice_record import Owing, notice_record
from bot.store.notices import cancel_untold_results, owe_or_renew_notices, results_to_correct
from bot.store.unreached import unreached_notices
from bot.vault import blind_index

CORRECTED_WITHIN = timedelta(days=7)  # an older notice is old news


@dataclass(frozen=True, slots=True)
class Terms:
    """What notices are owed by; `index` is the key of the blind indexes, `agencies` by code."""

    agencies: Mapping[str, Agency]
    index: bytes
    zone: tzinfo
    now: datetime
    request_id: str = ""


def owe_for_changes(
    connection: Connection, terms: Terms, changes: Sequence[Change], ids: Mapping[str, int]
) -> list[NoticeEvent | None]:
    """Owe what these changes mean to their citizens; the event that each came to owe, in order.

    A result that was not told yet is cancelled when its dossier leaves the result, whatever the
    change means otherwise.
    Shape: `ids` are those of the stored dossiers by code, which this transaction holds; several
           changes of one dossier stand in order.
    Source: interfaces 5 (Notices); domain-facts 0 (11: the hold, the correction).
    """
    earned: list[NoticeEvent | None] = [None] * len(changes)
    for turn in _turns(changes):
        owed = _owe(connection, terms, [changes[place] for place in turn], ids)
        for place, event in zip(turn, owed, strict=True):
            earned[place] = event
    return earned


def _turns(changes: Sequence[Change]) -> list[list[int]]:
    """Places of changes to be treated together: of each dossier one, its changes in order."""
    seen: Counter[str] = Counter()
    turns: defaultdict[int, list[int]] = defaultdict(list)
    for place, change in enumerate(changes):
        turns[seen[change.snapshot.code]].append(place)
        seen[change.snapshot.code] += 1
    return list(turns.values())


def _owe(
    connection: Connection, terms: Terms, changes: Sequence[Change], ids: Mapping[str, int]
) -> list[NoticeEvent | None]:
    meant = [(change, _meaning(terms, change)) for change in changes]
    left = {ids[change.snapshot.code] for change, what in meant if what.takes_back}
    cancel_untold_results(connection, left, terms.now)
    told = results_to_correct(connection, left)
    earned: dict[int, NoticeEvent] = {}
    rows: list[dict[str, Any]] = []
    silent: dict[int, Change] = {}
    for change, what in meant:
        dossier_id = ids[change.snapshot.code]
        event = what.owed(result_was_told=dossier_id in told)
        if event is not None:
            earned[dossier_id] = event
            rows.append(notice_record(_owing(terms, change, event, dossier_id), terms.now))
        elif change.earlier is not None and change.snapshot.e164:
            silent[dossier_id] = change
    again = _owed_to_new_phones(connection, terms, silent)
    earned |= {row["dossier_id"]: NoticeEvent(row["event"]) for row in again}
    owe_or_renew_notices(connection, [*rows, *again], terms.now)
    return [earned.get(ids[change.snapshot.code]) for change in changes]


def _owed_to_new_phones(
    connection: Connection, terms: Terms, silent: Mapping[int, Change]
) -> list[dict[str, Any]]:
    """What reached nobody is owed again to the number that the desk has corrected.

    Over 30 % of SMS once failed for wrong numbers (domain-facts 0, row 10): the desk is warned,
    and its correction must not come too late for the notice.
    """
    rows = []
    missed = unreached_notices(connection, silent, terms.now - CORRECTED_WITHIN)
    for dossier_id, one in missed.items():
        change = silent[dossier_id]
        owing = _owing(terms, change, NoticeEvent(one.event), dossier_id)
        if owing.recipient != one.recipient:
            told = replace(
                owing,
                changed_at=one.changed_at,
                due_at=terms.now,
                step=one.step,
                promised_at=one.promised_at,
                late=one.late,
            )
            rows.append(notice_record(told, terms.now))
    return rows


def _meaning(terms: Terms, change: Change) -> Meaning:
    told = change.snapshot.told
    agency = terms.agencies[told.agency]
    return meaning(change.earlier, change.now, told.procedure.same_day, agency)


def _owing(terms: Terms, change: Change, event: NoticeEvent, dossier_id: int) -> Owing:
    told, e164 = change.snapshot.told, change.snapshot.e164
    hold = terms.agencies[told.agency].result_hold_minutes if event is NoticeEvent.RESULT else 0
    return Owing(
        event=event,
        dossier_id=dossier_id,
        changed_at=told.changed_at,
        recipient=blind_index(terms.index, e164).hex() if e164 else "",
        agency_code=told.agency,
        procedure_code=told.procedure.code,
        due_at=terms.now + timedelta(minutes=hold),
        step=told.step,
        promised_at=told.times.due_at,
        late=_is_late(terms, change),
        request_id=terms.request_id,
    )


def _is_late(terms: Terms, change: Change) -> bool:
    times = change.snapshot.told.times
    progress = Progress(
        code=change.snapshot.code,
        step=change.now.step,
        status=change.now.status,
        due_at=times.due_at,
        finished_at=times.finished_at,
        ended_at=change.now.ended_at,
    )
    return timing(progress, terms.now, terms.zone) is Timing.LATE
