"""Traces of what the house does, for who has a collector: without one every call here is nothing.

Like the log, there is one for the process. The libraries are loaded when it is switched on, and
never otherwise.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol

from bot.logs import name_traces_by
from bot.settings import Settings

EXPORT = "bot.trace_export"
Fact = str | int | bool


class Tracing(Protocol):
    """What is switched on; bot/trace_export.py has it."""

    def span(self, name: str, request_id: str, facts: Mapping[str, Fact]) -> Any:
        """A context manager around one piece of work."""

    def tell(self, name: str, requests: Mapping[str, int], since: int, until: int) -> None:
        """Put what a batch did for single requests into their own traces."""

    def present(self) -> str:
        """The trace under way, as its collector names it; "" outside of one."""

    def clock(self) -> int:
        """Nanoseconds since 1970."""

    def stop(self, seconds: float) -> None:
        """Send what is left, for so long at most."""


_switched_on: list[Tracing] = []


def start_traces(
    settings: Settings, role: str, engines: Collection[Any], app: Any = None
) -> Tracing | None:
    """Trace this process from now on; None where no collector is set.

    Shape: called once, after a process was forked: the sender is a thread of its own. `role` is
           what the process does; `app` the web application, before it serves.
    """
    if not settings.otel_exporter_otlp_endpoint or _switched_on:
        return None
    tracing: Tracing = import_module(EXPORT).begin(settings, role, engines, app)
    _switched_on.append(tracing)
    name_traces_by(tracing.present)
    return tracing


def stop_traces(seconds: float = 0.8) -> None:
    """Send what is left, for so long at most, and trace no more."""
    while _switched_on:
        _switched_on.pop().stop(seconds)
    name_traces_by(None)


@contextmanager
def span(name: str, request_id: str | None = None, **facts: Fact) -> Iterator[None]:
    """One piece of work, in the trace of the web request that it is for, where there is one.

    Shape: `facts` are ids and counts of ours; nothing of a citizen, and no address.
    """
    if not _switched_on:
        yield
        return
    with _switched_on[0].span(name, request_id or "", facts):
        yield


def moment() -> int:
    """When something begins that is told afterwards; 0 where nothing is traced."""
    return _switched_on[0].clock() if _switched_on else 0


def tell(name: str, requests: Mapping[str, int], since: int) -> None:
    """Put what a batch did into the trace of each request that it was for.

    Shape: `requests` leads to our ids of what was done; `since` is `moment()` when it began.
    """
    if _switched_on and requests:
        tracing = _switched_on[0]
        tracing.tell(name, requests, since, tracing.clock())
