"""What a slip's link shows: where its dossier stands and how to be told, in the house's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from prometheus_client import Counter

from bot.answer import Answerer
from bot.core.dossier import Timing, timing
from bot.core.notice_rules import is_in_result
from bot.core.step_line import (
    Advice,
    Line,
    Place,
    Stage,
    advice,
    may_be_fetched,
    step_line,
)
from bot.runtime import Runtime
from bot.slip_link import signed_code, slip_keys
from bot.store.slip_status import SlipStatus, SlipStatuses
from bot.texts.catalogue import Catalogue

# Asked for in place of what is not rightly signed, so that refusing takes as long as not finding.
NOBODYS_CODE = "-"
WAY = "qr"  # in the counts of lookups

STAGES: Mapping[Stage, str] = {
    Stage.SUBMITTED: "page.stage_submitted",
    Stage.RECEIVED: "page.stage_received",
    Stage.WORKED_ON: "page.stage_worked_on",
    Stage.READY: "page.stage_ready",
    Stage.HANDED_OUT: "page.stage_handed_out",
    Stage.SUPPLEMENT: "page.stage_supplement",
    Stage.PAYMENT: "page.stage_payment",
    Stage.REFUSED: "page.stage_refused",
    Stage.WITHDRAWN: "page.stage_withdrawn",
    Stage.STOPPED: "page.stage_stopped",
}
PLACES: Mapping[Place, str] = {
    Place.DONE: "page.place_done",
    Place.PRESENT: "page.place_present",
    Place.AHEAD: "page.place_ahead",
}
ADVICE: Mapping[Advice, str] = {
    Advice.WAIT: "page.advice_wait",
    Advice.LATE: "page.advice_late",
    Advice.SUPPLEMENT: "page.advice_supplement",
    Advice.PAYMENT: "page.advice_payment",
    Advice.RESULT: "page.advice_result",
    Advice.RETURNED: "page.advice_returned",
    Advice.REFUSED: "page.advice_refused",
    Advice.WITHDRAWN: "page.advice_withdrawn",
    Advice.STOPPED: "page.advice_stopped",
}
# What stands on the pages whatever the dossier, by the name it has there.
WORDS: Mapping[str, str] = {
    "house": "page.house",
    "heading": "page.heading",
    "line": "page.line",
    "due": "page.due",
    "agency": "page.agency",
    "address": "page.address",
    "open_hours": "page.open_hours",
    "hotline": "page.hotline",
    "to_do": "page.to_do",
    "told": "page.told",
    "by_zalo": "page.by_zalo",
    "zalo_label": "page.zalo_label",
    "open_zalo": "page.open_zalo",
    "by_sms": "page.by_sms",
    "sms_label": "page.sms_label",
    "open_sms": "page.open_sms",
    "copy_it": "page.copy_it",
    "copied": "page.copied",
    "not_copied": "page.not_copied",
    "privacy": "page.privacy",
    "unknown": "page.unknown",
    "unknown_why": "page.unknown_why",
    "unknown_do": "page.unknown_do",
    "away": "page.away",
    "away_do": "page.away_do",
}


class _Standing(NamedTuple):
    status: int
    step: str


@lru_cache(maxsize=1024)
def _is_ready(standing: _Standing) -> bool:
    """The steps of a province are a few hundred, and folding one takes longer than knowing it."""
    return is_in_result(standing)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the way, in words."""

    name: str
    place: Place
    place_words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page says of one dossier; it holds nothing of a person.

    Shape: `link` is the slip's own, upper-cased; `due` is dd/mm/yyyy or empty; what the agency's
           desk has not said of itself is empty.
    """

    code: str
    sentence: str
    late: bool
    line: Line
    advice: str
    due: str
    agency: str
    address: str
    open_hours: str
    hotline: str
    as_of: str
    link: str


@dataclass(slots=True)
class SlipDesk:
    """Looks behind slips' links for one process."""

    runtime: Runtime
    _keys: tuple[bytes, ...] = field(init=False, repr=False)
    _statuses: SlipStatuses = field(init=False, repr=False)
    _counts: dict[str, Counter] = field(init=False, repr=False)
    _zone: ZoneInfo = field(init=False)
    _minute: tuple[datetime | None, str] = field(init=False, default=(None, ""))

    def __post_init__(self) -> None:
        self._statuses = SlipStatuses(self.runtime.engine)
        self._zone = self.runtime.settings.zone
        self._keys = slip_keys(self.runtime.settings)
        lookups = self.runtime.metrics.lookups
        self._counts = {one: lookups.labels(WAY, one) for one in ("known", "unknown", "unsigned")}

    def words(self, texts: Catalogue) -> dict[str, str]:
        """What the pages say whatever the dossier, by the names of WORDS, in these words."""
        fillings = {"short_code": self.runtime.settings.sms_short_code}
        return {
            name: texts.render(key, **{one: fillings[one] for one in texts.texts[key].placeholders})
            for name, key in WORDS.items()
        }

    def steps(self, line: Line) -> tuple[Step, ...]:
        """The stages of a way in words."""
        render = self.runtime.texts.render
        return tuple(
            Step(render(STAGES[stage]), place, render(PLACES[place])) for stage, place in line
        )

    def show(self, tail: str) -> Shown | None:
        """What the link with this tail (`CODE.SIG`, any case) shows.

        Result: None alike for a wrong signature and an unknown code; both ask the database once.
        Errors: those of bot.database.AWAY.
        Source: interfaces 3 and 5 (Slip QR); domain-facts 0 row 8.
        """
        code = signed_code(self._keys, tail)
        found = self._statuses.by_code(code or NOBODYS_CODE)
        if found is None or code is None:
            self._count("unknown" if code else "unsigned")
            return None
        self._count("known")
        return self._shown(found, tail, self.runtime.now())

    def _count(self, result: str) -> None:
        self._counts[result].inc()

    def _shown(self, found: SlipStatus, tail: str, now: datetime) -> Shown:
        progress, zone = found.progress, self._zone
        ready = _is_ready(_Standing(progress.status, progress.step))
        when = timing(progress, now, zone)
        late = when is Timing.LATE
        to_do = advice(progress.status, ready, self._may_come(found, ready, now), late)
        return Shown(
            code=progress.code,
            sentence=Answerer(self.runtime, now, {}).sentence(progress, when),
            late=late,
            line=step_line(progress.status, ready, found.received),
            advice=self._advice(to_do, found.agency),
            due=f"{progress.due_at.astimezone(zone):%d/%m/%Y}" if progress.due_at else "",
            agency=found.agency,
            address=found.address or "",
            open_hours=found.open_hours or "",
            hotline=found.hotline or "",
            as_of=self._as_of(now),
            link=f"{self.runtime.settings.public_url}/T/{tail}".upper(),
        )

    def _as_of(self, now: datetime) -> str:
        """The same words for everybody within a minute."""
        minute, words = self._minute
        if now.replace(second=0, microsecond=0) != minute:
            minute = now.replace(second=0, microsecond=0)
            time = f"{minute.astimezone(self._zone):%H giờ %M phút ngày %d/%m/%Y}"
            words = self.runtime.texts.render("page.as_of", time=time)
            self._minute = (minute, words)
        return words

    def _may_come(self, found: SlipStatus, ready: bool, now: datetime) -> bool:
        """A result is told once it was held for as long as its agency wishes, papers at once."""
        if not ready:
            return found.at_desk
        hold = timedelta(minutes=found.result_hold_minutes)
        return may_be_fetched(found.progress, found.changed_at, hold, now)

    def _advice(self, what: Advice, agency: str) -> str:
        texts, key = self.runtime.texts, ADVICE[what]
        named = texts.texts[key].placeholders
        return texts.render(key, **({"agency": agency} if named else {}))
