"""Whose word about a client's address is believed: only that of TRUSTED_PROXIES."""

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks, as the settings name them."""
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def within(address: str, among: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; an unreadable one lies in none."""
    if not among:
        return False
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in among)


class TrustedProxies:
    """Replaces a proxy's address by the one it forwards, when the proxy is trusted.

    Shape: `X-Forwarded-For` is read from the right, past every trusted proxy, to the first
           address that is not one: what stands further left the client may have invented.
    """

    def __init__(self, app: WsgiApp, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = networks(trusted)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        if within(str(environ.get("REMOTE_ADDR", "")), self._trusted):
            self._believe(environ)
        return self._app(environ, start_response)

    def _believe(self, environ: dict[str, Any]) -> None:
        chain = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        for address in (one.strip() for one in reversed(chain)):
            if address and not within(address, self._trusted):
                environ["REMOTE_ADDR"] = address
                break
        scheme = environ.get("HTTP_X_FORWARDED_PROTO")
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
