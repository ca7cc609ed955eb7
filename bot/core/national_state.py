"""Where a dossier stands after a record of the national exchange: the newest moment decides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from bot.core.dossier import END_STATUSES, Status
from bot.core.national_form import STATUS_NAMES, NationalDossier, NationalProgress
from bot.core.snapshot import FeedDossier, Ticks

# How far a status is along the way; of two that share a place neither is ahead of the other.
ALONG: Mapping[int, int] = MappingProxyType(
    {
        Status.REGISTERED: 1,
        Status.RECEIVED: 2,
        Status.PROCESSING: 3,
        Status.SUPPLEMENT: 4,
        Status.PAYMENT: 4,
        Status.RESULT: 5,
        Status.REFUSED: 6,
        Status.WITHDRAWN: 6,
        Status.STOPPED: 6,
        Status.RETURNED: 6,
    }
)


@dataclass(frozen=True, slots=True)
class Sync:
    """The newest DongBoHoSoMC of a dossier: its newest time, and its status."""

    moment: datetime
    status: int


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """A stored dossier with what the exchange told of it; `text` is the newest NoiDungXuLy."""

    told: FeedDossier
    sync: Sync | None = None
    newest_progress: datetime | None = None
    text: str | None = None

    @property
    def by_others(self) -> bool:
        """Whether another feed was the last to tell where the dossier stands."""
        moments = [self.sync.moment] if self.sync else []
        moments += [self.newest_progress] if self.newest_progress else []
        return not moments or self.told.changed_at > max(moments)

    def has_newer_facts(self, moment: datetime) -> bool:
        """Whether the facts of a DongBoHoSoMC with this newest time were overtaken."""
        if self.by_others or self.sync is None:
            return moment < self.told.changed_at
        return moment < self.sync.moment


def told_by_dossier(record: NationalDossier, agency: str, sheet: Sheet | None) -> FeedDossier:
    """What a DongBoHoSoMC tells of a dossier, whole, given what is stored of it.

    Result: with newer times, all that it says; one that was overtaken stays as old as it is, so
    that it counts as stale; otherwise its facts are taken (a moved date, another phone), but
    the step and the status only move forward, at the time already known.
    Source: interfaces 3 ("without newer times never takes a step back"); domain-facts 3.4.
    """
    plain = _as_told(record, agency)
    if sheet is None:
        return plain
    known = sheet.told
    plain = replace(
        plain,
        handler=known.handler,
        procedure=replace(plain.procedure, same_day=known.procedure.same_day),
        # The exchange has no ticks: what the citizen ticked stays as another feed told it.
        notify=Ticks(known.notify.zalo, known.notify.sms, record.by_post),
    )
    if record.moment > known.changed_at:
        stays = record.status == known.status and known.at_desk
        return replace(plain, step=_step(record.status, sheet), at_desk=record.asked or stays)
    if sheet.has_newer_facts(record.moment):
        return plain
    return _without_newer_times(record, plain, sheet)


def told_by_progress(record: NationalProgress, arrived: datetime, sheet: Sheet) -> FeedDossier:
    """What a CapNhatTienDoHoSoMC tells of a dossier, whole, given what is stored of it.

    Result: one that is older than what is known stays so, and counts as stale; of two moments
    that are the same, the one further along the way counts, else the one that came last.
    Source: domain-facts 3.4 ("state = latest ThoiDiemXuLy").
    """
    known = sheet.told
    moment = record.moment or arrived
    if moment < known.changed_at:
        return replace(known, changed_at=moment)
    status = record.status or known.status
    if moment == known.changed_at and ALONG[status] < ALONG[known.status]:
        return known
    waits = status == known.status and known.at_desk
    reopened = known.status in END_STATUSES and status not in END_STATUSES
    times = known.times
    if reopened:  # an end that was taken back is no end
        times = replace(times, finished_at=None, returned_at=None)
    return replace(
        known,
        status=status,
        step=record.text or _step(status, sheet),
        changed_at=moment,
        at_desk=record.at_desk or (status == Status.SUPPLEMENT and waits),
        handler=record.handler or known.handler,
        times=times,
    )


def _as_told(record: NationalDossier, agency: str) -> FeedDossier:
    return FeedDossier(
        code=record.code,
        agency=agency,
        procedure=record.procedure,
        step=STATUS_NAMES[record.status],
        status=record.status,
        changed_at=record.moment,
        local_code=record.local_code,
        at_desk=record.asked,
        times=record.times,
        phone=record.phone,
        notify=Ticks(post=record.by_post),
        needed=record.needed,
        owner_name=record.owner_name,
        documents=record.documents,
    )


def _without_newer_times(record: NationalDossier, plain: FeedDossier, sheet: Sheet) -> FeedDossier:
    known = sheet.told
    told_before = sheet.sync is not None and sheet.sync.status == record.status
    moves = not told_before and ALONG[record.status] > ALONG[known.status]
    status = record.status if moves else known.status
    stays = status == known.status and known.at_desk
    return replace(
        plain,
        status=status,
        step=_step(status, sheet) if moves else known.step,
        changed_at=known.changed_at,
        at_desk=stays or (status == Status.SUPPLEMENT and record.asked),
        times=replace(
            plain.times,
            finished_at=plain.times.finished_at or known.times.finished_at,
            returned_at=plain.times.returned_at or known.times.returned_at,
        ),
    )


def _step(status: int, sheet: Sheet) -> str:
    """The newest NoiDungXuLy, else the status's name.

    The step that another feed told last stays while the status does.
    Source: interfaces 3 ("Step = …").
    """
    if sheet.text and not sheet.by_others:
        return sheet.text
    if status == sheet.told.status and sheet.by_others:
        return sheet.told.step
    return sheet.text or STATUS_NAMES[status]
