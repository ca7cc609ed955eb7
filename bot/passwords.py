"""Console passwords: hashed with argon2id, checked, and made up when nobody types one."""

import secrets
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from bot.core.log_in import plain_password

# Source: OWASP Password Storage Cheat Sheet, argon2id with 19 MiB: a flood of log-ins must not
# take the memory and cores that the chat lives on.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
# Without letters that are read for one another; five groups of four are 99 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 4


def hash_password(password: str) -> str:
    """The argon2id hash to be stored."""
    return _HASHER.hash(plain_password(password))


def is_password(stored: str | None, typed: str) -> bool:
    """Whether the typed password is that of the hash; no hash takes as long to say no."""
    try:
        _HASHER.verify(stored or _nobodys(), plain_password(typed))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def made_up_password() -> str:
    """A random password that can be read out: `abcd-efgh-jkmn-pqrs-tuvw`."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_hex(16))
