"""Structured logs on standard error: one JSON object a line, ids only."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, TextIO, cast

import structlog

# Values under these names never reach a log, whoever wrote them there.
CLOSED_NAMES = frozenset(
    {"phone", "name", "text", "token", "access_token", "refresh_token", "secret", "signature"}
)


_request: ContextVar[str] = ContextVar("request", default="")
_trace: list[Callable[[], str]] = []  # what tells the trace under way, where traces are switched on


def present_request() -> str:
    """The id of the web request that this thread answers; "" outside of one."""
    return _request.get()


def begin_request(request_id: str) -> None:
    """From now on every line of this thread carries the id; "" when the request is over."""
    _request.set(request_id)


def name_traces_by(present: Callable[[], str] | None) -> None:
    """From now on lines carry the trace under way; None: they carry none."""
    _trace[:] = [present] if present else []


def name_request(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put the id of the request under way on a line, and its trace where there is one."""
    if request_id := _request.get():
        event.setdefault("request_id", request_id)
    if _trace and (trace_id := _trace[0]()):
        event.setdefault("trace_id", trace_id)
    return event


def _close_names(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name in CLOSED_NAMES & event.keys():
        event[name] = "(closed)"
    return event


class Patient:
    """A stream that loses a line rather than stop the work, as on a full disk."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write it if that is possible."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """The same."""
        with suppress(OSError):
            self._stream.flush()


def configure_logs(level: int = logging.INFO) -> None:
    """Send our logs, and other libraries' warnings, to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_request,
            _close_names,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", Patient(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING,
        stream=sys.stderr,
        format='{"level": "%(levelname)s", "library": "%(name)s", "event": "%(message)s"}',
        force=True,
    )


def log(name: str) -> Any:
    """A logger for one module."""
    return structlog.get_logger(module=name)
