"""One question: what was asked, what we know, and the reply in the province's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.dossier import Progress, Timing, timing
from bot.core.intent import Intent, Kind
from bot.core.limits import MOST_CODES, MOST_LOOKUPS, MOST_MISSES, Allowance, Allowances, Limit
from bot.core.message import Button, Reply
from bot.core.result_number import Standing
from bot.logs import log
from bot.runtime import Runtime
from bot.settings import Settings
from bot.texts.catalogue import Catalogue

logger = log(__name__)

LOCAL_EXAMPLE = "0101701234"
PRIVACY_PAGE = "/quyen-rieng-tu"

# What a citizen who sent no code is told, and which buttons help them on. What concerns phones,
# follows and clerks is answered before, in bot/converse.py.
WITHOUT_CODE: Mapping[Kind, tuple[str, tuple[str, ...]]] = {
    Kind.LOOKUP: ("ask.which_code", ("slip_help",)),
    Kind.RESULT: ("result.unknown", ("another",)),
    Kind.SLIP_HELP: ("talk.slip_help", ("another",)),
    Kind.HELP: ("talk.help", ("slip_help",)),
    Kind.GREETING: ("talk.greeting", ("slip_help", "help")),
    Kind.THANKS: ("talk.thanks", ("another",)),
    Kind.PARTIAL_CODE: ("ask.partial", ("slip_help",)),
    Kind.IMPOSSIBLE_DATE: ("ask.impossible_date", ("slip_help",)),
    Kind.PHONE: ("ask.phone", ("slip_help",)),
    Kind.CITIZEN_ID: ("ask.citizen_id", ("slip_help",)),
    Kind.TAX_NUMBER: ("ask.tax_number", ("slip_help",)),
    Kind.PROCEDURE_CODE: ("ask.procedure_code", ("slip_help",)),
    Kind.DOCUMENT_NUMBER: ("ask.document_number", ("slip_help",)),
    Kind.INSURANCE: ("ask.insurance", ("slip_help",)),
    Kind.PARCEL: ("ask.parcel", ("slip_help",)),
    Kind.OTP: ("ask.partial", ("slip_help",)),
    Kind.EMPTY: ("ask.which_code", ("slip_help", "help")),
    Kind.UNKNOWN: ("talk.unknown", ("slip_help", "help")),
}
RESULTS: Mapping[Standing, str] = {
    Standing.IN_FORCE: "result.in_force",
    Standing.NOT_YET: "result.not_yet",
    Standing.EXPIRED: "result.expired",
    Standing.REVOKED: "result.revoked",
    Standing.NO_TERM: "result.no_term",
    Standing.UNKNOWN: "result.unknown",
}
PAYLOADS = {
    "another": "#TRACUU",
    "slip_help": "#HUONGDAN",
    "help": "#TROGIUP",
    "mine": "#HOSOCUATOI",
    "reclaim": "#GOSO",
    "clerk": "#GAPCANBO",
    "end_talk": "#KETTHUC",
}


def buttons(texts: Catalogue, *names: str) -> tuple[Button, ...]:
    """The buttons of these names, in the catalogue's words."""
    return tuple(Button(texts.render(f"button.{name}"), PAYLOADS[name]) for name in names)


def privacy_address(settings: Settings) -> str:
    """Where citizens read what is kept of them, why and how long."""
    return f"{settings.public_url}{PRIVACY_PAGE}"


@dataclass(frozen=True, slots=True)
class Known:
    """A dossier as a lookup sees it."""

    dossier_id: int
    progress: Progress


@dataclass(slots=True)
class Asked:
    """What one message looked up, for the books and the limits.

    Shape: codes as (code, dossier id or None); of results' numbers only how each is answered.
    """

    lookups: list[tuple[str, int | None]] = field(default_factory=list)
    results: list[Standing] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers the questions of one moment.

    Shape: `known` holds every dossier that was asked for, `results` every result's number.
    """

    runtime: Runtime
    now: datetime
    known: Mapping[str, Known]
    results: Mapping[str, Standing] = field(default_factory=dict)

    def answer(self, intent: Intent, allowances: Allowances, asked: Asked) -> Reply:
        """The one reply to one text; what was looked up is added to `asked` and `allowances`."""
        allowance = allowances.codes
        if intent.number:
            checked = self._result(intent, allowances.results, asked)
            if checked:
                return checked
        if intent.kind is not Kind.CODES:
            return self.without_code(intent.kind)
        if len(intent.codes) == 1:
            return self._one(intent.codes[0], allowance, asked)
        return self._several(intent.codes, allowance, asked)

    def without_code(self, kind: Kind) -> Reply:
        """What can be asked, with an example that fits what came."""
        key, buttons = WITHOUT_CODE[kind]
        return Reply("help", self._fill(key), self._buttons(*buttons))

    def say(self, event: str, key: str, *buttons: str) -> Reply:
        """A text of the catalogue that needs nothing but the example."""
        return Reply(event, self._fill(key), self._buttons(*buttons))

    def sentence(self, progress: Progress, known: Timing | None = None) -> str:
        """The lookup sentence, word for word: a stranger learns step and on-time only.

        Shape: `known` is whether it is on time, where the caller has reckoned it already.
        Source: interfaces 5; domain-facts 0.2 (2017 wording), 0 row 8.
        """
        texts = self.runtime.texts
        when = known or timing(progress, self.now, self.runtime.settings.zone)
        word = texts.render(f"status.{when}")
        return texts.render("status.found", code=progress.code, step=progress.step, timing=word)

    def _one(self, code: str, allowance: Allowance, asked: Asked) -> Reply:
        limit = allowance.reached()
        if limit:
            return Reply("limit", self._limit_line(limit, allowance), self._buttons("help"))
        known = self._look_up(code, allowance, asked)
        if known:
            return Reply("lookup", self.sentence(known.progress), self._buttons("another"))
        text = self.runtime.texts.render("status.unknown", code=code)
        return Reply("lookup", text, self._buttons("slip_help", "another"))

    def _result(self, intent: Intent, allowance: Allowance, asked: Asked) -> Reply | None:
        """Whether a result is in force; None where the text is answered by its codes.

        A code that a dossier has goes first, and so does one that nobody has when no result bears
        the number either: what was answered by code before there were results still is.
        """
        if any(code in self.known for code in intent.codes):
            return None
        standing = self.results.get(intent.number, Standing.UNKNOWN)
        if intent.codes and (standing is Standing.UNKNOWN or allowance.reached()):
            return None
        limit = allowance.reached()
        if limit:
            self._note_limit(limit)
            text = self.runtime.texts.render("result.limit", time=self._free_time(allowance))
            return Reply("limit", text, self._buttons("help"))
        allowance.count(self.now, standing is not Standing.UNKNOWN)
        asked.results.append(standing)
        return Reply("checked", self._fill(RESULTS[standing]), self._buttons("another"))

    def _several(self, codes: tuple[str, ...], allowance: Allowance, asked: Asked) -> Reply:
        lines = []
        limit = None
        for code in codes[:MOST_CODES]:
            limit = allowance.reached()
            if limit:
                lines.append(self._limit_line(limit, allowance))
                break
            known = self._look_up(code, allowance, asked)
            lines.append(
                self.sentence(known.progress)
                if known
                else self.runtime.texts.render("status.unknown_short", code=code)
            )
        if len(codes) > MOST_CODES and not limit:
            count = str(len(codes) - MOST_CODES)
            lines.append(
                self.runtime.texts.render("status.left_out", count=count, most=str(MOST_CODES))
            )
        return Reply(
            "lookup" if asked.lookups else "limit", "\n".join(lines), self._buttons("another")
        )

    def _look_up(self, code: str, allowance: Allowance, asked: Asked) -> Known | None:
        known = self.known.get(code)
        allowance.count(self.now, known is not None)
        asked.lookups.append((code, known.dossier_id if known else None))
        return known

    def _limit_line(self, limit: Limit, allowance: Allowance) -> str:
        self._note_limit(limit)
        most = MOST_LOOKUPS if limit is Limit.LOOKUPS else MOST_MISSES
        time = self._free_time(allowance)
        return self.runtime.texts.render(f"limit.{limit}", most=str(most), time=time)

    def _note_limit(self, limit: Limit) -> None:
        self.runtime.metrics.lookup_limited.labels(str(limit)).inc()
        logger.warning("lookup.limited", why=str(limit))  # many of these: someone guesses codes

    def _free_time(self, allowance: Allowance) -> str:
        """Rounded up, so that who comes back at the minute named is not refused again."""
        free = allowance.free_at().astimezone(self.runtime.settings.zone) + timedelta(seconds=59)
        return f"{free:%H giờ %M phút ngày %d/%m/%Y}"

    def _fill(self, key: str) -> str:
        fillings = {
            "example": self.runtime.settings.example_code,
            "local_example": LOCAL_EXAMPLE,
            "most": str(MOST_CODES),
            "privacy": privacy_address(self.runtime.settings),
            "keyword": self.runtime.settings.sms_keyword.upper(),
        }
        named = self.runtime.texts.texts[key].placeholders
        return self.runtime.texts.render(key, **{name: fillings[name] for name in named})

    def _buttons(self, *names: str) -> tuple[Button, ...]:
        return buttons(self.runtime.texts, *names)
