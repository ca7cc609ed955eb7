"""How long a text gets by SMS, agency by agency: characters, alphabet, parts that are billed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.agency import Agency
from bot.core.ladder import RUNGS
from bot.core.notice import NoticeEvent, Rung
from bot.core.sms_text import is_gsm7
from bot.doctor_texts import judge
from bot.notice_text import TEXTS
from bot.texts.catalogue import Catalogue

# What goes by SMS and names a dossier, by the text that says it.
EVENTS: Mapping[str, NoticeEvent] = {
    key: event
    for event, key in TEXTS.items()
    if event is NoticeEvent.STEP
    or (Rung.SMS in RUNGS.get(event, ()) and event is not NoticeEvent.OTP)
}
MOST_SHOWN = 50  # agencies, those that cost most first


@dataclass(frozen=True, slots=True)
class AgencySms:
    """One text by SMS for one agency at its longest; `usual` is its parts at its best."""

    code: str
    name: str
    unicode: bool
    characters: int
    parts: int
    usual: int

    @property
    def alphabet(self) -> str:
        """What it is billed by."""
        return "UCS-2" if self.unicode else "GSM-7"


def agencies_sms(texts: Catalogue, key: str, agencies: Sequence[Agency]) -> list[AgencySms]:
    """A text by SMS for every agency, those that cost most first; none where it names no dossier.

    Shape:  the lookup sentence stands for agencies that have steps told by SMS, and for answers
            to the short code, which are always unaccented.
    Source: domain-facts 0.2 and 6.1; the same reckoning as the doctor's.
    """
    event = EVENTS.get(key)
    if event is None:
        return []
    found = [_one(texts, event, agency) for agency in agencies]
    return sorted(found, key=lambda one: (-one.parts, -one.characters, one.code))


def worst_sms(texts: Catalogue, key: str, agencies: Sequence[Agency]) -> AgencySms | None:
    """The agency for which a text by SMS costs most; only the longest names are looked at."""
    if key not in EVENTS:
        return None
    longest = {agency.sms_unicode: agency for agency in sorted(agencies, key=_name_length)}
    return next(iter(agencies_sms(texts, key, list(longest.values()))), None)


def _name_length(agency: Agency) -> int:
    return len(agency.sms_name or agency.name)


def _one(texts: Catalogue, event: NoticeEvent, agency: Agency) -> AgencySms:
    name = agency.sms_name or agency.name
    long = judge(texts, event, name, agency.sms_unicode)
    accented = agency.sms_unicode and not is_gsm7(texts.texts[TEXTS[event]].words)
    return AgencySms(agency.code, name, accented, long.characters, long.parts, long.usual)
