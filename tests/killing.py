"""A process that is killed between two transactions, as a test sees it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Engine, event


class Killed(BaseException):
    """What stands for a SIGKILL: nothing catches it."""


@contextmanager
def killed_at_commit(engine: Engine, number: int) -> Iterator[None]:
    """The process dies just before it commits for the nth time."""
    commits = count(1)

    def die(_connection: Any) -> None:
        if next(commits) == number:
            raise Killed

    event.listen(engine, "commit", die)
    try:
        yield
    finally:
        event.remove(engine, "commit", die)


def killed_at_every_commit(engine: Engine, work: Callable[[], object], step: int = 1) -> int:
    """Begin a work again and again, killed `step` commits later each time, until it is through.

    Result: how often it was killed.
    """
    for killed, number in enumerate(count(1, step)):
        try:
            with killed_at_commit(engine, number):
                work()
        except Killed:
            continue
        return killed
    raise AssertionError("unreachable")
