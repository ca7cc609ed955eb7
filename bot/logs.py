"""Structured logs on standard error: one JSON object a line, ids only."""

import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

# Values under these names never reach a log, whoever wrote them there.
CLOSED_NAMES = frozenset(
    {"phone", "name", "text", "token", "access_token", "refresh_token", "secret", "signature"}
)


_request: ContextVar[str] = ContextVar("request", default="")


def present_request() -> str:
    """The id of the web request that this thread answers; "" outside of one."""
    return _request.get()


def begin_request(request_id: str) -> None:
    """From now on every line of this thread carries the id; "" when the request is over."""
    _request.set(request_id)


def name_request(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put the id of the request under way on a line."""
    if request_id := _request.get():
        event.setdefault("request_id", request_id)
    return event


def _close_names(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name in CLOSED_NAMES & event.keys():
        event[name] = "(closed)"
    return event


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
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
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
