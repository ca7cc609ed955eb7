"""What the doctor says of SMS that may grow too long: per agency, before they cost money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.agency import Agency
from bot.core.ladder import RUNGS
from bot.core.notice import Facts, NoticeEvent, Rung
from bot.core.sms_text import sms_parts
from bot.database import reading
from bot.finding import Finding
from bot.notice_text import sms_text
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.texts.catalogue import Catalogue

LONG_CODE = "000.00.17.H32-261122-0001"  # 25 characters, the longest in daily use
SHORT_CODE = "0101701234"
SHORT_NAME = 20  # characters of a good SMS name. Source: domain-facts 0.2
MOST_PARTS = 2
MOST_LINES = 5  # agencies with a line of their own
MOST_NAMED = 20  # agencies named in the line about all others
LONGEST_STEP = "x" * 200  # the feed takes no longer one
ANY_DAY = date(2026, 12, 31)


@dataclass(frozen=True, slots=True)
class TooLong:
    """One text of one agency at its worst, long or not; `usual` is its parts at its best."""

    event: NoticeEvent
    parts: int
    characters: int
    usual: int

    def __str__(self) -> str:
        return f"{self.event} {self.parts} parts ({self.characters} characters)"


def text_findings(runtime: Runtime) -> Iterator[Finding]:
    """Agencies whose SMS may cost more parts than they need; nothing without a gateway.

    Source: domain-facts 0.2 ("warn … when the worst case crosses a part boundary").
    """
    if runtime.settings.sms_gateway == "none":
        return
    with reading(runtime.engine) as connection:
        agencies = all_agencies(connection)
    found = [(agency, long) for agency in agencies if (long := too_long(runtime.texts, agency))]
    for agency, long in found[:MOST_LINES]:
        yield _finding(runtime.texts, agency, long)
    rest = [agency.code for agency, _ in found[MOST_LINES:]]
    if rest:
        named = ", ".join(rest[:MOST_NAMED]) + (" …" if len(rest) > MOST_NAMED else "")
        why = f"SMS of {len(rest)} more agencies may grow as long: {named}"
        do = "run for each: python -m bot agency set CODE --sms-name NAME, or --sms-unicode off"
        yield Finding("warn", "sms.text", why, do)
    elif agencies and not found:
        yield Finding("ok", "sms.text", "no agency's SMS grows over its usual parts")


def too_long(texts: Catalogue, agency: Agency) -> list[TooLong]:
    """The texts that cost one part more than usual at their worst, or more than two.

    Shape: the worst is a code of 25 characters and the agency's name on SMS, the usual one of
           ten digits and at most 20 characters of that name, both in the agency's form.
    """
    return _too_long(texts, agency, agency.sms_name or agency.name)


def _too_long(texts: Catalogue, agency: Agency, name: str) -> list[TooLong]:
    judged = [judge(texts, event, name, agency.sms_unicode) for event in _events(agency)]
    return [one for one in judged if one.parts > one.usual or one.parts > MOST_PARTS]


def _events(agency: Agency) -> list[NoticeEvent]:
    """What goes by SMS and names a dossier."""
    by_sms = [event for event, rungs in RUNGS.items() if Rung.SMS in rungs]
    steps = [NoticeEvent.STEP] if agency.step_sms else []
    return [event for event in (*by_sms, *steps) if event is not NoticeEvent.OTP]


def judge(texts: Catalogue, event: NoticeEvent, name: str, unicode: bool) -> TooLong:
    """How long the SMS of an event gets with this name: at its worst and as usual.

    Shape: the worst is a code of 25 characters and a step of 200, the usual one ten digits and at
           most 20 characters of the name; `unicode` with diacritics, which cost more parts.
    """
    worst = sms_text(texts, _facts(event, LONG_CODE, name), unicode)
    usual = sms_text(texts, _facts(event, SHORT_CODE, name[:SHORT_NAME]), unicode)
    return TooLong(event, sms_parts(worst), len(worst), sms_parts(usual))


def _facts(event: NoticeEvent, code: str, name: str) -> Facts:
    return Facts(
        event,
        code=code,
        shown_code=code,
        agency_name=name,
        step=LONGEST_STEP,
        promised_on=ANY_DAY,
    )


def _finding(texts: Catalogue, agency: Agency, long: Sequence[TooLong]) -> Finding:
    told = ", ".join(str(one) for one in long)
    why = f"by SMS with a code of {len(LONG_CODE)} characters: {told}"
    return Finding("warn", f"sms.text.{agency.code}", why, _remedy(texts, agency))


def _remedy(texts: Catalogue, agency: Agency) -> str:
    """What to type; a name of how many characters would do, where any would."""
    command = f"python -m bot agency set {agency.code}"
    name = agency.sms_name or agency.name
    fits = next(
        (n for n in range(len(name) - 1, 0, -1) if not _too_long(texts, agency, "x" * n)), None
    )
    if fits is not None:
        return f"run: {command} --sms-name NAME, with at most {fits} characters"
    return f"run: {command} --sms-unicode off, or bear the price of the parts"
