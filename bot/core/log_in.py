"""Rules of logging in: what a password must be, when tries lock, when a session ends."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from itertools import pairwise

from bot.core.common_passwords import folded, is_common
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
FORMER_PASSWORDS = 10  # the last ones, none of which comes back
UNUSED = timedelta(days=45)
REVIEWED_EVERY = timedelta(days=183)
# Refused log-ins of one place, whoever they were for, before it has to wait. Right ones count for
# nothing: at eight o'clock a whole office logs in from behind one address.
MOST_REFUSED = 100
REFUSED_WINDOW = timedelta(minutes=15)
KNOWN_HERE = timedelta(days=30)  # who logged in from there within these is let in all the same
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")
LEAST_LETTERS = 5  # different ones; fewer are a key held down


class PasswordFault(StrEnum):
    """Why a password cannot be taken."""

    SHORT = "password.short"
    LONG = "password.long"
    PLAIN = "password.plain"  # a key held down, or a row of the keyboard
    COMMON = "password.common"  # made of what everybody tries first
    LOGIN = "password.login"  # holds the account's own login
    NAME = "password.name"  # holds the person's name
    UNPRINTABLE = "password.unprintable"
    USED = "password.used"  # the one in force, or one of the last ones


class EndedWhy(StrEnum):
    """Why a session ended."""

    LOGOUT = "logout"
    IDLE = "idle"
    AGE = "age"
    PASSWORD = "password"  # noqa: S105  (a reason, not a secret)
    DISABLED = "disabled"
    FACTOR = "factor"  # the second factor was set up anew, or taken away
    SIGN_ON = "sign_on"  # how the account may log in was changed


def plain_login(typed: str) -> str:
    """A login as it is stored: lower case, without blanks around it; empty when it is none."""
    plain = unicodedata.normalize("NFC", typed).strip().lower()
    return plain if _LOGIN.fullmatch(plain) else ""


def plain_password(typed: str) -> str:
    """A password as it is hashed: composed, as keyboards write Vietnamese in two ways."""
    return unicodedata.normalize("NFC", typed)


def password_fault(login: str, password: str, name: str = "") -> PasswordFault | None:
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
    return _guessed_of_person(login, password, name) or _guessed_of_anybody(password)


def _guessed_of_person(login: str, password: str, name: str) -> PasswordFault | None:
    if len(login) > 3 and login in password.lower():  # "lan" and "hoa" are words of any sentence
        return PasswordFault.LOGIN
    whole = folded(name)
    if len(whole) > 6 and whole in folded(password):
        return PasswordFault.NAME
    return None


def _guessed_of_anybody(password: str) -> PasswordFault | None:
    if len(set(password)) < LEAST_LETTERS or _is_a_row(password):
        return PasswordFault.PLAIN
    return PasswordFault.COMMON if is_common(password) else None


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


def taken_back(tries: Tries) -> Tries:
    """The tries without the one that was counted last: it was right, but not yet all of it."""
    return Tries(max(0, tries.failures - 1), None)


def must_change(
    roles: Collection[Role], changed: datetime, now: datetime, most_days: int = 0
) -> bool:
    """Whether a password is too old for what its account may do.

    Units: `most_days` an ordinary account's password lasts; 0: for ever.
    """
    administers = Role.ADMINISTRATOR in roles and now - changed >= ADMINISTRATORS_PASSWORD
    return administers or 0 < most_days <= (now - changed).days


def is_unused(
    last_login: datetime | None,
    password_changed: datetime,
    now: datetime,
    reopened: datetime | None = None,
) -> bool:
    """Whether an account lay idle for so long that it is closed.

    Shape: a new password, or being opened again, counts as use.
    """
    signs = (last_login, password_changed, reopened)
    return now - max(sign for sign in signs if sign is not None) >= UNUSED


def review_due(reviewed: datetime, now: datetime) -> bool:
    """Whether an account has to be confirmed anew, since it was made or last confirmed.

    Source: domain-facts 7.2 (access review every 6 months).
    """
    return now - reviewed >= REVIEWED_EVERY


def refusal_place(address: str) -> str:
    """What refused log-ins are counted by: an IPv4 address, or an IPv6 network; else "".

    A home has a whole network of 64 bits, so that single addresses of it count for nothing.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((found.packed, 64), strict=False))


def session_end(created: datetime, seen: datetime, now: datetime) -> EndedWhy | None:
    """Why a session is over by the clock; None while it holds."""
    if now - created >= LONGEST:
        return EndedWhy.AGE
    if now - seen >= IDLE:
        return EndedWhy.IDLE
    return None
