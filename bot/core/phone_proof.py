"""Proving a phone with a one-time code: pure rules over what was asked for and tried."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.core.phone import PhoneReading, read_phone
from receipts.clean import clean, fold

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
MOST_A_DAY = 3  # codes, for one phone and for one citizen
# So long a code that is over is spoken of; after that six digits mean nothing again.
REMEMBERED = timedelta(hours=1)
_WORD = re.compile(r"[a-z]+")
# What people write around their own number, folded; any other word means something else.
_LISTED = (
    "sdt sodienthoai dt dtdd dien thoai di dong so dung mobile tel phone zalo la cua toi toii minh "
    "em con chau chi anh ong ba co chu bac nha gia dinh day ne nhe a ah ak nhan tin thong bao theo "
    "doi dang ky xac nhan qua gui cho ma otp cung moi them va xin chao da vang oi voi ghi tren "
    "giay hen nop ho"
)
_OWN_WORDS = frozenset(_LISTED.split())


class ProofState(StrEnum):
    """What became of a code."""

    OPEN = "open"
    PROVED = "proved"
    DEAD = "dead"  # tried too often
    REPLACED = "replaced"  # by a newer one, or no longer wanted


class Verdict(StrEnum):
    """What six digits from a citizen are."""

    NO_CODE = "no code"  # nothing waits for digits
    RIGHT = "right"
    WRONG = "wrong"
    LAST_WRONG = "last wrong"  # the code died of it
    DEAD = "dead"
    EXPIRED = "expired"
    REPEATED = "repeated"  # the digits that proved the phone, once more


@dataclass(frozen=True, slots=True)
class Proof:
    """A phone on its way to being proved; `phone` is sealed, `code_mark` a keyed hash.

    Shape: `words_digest` is of the words that asked for consent; None for a code of before.
    """

    id: int
    phone_index: bytes
    phone: bytes
    code_mark: bytes
    how: str
    state: ProofState
    tries: int
    expires_at: datetime
    words_digest: str | None = None


def judge(proof: Proof | None, same: bool, now: datetime) -> Verdict:
    """What the digits are that a citizen sent at `now`.

    Shape:  `proof` is the newest of this citizen; `same` tells whether the digits are its own.
    Source: interfaces 5 (Proving a phone).
    """
    if proof is None or proof.state is ProofState.REPLACED:
        return Verdict.NO_CODE
    if proof.state is ProofState.PROVED:
        return Verdict.REPEATED if same and now < proof.expires_at else Verdict.NO_CODE
    if now >= proof.expires_at + REMEMBERED:
        return Verdict.NO_CODE
    if proof.state is ProofState.DEAD:
        return Verdict.DEAD
    if now >= proof.expires_at:
        return Verdict.EXPIRED
    if same:
        return Verdict.RIGHT
    return Verdict.LAST_WRONG if proof.tries + 1 >= MOST_TRIES else Verdict.WRONG


def tries_left(proof: Proof) -> int:
    """How often this code may be tried again after one more wrong try."""
    return MOST_TRIES - proof.tries - 1


def may_ask(asked_by_citizen: int, asked_for_phone: int) -> bool:
    """Whether one more code may be sent today."""
    return max(asked_by_citizen, asked_for_phone) < MOST_A_DAY


def day_began(now: datetime, zone: tzinfo) -> datetime:
    """The midnight that began today, where the province is."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def stated_phone(text: str) -> PhoneReading | None:
    """The number of a text that only states a phone ("sđt của tôi 0905 …"), else None.

    Shape:  a landline and a number that is none are readings too, so that they can be named; a
            link, and a number beside other words ("tra cứu 0905 …"), state no phone.
    """
    folded = fold(clean(text))
    if "://" in folded or not any(char.isdecimal() for char in folded):
        return None
    if not _OWN_WORDS.issuperset(_WORD.findall(folded)):
        return None
    return read_phone(text)
