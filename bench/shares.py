"""How a sending process's CPU is shared out: the HTTP client, the database, and the rest.

Counted is the CPU time of the thread that makes the call, from its beginning to its end
(`time.thread_time`), so that waiting costs nothing:

- HTTP client: `requests.Session.send`, with urllib3 and the sockets below it;
- database: every function of bot.store that other modules call, with SQLAlchemy, the driver and
  the rows made into our types, and taking a connection, BEGIN and COMMIT.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import isfunction
from time import thread_time
from typing import Any, ParamSpec, TypeVar, cast

import requests
from sqlalchemy import Connection, Engine

from bot.runtime import Runtime

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Shares:
    """Seconds of CPU by what they went to; one entry a call, since many threads add."""

    calls: list[float] = field(default_factory=list)
    store: list[float] = field(default_factory=list)

    @property
    def http(self) -> float:
        """CPU of the HTTP client."""
        return sum(self.calls)

    @property
    def database(self) -> float:
        """CPU of everything about the database."""
        return sum(self.store)


@dataclass(slots=True)
class _Counted:
    """Stands in for an engine; what begins and ends its transactions is counted."""

    engine: Engine
    store: list[float]

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        transaction = self.engine.begin()
        connection = timed(transaction.__enter__, self.store)()
        try:
            yield connection
        except BaseException:
            transaction.__exit__(*sys.exc_info())
            raise
        timed(transaction.__exit__, self.store)(None, None, None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


def timed(function: Callable[P, T], into: list[float]) -> Callable[P, T]:
    """The same function; each call adds its CPU."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        began = thread_time()
        try:
            return function(*args, **kwargs)
        finally:
            into.append(thread_time() - began)

    return call


def shared_out(runtime: Runtime, shares: Shares) -> Runtime:
    """The same runtime, counted; this process is counted for good."""
    session = cast(Any, requests.Session)
    session.send = timed(session.send, shares.calls)
    known: dict[Callable[..., Any], Callable[..., Any]] = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith("bot.") or name.startswith("bot.store"):
            continue
        for attribute, value in list(vars(module).items()):
            if isfunction(value) and value.__module__.startswith("bot.store."):
                counted = known.setdefault(value, timed(value, shares.store))
                setattr(module, attribute, counted)
    return replace(runtime, engine=cast(Engine, _Counted(runtime.engine, shares.store)))
