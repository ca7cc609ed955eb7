"""Dossiers of software that cannot push: read page by page, the place kept in the database."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic

from sqlalchemy.exc import IntegrityError

from bot.channels.dossier_source import (
    FIRST_PAGE,
    Ask,
    Patience,
    Source,
    SourceFault,
    read_page,
)
from bot.core.national_form import Service
from bot.database import reading
from bot.logs import log
from bot.national import NationalCall, Verdict, agencies_told, register_national
from bot.note_feeds import note_fed
from bot.runtime import Runtime
from bot.store.agencies import agency_by_code
from bot.store.feed_keys import FeedKey
from bot.store.pulls import Cursor, begin_cursor, cursor_of, forget_cursor, move_cursor, note_try

KEY_ID = "pull"  # who told, in the history
# A window begins a little before the last one ended: clocks differ, and what is told twice does
# no harm.
OVERLAP = timedelta(minutes=5)
BUDGET_SECONDS = 15.0  # of a timed run, which other timed jobs wait for; the next run goes on
MOST_NAMED = 20

logger = log(__name__)


@dataclass(slots=True)
class Pulled:
    """What a run brought: outcomes counted, the refused, and why services could not be read."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[Verdict] = field(default_factory=list)
    faults: dict[Service, str] = field(default_factory=dict)
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """One run: from where, how patiently, and when to leave off (after a page, never within)."""

    runtime: Runtime
    source: Source
    patience: Patience = field(default_factory=Patience)
    leave: Callable[[], bool] = lambda: False

    def name(self, service: Service) -> str:
        """The cursor's name: another address begins anew."""
        mark = sha256(f"{self.source.url} {self.source.agency}".encode()).hexdigest()
        return f"{service}:{mark[:24]}"


def configured_source(runtime: Runtime) -> Source | None:
    """The source of the settings; None when there is none."""
    settings = runtime.settings
    if not settings.pull_url or not settings.pull_agency:
        return None
    return Source(settings.pull_url, settings.pull_agency, settings.pull_token)


def pull(reader: Reader, services: Sequence[Service] = tuple(Service)) -> Pulled:
    """Read what is new, service by service; the dossiers come before their progress.

    Each page is stored before the place moves on, so that a run which was killed goes on where
    it stood; a page read twice does no harm.
    Errors: SQLAlchemyError when the database is away; what the source does wrong is told in
    `faults`.
    """
    pulled = Pulled()
    for service in services:
        name = reader.name(service)
        try:
            _read_on(reader, service, pulled)
            fault = None
        except SourceFault as why:
            fault = pulled.faults[service] = str(why)
            logger.warning("pull.failed", service=str(service), why=fault)
        with reader.runtime.engine.begin() as connection:
            note_try(connection, name, reader.runtime.now(), fault)
    logger.info("pull.read", pages=pulled.pages, faults=len(pulled.faults), **pulled.outcomes)
    return pulled


def pull_if_due(runtime: Runtime) -> None:
    """The timed job: read when it is time, or go on where the last run left off."""
    source, every = configured_source(runtime), runtime.settings.pull_every_minutes
    if source is None or every is None:
        return
    ends = monotonic() + BUDGET_SECONDS
    reader = Reader(runtime, source, leave=lambda: monotonic() > ends)
    rhythm, now = timedelta(minutes=every), runtime.now()
    places = cursors(reader)
    due = [service for service in Service if _is_due(places.get(service), now, rhythm)]
    if due:
        pull(reader, due)


def cursors(reader: Reader) -> dict[Service, Cursor]:
    """The place of each service that was read already."""
    with reading(reader.runtime.engine) as connection:
        found = {one: cursor_of(connection, reader.name(one)) for one in Service}
    return {service: cursor for service, cursor in found.items() if cursor}


def begin_again(reader: Reader, services: Sequence[Service]) -> None:
    """Forget the place: the next run reads everything from the beginning."""
    with reader.runtime.engine.begin() as connection:
        for service in services:
            forget_cursor(connection, reader.name(service))


def _is_due(cursor: Cursor | None, now: datetime, rhythm: timedelta) -> bool:
    if cursor is None or cursor.tried_at is None:
        return True
    if cursor.until is not None and cursor.fault is None:
        return True
    # A try in the future was noted under a clock that has been set back since.
    return not now - rhythm < cursor.tried_at <= now


def _check_agency(reader: Reader) -> None:
    """Refusing every record would move the place past all of them."""
    with reading(reader.runtime.engine) as connection:
        if agency_by_code(connection, reader.source.agency) is None:
            raise SourceFault(
                f"agency {reader.source.agency!r} is not known here; see PULL_AGENCY, or add it: "
                "python -m bot agency add CODE --name NAME"
            )


def _read_on(reader: Reader, service: Service, pulled: Pulled) -> None:
    cursor: Cursor | None = _opened(reader, service)
    _check_agency(reader)
    while cursor is not None and cursor.until is not None and not reader.leave():
        ask = Ask(service, cursor.since, cursor.until, cursor.page)
        page = read_page(reader.source, ask, reader.patience)
        key = FeedKey(KEY_ID, reader.source.agency, all_agencies=False)
        call = NationalCall(reader.source.agency, service, page.records)
        verdicts = register_national(reader.runtime, key, call)
        note_fed(reader.runtime, agencies_told(call, verdicts))
        _count(pulled, verdicts)
        cursor = _moved(reader, cursor, page.following)


def _opened(reader: Reader, service: Service) -> Cursor | None:
    """The cursor with an open window; None when another reader is at it just now."""
    now, name = reader.runtime.now(), reader.name(service)
    with reader.runtime.engine.begin() as connection:
        before = cursor_of(connection, name)
        if before is not None and before.until is not None:
            return before
        place = before or Cursor(name)
        after = replace(place, until=now, page=FIRST_PAGE, tried_at=now)
        if before is not None:
            return after if move_cursor(connection, before, after) else None
        try:
            with connection.begin_nested():
                begin_cursor(connection, after)
        except IntegrityError:
            return None
    return after


def _moved(reader: Reader, before: Cursor, following: str | None) -> Cursor | None:
    """The cursor after a page was stored; None when another reader moved it meanwhile."""
    now = reader.runtime.now()
    if following is not None:
        after = replace(before, page=following, tried_at=now, fault=None)
    else:
        since = before.until - OVERLAP if before.until else None
        after = replace(
            before, since=since, until=None, page="", succeeded_at=now, tried_at=now, fault=None
        )
    with reader.runtime.engine.begin() as connection:
        return after if move_cursor(connection, before, after) else None


def _count(pulled: Pulled, verdicts: Sequence[Verdict]) -> None:
    pulled.pages += 1
    pulled.outcomes.update(str(verdict.outcome) for verdict in verdicts)
    refused = [verdict for verdict in verdicts if verdict.refusal]
    pulled.refused += refused
    for verdict in refused[:MOST_NAMED]:
        if verdict.refusal:
            logger.warning("pull.refused", code=verdict.code, why=str(verdict.refusal.cause))
