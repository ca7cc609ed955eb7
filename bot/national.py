"""Records of the national exchange: read, put together with what is stored, and registered."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.core.national_documents import with_documents
from bot.core.national_form import (
    NationalDossier,
    NationalProgress,
    NotRead,
    Service,
    read_dossier,
    read_progress,
    shown_code,
)
from bot.core.national_state import Sheet, Sync, told_by_dossier, told_by_progress
from bot.core.snapshot import Cause, FeedDossier, Outcome, Refusal, Result
from bot.dossier_book import Desk
from bot.dossier_record import stored_dossier
from bot.post_wish import ToldAddress, keep_told_addresses, news_of
from bot.register import CHUNK, desk_of, register_source
from bot.runtime import Runtime
from bot.store.dossiers import hold_dossiers, whole_dossiers
from bot.store.feed_keys import FeedKey
from bot.store.post_orders import returns_of
from bot.store.progress import (
    Told,
    add_progress,
    newest_syncs,
    progress_rows,
    put_syncs,
)
from bot.vault import blind_index
from receipts.code import read_one

UNKNOWN = Refusal(
    Cause.DOSSIER_UNKNOWN, "progress of a dossier that is not known; send DongBoHoSoMC first"
)


@dataclass(frozen=True, slots=True)
class NationalCall:
    """What came in one call: the sending unit ("madonvi"), the service, and its records."""

    unit: str
    service: Service
    records: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one record; `code` is MaHoSo as it came."""

    code: str
    outcome: Outcome
    warnings: tuple[str, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record that could be read; `code` is canonical, `agency` empty for progress."""

    place: int
    code: str
    record: NationalDossier | NationalProgress
    agency: str = ""


def register_national(runtime: Runtime, key: FeedKey, call: NationalCall) -> list[Verdict]:
    """Judge and store records in order; one verdict each.

    Every dossier goes through the same door as in the own feed, so that codes, staleness and
    history are decided in one place.
    Errors: SQLAlchemyError when they could not be stored; sending the same again does no harm.
    Source: interfaces 3 (the national format); domain-facts 3.4.
    """
    desk = desk_of(runtime, key)
    verdicts: dict[int, Verdict] = {}
    entries: list[_Entry] = []
    for place, record in enumerate(call.records):
        try:
            entries.append(_entry(desk, call, place, record))
        except NotRead as fault:
            code = shown_code(record, place)
            verdicts[place] = Verdict(code, Outcome.REFUSED, refusal=fault.refusal)
    for wave in _waves(entries):
        verdicts.update(_Wave(desk, wave).register())
    return [verdicts[place] for place in range(len(call.records))]


def agencies_told(call: NationalCall, verdicts: Sequence[Verdict]) -> Counter[str]:
    """How many records were taken, by the code of the unit that handles them or sent them."""
    units = (
        str(record.get("DonViXuLy") or call.unit)[:40]
        for record, verdict in zip(call.records, verdicts, strict=True)
        if verdict.outcome is not Outcome.REFUSED
    )
    return Counter({call.unit[:40]: 0} if not call.records else units)


def _entry(desk: Desk, call: NationalCall, place: int, record: Mapping[str, Any]) -> _Entry:
    read: NationalDossier | NationalProgress
    if call.service is Service.DOSSIERS:
        read = with_documents(read_dossier(record), record)
    else:
        read = read_progress(record)
    code = read_one(read.code)
    if code is None:
        raise NotRead(Cause.CODE, "MaHoSo does not read as exactly one receipt code", "MaHoSo")
    if isinstance(read, NationalProgress):
        return _Entry(place, code, read)
    for unit in (read.unit, call.unit):
        if unit in desk.known_agencies:
            return _Entry(place, code, read, unit)
    raise NotRead(
        Cause.AGENCY_UNKNOWN, "neither DonViXuLy nor madonvi is a known agency", "DonViXuLy"
    )


def _waves(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """Records to be stored together: each dossier once, its records in order."""
    for start in range(0, len(entries), CHUNK):
        seen: Counter[str] = Counter()
        waves: dict[int, list[_Entry]] = {}
        for entry in entries[start : start + CHUNK]:
            waves.setdefault(seen[entry.code], []).append(entry)
            seen[entry.code] += 1
        yield from waves.values()


@dataclass(slots=True)
class _Wave:
    """Records of different dossiers, put together with what is stored while it is held."""

    desk: Desk
    entries: Sequence[_Entry]
    _told: list[_Entry] = field(default_factory=list)
    _rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    _syncs: dict[str, Sync] = field(default_factory=dict)
    _addresses: dict[str, ToldAddress] = field(default_factory=dict)
    _address_news: bool = False

    def register(self) -> dict[int, Verdict]:
        """Judge and store; verdicts by place."""
        results = register_source(self.desk, self)
        known = {entry.place: result for entry, result in zip(self._told, results, strict=True)}
        return {entry.place: _verdict(entry, known.get(entry.place)) for entry in self.entries}

    def tell(self, connection: Connection, hold: bool) -> Sequence[FeedDossier]:
        """Put the dossiers together with what is stored of them."""
        codes = {entry.code for entry in self.entries}
        if hold:
            hold_dossiers(connection, codes)
        stored = whole_dossiers(connection, codes)
        ids = [row["id"] for row in stored.values()]
        rows, syncs = progress_rows(connection, ids), newest_syncs(connection, ids)
        self._told, self._rows, self._syncs = [], {}, {}
        self._addresses = self._told_addresses()
        self._address_news = self._any_news(connection, stored)
        dossiers: list[FeedDossier] = []
        for entry in self.entries:
            row = stored.get(entry.code)
            past = rows[row["id"]] if row else []
            sheet = self._sheet(row, past, syncs.get(row["id"])) if row else None
            told = self._whole(entry, sheet, past)
            if told is not None:
                self._told.append(entry)
                dossiers.append(told)
        return dossiers

    def owes(self, results: Sequence[Result]) -> bool:
        """Whether a row, a newest whole record or an address for the post is to be kept."""
        taken = self._taken(results)
        kept = any(code in self._rows or code in self._syncs for code in taken)
        return kept or (bool(taken) and self._address_news)

    def keep(
        self, connection: Connection, ids: Mapping[str, int], results: Sequence[Result]
    ) -> None:
        """Keep progress rows and the newest whole records of what was not refused."""
        taken = self._taken(results)
        rows = [
            {"dossier_id": ids[code], **self._rows[code]} for code in taken if code in self._rows
        ]
        add_progress(connection, rows)
        put_syncs(
            connection, {ids[code]: self._syncs[code] for code in taken if code in self._syncs}
        )
        told = {ids[code]: self._addresses[code] for code in taken if code in self._addresses}
        keep_told_addresses(self.desk, connection, told)

    def _told_addresses(self) -> dict[str, ToldAddress]:
        """Where results are to be sent, by code; nothing without a postal service."""
        if self.desk.runtime.settings.post_service == "none":
            return {}
        records = [(one.code, one.record) for one in self.entries]
        return {
            code: ToldAddress(record.post_address, record.owner_name or "", record.phone or "")
            for code, record in records
            if isinstance(record, NationalDossier) and record.by_post and record.post_address
        }

    def _any_news(self, connection: Connection, stored: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether an address is not known yet to the return that is stored for it."""
        told = {stored[code]["id"]: one for code, one in self._addresses.items() if code in stored}
        known = returns_of(connection, told)
        return any(news_of(one, told[place], self.desk.index) for place, one in known.items())

    def _taken(self, results: Sequence[Result]) -> list[str]:
        pairs = zip(self._told, results, strict=True)
        return [entry.code for entry, one in pairs if one.outcome is not Outcome.REFUSED]

    def _sheet(self, row: Mapping[str, Any], past: Sequence[Told], sync: Sync | None) -> Sheet:
        return Sheet(
            told=stored_dossier(self.desk.runtime.vault, row),
            sync=sync,
            newest_progress=past[-1].moment if past else None,
            text=next((one.step for one in reversed(past) if one.step), None),
        )

    def _whole(
        self, entry: _Entry, sheet: Sheet | None, past: Sequence[Told]
    ) -> FeedDossier | None:
        record = entry.record
        if isinstance(record, NationalDossier):
            sync = Sync(record.moment, record.status)
            before = sheet.sync if sheet else None
            if before is None or (sync.moment >= before.moment and sync != before):
                self._syncs[entry.code] = sync
            return told_by_dossier(replace(record, code=entry.code), entry.agency, sheet)
        if sheet is None:
            return None
        now = self.desk.now
        mark = blind_index(self.desk.index, record.handler or "")
        row = Told(record.moment or now, record.status or 0, mark, record.text)
        if _is_known(row, past, timed=record.moment is not None):
            return sheet.told
        self._rows[entry.code] = self._record(row, record.handler, now)
        return told_by_progress(record, now, sheet)

    def _record(self, row: Told, handler: str | None, now: datetime) -> dict[str, Any]:
        return {
            "moment": row.moment,
            "status": row.status,
            "handler": self.desk.runtime.vault.seal(handler) if handler else None,
            "handler_mark": row.handler_mark,
            "step": row.step,
            "arrived_at": now,
            "feed_key_id": self.desk.key.id,
        }


def _is_known(row: Told, past: Sequence[Told], timed: bool) -> bool:
    """Whether a progress row was told before.

    One without a time of its own is known when it says what the newest row says already.
    """
    if any(one.key == row.key for one in past):
        return True
    return not timed and bool(past) and replace(past[-1], moment=row.moment) == row


def _verdict(entry: _Entry, result: Result | None) -> Verdict:
    code = entry.record.code
    if result is None:
        return Verdict(code, Outcome.REFUSED, refusal=UNKNOWN)
    if result.cause is not None:
        return Verdict(code, Outcome.REFUSED, refusal=Refusal(result.cause, result.why or ""))
    if isinstance(entry.record, NationalProgress):
        return Verdict(code, result.outcome)
    return Verdict(code, result.outcome, (*result.warnings, *entry.record.odd_rows))
