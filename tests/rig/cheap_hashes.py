"""Console passwords hashed at the least cost in the test process: a log-in takes no 30 ms there.

Programs that tests start hash as the product does; tests/bot/test_passwords.py holds what it costs.
"""

from argon2 import PasswordHasher, Type

from bot import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)


def hash_cheaply() -> None:
    """From now on, in this process."""
    passwords._HASHER = CHEAP
