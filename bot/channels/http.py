"""One call to a carrier, and what its failure means."""

import json
import ssl
import threading
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from bot.channels.channel import Again, SendFailed

# Seconds to connect, and to wait for bytes of the answer. Together they stay under the ten
# seconds in which a worker that was told to stop has to be gone.
TIMEOUTS = (3.0, 6.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a carrier answered: its HTTP status (below 500) and its JSON object."""

    status: int
    body: dict[str, Any]


class Wire:
    """Kept-alive connections to one carrier: a session for each thread, no retries of its own."""

    def __init__(self, timeouts: tuple[float, float] = TIMEOUTS) -> None:
        self._timeouts = timeouts
        self._own = threading.local()

    def call(self, request: requests.PreparedRequest) -> Answer:
        """Send one prepared request.

        Result: the answer, also a refusal in JSON; a bare 401 is an Answer with an empty body.
        Errors: SendFailed. LATER: it never left, or the server says it did not take it (3xx and
                4xx that are not JSON). PAUSE: HTTP 429. UNSURE: it left and the answer was lost
                (read timeout, cut connection, HTTP 5xx, not JSON), so it may have been taken.
        """
        try:
            response = self._session().send(
                request, timeout=self._timeouts, allow_redirects=False, stream=False, proxies={}
            )
        except requests.RequestException as fault:
            raise _not_answered(fault) from fault
        return _read(response)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = _new_session()
        return session


def _new_session() -> requests.Session:
    session = requests.Session()
    # Neither a proxy nor another certificate bundle may come in by the environment: with
    # trust_env, REQUESTS_CA_BUNDLE silently overrides `verify` (floors.md 4).
    session.trust_env = False
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _not_answered(fault: requests.RequestException) -> SendFailed:
    what = type(fault).__name__
    if _never_left(fault):
        return SendFailed(Again.LATER, f"the carrier was not reached ({what})")
    return SendFailed(Again.UNSURE, f"the answer was lost ({what})")


def _never_left(fault: requests.RequestException) -> bool:
    """True when the connection was not made, so that no byte of the request went out."""
    if isinstance(fault, requests.ConnectTimeout):
        return True
    cause = fault.args[0] if fault.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    if isinstance(cause, NewConnectionError | ConnectTimeoutError):
        return True
    return isinstance(fault, requests.exceptions.SSLError) and _handshake_failed(cause)


def _handshake_failed(cause: object) -> bool:
    inner = cause.args[0] if isinstance(cause, Exception) and cause.args else cause
    return isinstance(inner, ssl.SSLCertVerificationError)


def _read(response: requests.Response) -> Answer:
    status = response.status_code
    if status >= 500:
        raise SendFailed(Again.UNSURE, f"the carrier answered HTTP {status}", f"HTTP {status}")
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return Answer(status, body)
    if status == 401:
        return Answer(status, {})
    raise SendFailed(_without_json(status), f"HTTP {status} and no JSON object", f"HTTP {status}")


def _without_json(status: int) -> Again:
    if status == 429:
        return Again.PAUSE
    return Again.LATER if 300 <= status < 500 else Again.UNSURE
