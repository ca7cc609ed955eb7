"""Rules of logging in: what a password must be, when tries lock, when a session ends."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.core.staff import Role

# Source: domain-facts 7.2 (a password without a second factor).
LEAST_PASSWORD = 14
MOST_PASSWORD = 200
MOST_FAILURES = 5  # wrong passwords in a row
LOCK = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# A session's last sight is written down no more often than this.
SIGHT = timedelta(minutes=1)
# Source: domain-facts 7.2 (an administrator's password; an account nobody uses).
ADMINISTRATORS_PASSWORD = timedelta(days=60)
UNUSED = timedelta(days=45)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")
LEAST_LETTERS = 5  # different ones; fewer are a key held down


class PasswordFault(StrEnum):
    """Why a password cannot be taken."""

    SHORT = "password.short"
    LONG = "password.long"
    PLAIN = "password.plain"  # a key held down, or a row of the keyboard
    LOGIN = "password.login"  # holds the account's own name
    UNPRINTABLE = "password.unprintable"
    USED = "password.used"  # the one in force


class EndedWhy(StrEnum):
    """Why a session ended."""

    LOGOUT = "logout"
    IDLE = "idle"
    AGE = "age"
    PASSWORD = "password"  # noqa: S105  (a reason, not a secret)
    DISABLED = "disabled"


def plain_login(typed: str) -> str:
    """A login as it is stored: lower case, without blanks around it; empty when it is none."""
    plain = unicodedata.normalize("NFC", typed).strip().lower()
    return plain if _LOGIN.fullmatch(plain) else ""


def plain_password(typed: str) -> str:
    """A password as it is hashed: composed, as keyboards write Vietnamese in two ways."""
    return unicodedata.normalize("NFC", typed)


def password_fault(login: str, password: str) -> PasswordFault | None:
    """Why an account cannot have this password; None when it can.

    Units:  characters, composed.
    Source: domain-facts 7.2: at least 14 where there is no second factor.
    """
    if len(password) < LEAST_PASSWORD:
        return PasswordFault.SHORT
    if len(password) > MOST_PASSWORD:
        return PasswordFault.LONG
    if not password.isprintable():
        return PasswordFault.UNPRINTABLE
    if len(login) > 3 and login in password.lower():  # "lan" and "hoa" are words of any sentence
        return PasswordFault.LOGIN
    if len(set(password)) < LEAST_LETTERS or _is_a_row(password):
        return PasswordFault.PLAIN
    return None


def _is_a_row(password: str) -> bool:
    """Whether each character is the next one, as in "abcdefghijklmn" and "12345678901234"."""
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return steps <= {1, -9} or steps <= {-1, 9}


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a wrong password was typed in a row, and until when no more is heard."""

    failures: int
    locked_until: datetime | None


def another_try(tries: Tries, now: datetime) -> Tries | None:
    """The tries when one more is let in, counted as wrong until it proves right.

    Result: None while the account is locked. The fifth wrong one locks; after the lock the
    count begins anew.
    """
    if tries.locked_until is not None and now < tries.locked_until:
        return None
    failures = 1 if tries.locked_until is not None else tries.failures + 1
    return Tries(failures, now + LOCK if failures >= MOST_FAILURES else None)


def must_change(roles: Collection[Role], changed: datetime, now: datetime) -> bool:
    """Whether a password is too old for what its account may do."""
    return Role.ADMINISTRATOR in roles and now - changed >= ADMINISTRATORS_PASSWORD


def is_unused(last_login: datetime | None, password_changed: datetime, now: datetime) -> bool:
    """Whether an account lay idle for so long that it is closed; a new password opens it."""
    return now - max(last_login or password_changed, password_changed) >= UNUSED


def session_end(created: datetime, seen: datetime, now: datetime) -> EndedWhy | None:
    """Why a session is over by the clock; None while it holds."""
    if now - created >= LONGEST:
        return EndedWhy.AGE
    if now - seen >= IDLE:
        return EndedWhy.IDLE
    return None
