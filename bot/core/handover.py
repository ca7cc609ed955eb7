"""A talk handed over to clerks: what in it is for the bot, and how long it may be answered."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.intent import Kind
from bot.core.ladder import FREE_WINDOW
from bot.core.result_number import is_command
from bot.core.words import PARTICLES
from receipts.clean import clean, fold

SILENCE = timedelta(hours=48)  # after an answer, with no word from the citizen
# An unanswered question stays until no carrier lets anybody answer it: zalo-platform 3.6.
UNANSWERABLE = timedelta(days=7)
WISH_KEPT = timedelta(minutes=30)  # so long a code that is sent opens the talk that was asked for
SHORT = 6  # words; a longer text that sounds like a command is told to a clerk
WISH_WORDS = 4  # words; a longer "gặp cán bộ …" within a talk says more than that

_WORD = re.compile(r"[a-z0-9]+")
_ENDS = frozenset({"thoi", "ket thuc"})
# Obeyed wherever they stand: whoever wants silence or deletion is not kept talking.
_ALWAYS = frozenset({Kind.STOP, Kind.NEWS_STOP, Kind.FORGET, Kind.RECLAIM, Kind.EMPTY})
_WHEN_SHORT = frozenset({Kind.MY_DOSSIERS, Kind.FOLLOW})
# Of the other commands only these very words: "hồ sơ xong chưa" is a question to the clerk.
_COMMANDS = frozenset(
    {"tra cuu", "tro giup", "huong dan", "menu", "help", "giay hen", "ma ho so", "ma so"}
)


class Ending(StrEnum):
    """Why a talk is over."""

    STAFF = "staff"
    CITIZEN = "citizen"
    SILENCE = "silence"
    MOVED = "moved"  # the citizen asked for another agency's desk
    UNFOLLOW = "unfollow"
    FORGET = "forget"
    WITHDRAW = "withdraw"
    NO_CODE = "no code"  # asked for, and no code came that says which desk


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a citizen may be answered: free of charge, and at all."""

    free_until: datetime
    until: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether an answer may still go."""
        return now < self.until

    def is_free(self, now: datetime) -> bool:
        """Whether an answer costs nothing."""
        return now < self.free_until


def window(last_interaction_at: datetime | None, most: timedelta) -> Window | None:
    """The window after a citizen's last interaction; None when there never was one.

    Shape:  `most` is the setting CHAT_WINDOW_HOURS.
    Source: zalo-platform 3.6 (free for 48 hours, paid for up to 7 days).
    """
    if last_interaction_at is None:
        return None
    return Window(last_interaction_at + min(FREE_WINDOW, most), last_interaction_at + most)


def plain_words(text: str) -> list[str]:
    """A text's words, folded, without the particles at its end."""
    words = _WORD.findall(fold(clean(text)))
    while len(words) > 1 and words[-1] in PARTICLES:
        words.pop()
    return words


def ends_talk(text: str, kind: Kind) -> bool:
    """Whether a text within a talk ends it: "kết thúc", or "thôi" and no more.

    Shape: "#THOI", a button's, ends the notices and not the talk, as "thôi theo dõi" does.
    """
    if kind is Kind.END_TALK:
        return True
    return not text.lstrip().startswith("#") and " ".join(plain_words(text)) in _ENDS


def is_for_bot(text: str, kind: Kind) -> bool:
    """Whether the bot answers a text within a talk as always, and no clerk is shown it.

    Shape: for texts without a receipt code; `kind` is what `read_intent` says of the text.
    """
    if kind in _ALWAYS or (text.lstrip().startswith("#") and kind is not Kind.UNKNOWN):
        return True
    words = plain_words(text)
    if kind is Kind.RESULT:
        return is_command(text)  # "kết quả 12/GP" is said to the clerk, "KQ 12/GP" to the bot
    if kind in _WHEN_SHORT:
        return len(words) <= SHORT
    return " ".join(words) in _COMMANDS


def is_bare_wish(text: str) -> bool:
    """Whether a wish for a clerk says no more than that."""
    return len(plain_words(text)) <= WISH_WORDS


def is_wish_over(asked_at: datetime, now: datetime) -> bool:
    """Whether a wish for a clerk, whose desk is not known, is too old to be meant still."""
    return now - asked_at > WISH_KEPT
