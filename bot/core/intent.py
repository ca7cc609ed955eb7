"""Turns what a citizen typed into what the citizen wants: codes first, then commands in words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.result_number import asked_number, is_distinct
from bot.core.words import IDEAS, PARTICLES, PAYLOADS, RULES, WHOLE
from receipts.clean import clean, fold
from receipts.code import after_keyword
from receipts.lookalikes import codes_or_other
from receipts.style import Lookalike


class Kind(StrEnum):
    """What a text asks for, or what it holds in the place of a receipt code."""

    CODES = "codes"
    LOOKUP = "lookup"
    RESULT = "result"  # whether the result of this number is in force
    SLIP_HELP = "slip help"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    HANDOVER = "handover"
    COMPLAINT = "complaint"  # came for a result and found none
    END_TALK = "end talk"  # the talk with a clerk
    MY_DOSSIERS = "my dossiers"
    MY_DATA = "my data"  # what is kept about me
    FOLLOW = "follow"
    STOP = "stop"
    FORGET = "forget"
    NEWS_STOP = "no announcements"
    NEWS = "announcements again"
    RECLAIM = "reclaim"  # take a phone just proved off those who proved it before
    PARTIAL_CODE = "partial code"
    IMPOSSIBLE_DATE = "impossible date"
    PHONE = "phone"
    CITIZEN_ID = "citizen id"
    TAX_NUMBER = "tax number"
    INSURANCE = "insurance number"
    PROCEDURE_CODE = "procedure code"
    DOCUMENT_NUMBER = "document number"
    PARCEL = "parcel number"
    OTP = "one-time code"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a citizen wants; `codes` are canonical, in order of appearance, each once.

    Shape: `number` is the number of a result that is asked for, as typed, "" for none. It may hold
           what reads as a code, as a tax number at its beginning does.
    """

    kind: Kind
    codes: tuple[str, ...] = ()
    number: str = ""

    @property
    def looks_up(self) -> bool:
        """Whether something is looked up, and counts against the limits."""
        return bool(self.codes or self.number)


# These are meant even when a number stands beside them ("gặp cán bộ, sđt 0905 …").
_FIRM = frozenset({Kind.HANDOVER, Kind.FORGET, Kind.STOP, Kind.NEWS_STOP})
# What a question for a result's number may look like besides; other wishes and numbers go first.
_MAY_BE_RESULT = frozenset({Kind.LOOKUP, Kind.UNKNOWN, Kind.DOCUMENT_NUMBER})
_MAY_STAND_IN_IT = frozenset({Kind.PHONE, Kind.CITIZEN_ID, Kind.PARTIAL_CODE, Kind.PROCEDURE_CODE})
_KIND_OF_OTHER = {other: Kind[other.name] for other in Lookalike if other.name in Kind.__members__}
_WORD = re.compile(r"[a-z0-9]+|\?")
_SIX = re.compile(r"\W*([0-9]{3})[ -]?([0-9]{3})[\s.]*")
_SIX_NAMED = re.compile(r"(?<![^\W_])(?:otp|ma xac nhan|ma xac thuc)\D{0,48}([0-9]{6})(?![0-9])")
_WHOLE_AT_MOST = 8  # words; a longer text is read by the ideas in it


def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for idea, listed in IDEAS.items():
        for phrase in listed.split(", "):
            first, *rest = phrase.split()
            table.setdefault(first, []).append((tuple(rest), idea))
    return table


_PHRASES = _phrases()


def _ideas(words: list[str]) -> set[str]:
    found: set[str] = set()
    for at, word in enumerate(words):
        for rest, idea in _PHRASES.get(word, ()):
            if idea not in found and tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                found.add(idea)
    return found


def _whole(words: list[str]) -> Kind | None:
    if all(word == "?" for word in words):
        return Kind.HELP
    end = len(words)
    while end > 1 and words[end - 1] in PARTICLES | {"?"}:
        end -= 1
    name = WHOLE.get(" ".join(words)) or WHOLE.get(" ".join(words[:end]))
    return None if name is None else Kind[name]


def _command(folded: str) -> Kind | None:
    payload = folded.strip().removeprefix("#")
    if payload != folded.strip():
        name = PAYLOADS.get("".join(char for char in payload if char.isalpha()))
        if name is not None:
            return Kind[name]
    words = _WORD.findall(folded)
    if not words:
        return None
    if len(words) <= _WHOLE_AT_MOST:
        whole = _whole(words)
        if whole is not None:
            return whole
    ideas = _ideas(words)
    for kind, needed in RULES:
        if ideas.issuperset(needed):
            return Kind[kind]
    return None


def wants_clerk(text: str) -> bool:
    """Whether a text asks for a clerk, also where a receipt code stands in it."""
    return _command(fold(clean(text))) is Kind.HANDOVER


def one_time_code(text: str) -> str | None:
    """The six digits of a text that is a one-time code ("123 456", "OTP: 123456"), else None.

    Source: interfaces 5, proving a phone; whether a proof is open is the caller's to know.
    """
    return _six_digits(fold(clean(text)))


def _six_digits(folded: str) -> str | None:
    alone = _SIX.fullmatch(folded)
    if alone is not None:
        return alone[1] + alone[2]
    named = _SIX_NAMED.search(folded)
    return None if named is None else named[1]


def read_intent(text: str, keyword: str = "MCKH") -> Intent:
    """What a citizen's text asks for.

    Shape:  any str, in linear time. Codes win over every command in the same text; a wish for a
            clerk, for silence or for deletion wins over a number that is no code; any other
            command only over a date or a document number. Where the number of a result is asked
            for, it is told beside the codes that it may hold.
    Source: domain-facts 2.3, 8.1; interfaces 5.
    """
    text = clean(text)
    codes, other = codes_or_other(text, keyword)
    number = asked_number(text) or ""
    if codes:
        return Intent(Kind.CODES, tuple(code.canonical for code in codes), number)
    kind = _without_code(text, other, keyword)
    return Intent(Kind.RESULT, number=number) if _asks_result(number, kind) else Intent(kind)


def _asks_result(number: str, kind: Kind) -> bool:
    """Whether a number is asked for that is no other: a phone behind "kq" stays a phone."""
    if not number:
        return False
    return kind in _MAY_BE_RESULT or (kind in _MAY_STAND_IN_IT and is_distinct(number))


def _without_code(text: str, other: Lookalike | None, keyword: str) -> Kind:
    """What a clean text asks for in which no code stands, but perhaps something like one."""
    folded = fold(text)
    if not folded.strip():
        return Kind.EMPTY
    command = _command(folded)
    if command in _FIRM:
        return command
    if _six_digits(folded) is not None:
        return Kind.OTP
    stated = _KIND_OF_OTHER.get(other) if other is not None else None
    if stated is not None and stated is not Kind.DOCUMENT_NUMBER:
        return stated
    if command is None and stated is None and after_keyword(text, keyword):
        return Kind.PARTIAL_CODE  # "MCKH 12345": a code was meant
    return command or stated or Kind.UNKNOWN
