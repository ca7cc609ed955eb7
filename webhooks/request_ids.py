"""One id for each web request: in its answer, in every log line, and on the rows it leads to."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.logs import begin_request
from webhooks.proxies import WsgiApp, networks, within

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIds:
    """Gives each request its id, or keeps the one that a trusted proxy has given.

    Shape: stands outside of TrustedProxies, which replaces the address of who really calls.
    """

    def __init__(self, app: WsgiApp, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = networks(trusted)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        request_id = self._given(environ) or os.urandom(8).hex()
        begin_request(request_id)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[..., object]:
            write: Callable[..., object] = start_response(
                status, [*headers, (HEADER, request_id)], *more
            )
            return write

        try:
            return self._app(environ, start)
        finally:
            begin_request("")

    def _given(self, environ: dict[str, Any]) -> str:
        """A stranger may not choose under which id its lines are found."""
        given = str(environ.get("HTTP_X_REQUEST_ID", ""))
        if not given or not within(str(environ.get("REMOTE_ADDR", "")), self._trusted):
            return ""
        return given if _GIVEN.fullmatch(given) else ""
