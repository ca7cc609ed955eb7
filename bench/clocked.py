"""An engine whose transactions are timed, so that bookkeeping can be told from sending."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter, thread_time
from typing import Any, cast

from sqlalchemy import Connection, Engine

from bot.runtime import Runtime


@dataclass(slots=True)
class Clocked:
    """Stands in for an engine; Units: seconds of wall time and of the calling thread's CPU."""

    engine: Engine
    wall: float = 0.0
    cpu: float = 0.0
    transactions: int = 0

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A writing transaction, timed from the pool's checkout to the commit's end."""
        wall, cpu = perf_counter(), thread_time()
        try:
            with self.engine.begin() as connection:
                yield connection
        finally:
            self.wall += perf_counter() - wall
            self.cpu += thread_time() - cpu
            self.transactions += 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


def clocked(runtime: Runtime) -> tuple[Runtime, Clocked]:
    """The same runtime on a timed engine."""
    clock = Clocked(runtime.engine)
    return replace(runtime, engine=cast(Engine, clock)), clock
